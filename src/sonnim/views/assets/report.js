"use strict";
// The report's own script: draws the charts and changes the theme. Colours are CSS variables, so
// that a chart follows the theme without being drawn again.
(function () {
  const root = document.documentElement;
  root.classList.remove("no-js");

  // The tables stand open for readers without scripts; with charts they are a second step.
  for (const table of document.querySelectorAll("details.as-table")) table.open = false;

  const remembered = "sonnim-theme";
  function stored() {
    // A file opened from a mail program may have no storage.
    try { return localStorage.getItem(remembered); } catch (error) { return null; }
  }
  const asked = new URLSearchParams(location.search).get("theme") || stored();
  if (asked === "light" || asked === "dark") root.dataset.theme = asked;
  document.getElementById("theme").addEventListener("click", function () {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem(remembered, root.dataset.theme); } catch (error) { /* not kept */ }
    repaint();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  // A canvas knows no CSS variables: of a painted chart they are looked up, on its own ground,
  // and it is painted again when the theme changes.
  function coloured(value, style) {
    if (typeof value === "string") {
      const role = /^var\((--[\w-]+)\)$/.exec(value);
      return role ? style.getPropertyValue(role[1]).trim() : value;
    }
    if (Array.isArray(value)) return value.map((item) => coloured(item, style));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) =>
      // Rows hold no colours, and there are many.
      [key, key === "datasets" ? item : coloured(item, style)]));
  }

  const painted = new Map();
  async function drawOne(data, place) {
    let chart = JSON.parse(data.textContent);
    const paints = "painted" in data.dataset;
    if (data.dataset.ratio) {
      // What keeps its shape would stand between two empty areas on a phone.
      const fitting = Math.round(place.clientWidth * Number(data.dataset.ratio)) + 40;
      chart.height = Math.min(chart.height, fitting);
    }
    if (paints) {
      chart = coloured(chart, getComputedStyle(root));
      chart.background = getComputedStyle(root).getPropertyValue("--card").trim();
      if (painted.has(data)) painted.get(data).finalize();
    }
    const drawn = await window.vegaEmbed(place, chart, {
      actions: false,
      ast: true, // no eval: the page's policy forbids it
      defaultStyle: false,
      logLevel: 1, // errors only: a chart without marked changes warns of an empty layer
      renderer: paints ? "canvas" : "svg",
      tooltip: { disableDefaultStyle: true },
    });
    if (paints) painted.set(data, drawn);
  }
  function repaint() {
    for (const data of painted.keys()) {
      drawOne(data, document.getElementById(data.dataset.chart)).catch(console.error);
    }
  }

  async function draw() {
    // Vega measures texts before it places them: the font must be there first.
    await Promise.all([
      document.fonts.load('12px "Sonnim Sans"', "가A"),
      document.fonts.load('bold 12px "Sonnim Sans"', "가A"),
    ]).catch(function () {});
    for (const data of document.querySelectorAll("script[data-chart]")) {
      const place = document.getElementById(data.dataset.chart);
      try {
        await drawOne(data, place);
        place.classList.add("drawn");
      } catch (error) {
        place.remove();
        const table = data.parentElement.querySelector("details.as-table");
        if (table) table.open = true;
        console.error(error);
      }
    }
    root.classList.add("charts-drawn");
  }
  draw();
})();
