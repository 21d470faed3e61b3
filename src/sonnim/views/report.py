"""The report: one HTML file that holds everything it needs and opens without a network."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sonnim.tables.answer import Caveat, Provenance
from sonnim.tables.answers import SATISFACTION, VOICES
from sonnim.tables.errors import StopError
from sonnim.views.base import ChartSpec, drawable
from sonnim.views.content import Card, HowDoWeKnow, Quote, ReportContent, SourceCount
from sonnim.views.figures import ArrowTable, figures_of
from sonnim.views.findings import headline_findings
from sonnim.views.fonts import font_css
from sonnim.views.palette import DARK, LIGHT, css_colours
from sonnim.views.sections import (
    cards,
    covered,
    followed,
    models,
    network_section,
    section,
    snapshot_text,
    source_tables,
)
from sonnim.views.spark import spark_paths
from sonnim.views.writing import LEAST_N, date_text, number, phrase, value_text

_HERE = Path(__file__).parent
_WEIGHT_PLACE = "\ue000weight\ue000"


def build_content(
    company: str,
    satisfaction: ArrowTable | None,
    voices: ArrowTable | None,
    mood: ArrowTable | None,
    language_table: ArrowTable | None,
    quotes: Sequence[Quote],
    provenance: Sequence[Provenance],
    language: str,
    generated: datetime,
    counts: Sequence[SourceCount],
    *,
    issues: ArrowTable | None = None,
    label_accuracy: ArrowTable | None = None,
    caveats: Sequence[Caveat] = (),
    model_card: str = "",
    opinions: ArrowTable | None = None,
    opinion_quotes: Sequence[Quote] = (),
    influence: ArrowTable | None = None,
    community: ArrowTable | None = None,
    communities: ArrowTable | None = None,
    community_change: ArrowTable | None = None,
    cascade: ArrowTable | None = None,
    cascade_forecast: ArrowTable | None = None,
) -> ReportContent:
    """What a report of these tables shows.

    Args:
        company: Name of the company.
        satisfaction: Rows of `satisfaction`, or None.
        voices: Rows of `voices`, or None.
        mood: Rows of `mood`, or None.
        language_table: Rows of `language`, or None.
        quotes: What customers wrote, the best first.
        provenance: Where the answer tables came from; matched by the analyzer's name.
        language: `ko` or `en`.
        generated: When the report is made, in the time zone that its dates are shown in; so are
            the times in `quotes` and `counts`.
        counts: How much came in, by table.
        issues: Rows of `issues`, or None.
        label_accuracy: Rows of `label_accuracy`, or None.
        caveats: What the analyzers warn of.
        model_card: Name or text of the mood model's card; else its name is taken from `mood`.
        opinions: Rows of `opinion` with their aspects named, or None.
        opinion_quotes: A message for each aspect.
        influence: Rows of `influence`, or None.
        community: Rows of `community`, or None.
        communities: Rows of `communities`, or None.
        community_change: Rows of `community_change`, or None.
        cascade: Rows of `cascade`, or None.
        cascade_forecast: Rows of `cascade_forecast`, or None.
    """
    figures = [*figures_of(satisfaction, SATISFACTION), *figures_of(voices, VOICES)]
    period, span = covered(counts, figures, language)
    model = model_card or models(mood)
    tables = {
        "satisfaction": satisfaction,
        "voices": voices,
        "issues": issues,
        "mood": mood,
        "label_accuracy": label_accuracy,
        "opinion": opinions,
        "cascade": cascade,
        "language": language_table,
    }
    network = network_section(
        {
            "community": community,
            "influence": influence,
            "communities": communities,
            "community_change": community_change,
        },
        language,
        provenance=provenance,
        caveats=caveats,
        model=model,
        span=span,
    )
    said = {"voices" if voices is not None else "mood": quotes, "opinion": opinion_quotes}
    parts = [
        section(
            table,
            name,
            language,
            provenance=provenance,
            caveats=caveats,
            model=model,
            quotes=said.get(name, ()),
            span=span,
        )
        for name, table in tables.items()
    ]
    place = list(tables).index("cascade")
    forecast = section(
        cascade_forecast,
        "cascade_forecast",
        language,
        provenance=provenance,
        caveats=caveats,
        span=span,
    )
    parts[place] = followed(parts[place], forecast)
    # How word spreads follows upon who is listened to, and the languages come last.
    parts.insert(place, network)
    return ReportContent(
        company=company,
        language=language,
        generated=generated,
        period=period,
        cards=cards(satisfaction, voices, language, span),
        findings=headline_findings(satisfaction, voices, span=span),
        sections=tuple(part for part in parts if part is not None),
        sources=source_tables(counts, provenance, language),
    )


def render_report(content: ReportContent, language: str) -> str:
    """The report as one HTML page.

    Raises:
        StopError: The content was built in another language.
    """
    if content.language != language:
        raise StopError("view_report_language", built=content.language, asked=language)
    scripts = (_asset("vega-bundle.js"), _asset("report.js"))
    body = _body(content)
    page: str = (
        _environment()
        .get_template("page.html.jinja")
        .render(
            content=content,
            body=body,
            policy=_policy(scripts),
            scripts=scripts,
            fonts=font_css(html.unescape(body) + content.company),
            style=_style(),
            title=f"{content.company} · {phrase('view_report_title', language)}",
            say=lambda key, **values: phrase(key, language, **values),
        )
    )
    size = number(len(page.encode()) / 1e6, 1) + " MB"
    return page.replace(_WEIGHT_PLACE, size)


def json_in_html(value: Any) -> str:
    r"""JSON that may stand inside a <script> element, whatever its texts hold.

    Example:
        >>> json_in_html("</script>")
        '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _body(content: ReportContent) -> str:
    language = content.language
    rendered: str = (
        _environment()
        .get_template("body.html.jinja")
        .render(
            content=content,
            say=lambda key, **values: phrase(key, language, **values),
            day=lambda when: date_text(when, language),
            snapshot=lambda one: snapshot_text(one.table, one.version, one.rows, language),
            percent=lambda share: number(100 * share) + "%",
            rating=_rating,
            number=number,
            chart_json=_chart_json,
            soft=_soft,
            unbroken=_unbroken,
            spark=_spark,
            facts=lambda how: _facts(how, language),
            least=LEAST_N,
            weight=_WEIGHT_PLACE,
        )
    )
    return rendered


def _facts(how: HowDoWeKnow, language: str) -> list[tuple[str, tuple[str, ...]]]:
    """Heading and lines of what is known about a chart; empty ones are left out."""
    snapshots = tuple(
        snapshot_text(one.table, one.version, one.rows, language) for one in how.snapshots
    )
    facts = (
        ("view_how_n", (phrase("view_how_answers", language, n=number(how.n)),)),
        ("view_how_interval", (how.interval,)),
        ("view_how_method", how.method),
        ("view_how_model", (how.model,)),
        ("view_how_analyzer", (how.analyzer,)),
        ("view_how_parameters", (", ".join(how.parameters),)),
        ("view_how_source", (how.source,)),
        ("view_how_snapshot", snapshots),
        ("view_how_engine", (how.engine,)),
        ("view_how_caveats", how.caveats),
    )
    return [(phrase(key, language), lines) for key, lines in facts if any(lines)]


def _chart_json(chart: ChartSpec) -> Any:
    from markupsafe import Markup

    return Markup(json_in_html(drawable(chart, css_colours())))


def _rating(quote: Quote) -> str:
    return value_text("rating", quote.rating or 0.0, quote.rating_max).replace(".00", "")


def _soft(text: str) -> Any:
    """A sentence with its intervals set back, so that what it says comes first."""
    from markupsafe import Markup, escape

    def set_back(found: re.Match[str]) -> str:
        # A line may break after the comma, not inside an interval.
        interval, comma, n = found.group(1).rpartition(", ")
        return (
            f'<span class="sure"><span>({interval}{comma.strip()}</span> <span>{n})</span></span>'
        )

    marked = re.sub(r"\((95%: [^()]*|n = [\d,]+)\)", set_back, str(escape(text)))
    return Markup(re.sub(r"(\d) / (\d)", "\\1\xa0/\xa0\\2", marked))


def _unbroken(text: str) -> Any:
    """Interval and n, which may be parted by a line break only at the comma."""
    from markupsafe import Markup

    return Markup(" ").join(
        Markup("<span>{}</span>").format(part + ("," if more else ""))
        for part, more in ((p, p.startswith("95%") and ", n" in text) for p in text.split(", "))
    )


def _spark(card: Card) -> Any:
    from markupsafe import Markup

    return Markup(spark_paths(card.spark))


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    light, dark = (
        "".join(f"--{role}:{colour};" for role, colour in colours.items())
        for colours in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        + _asset("report.css")
    )


def _policy(scripts: Sequence[str]) -> str:
    """What the page may do: run exactly these scripts, and never fetch anything."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; font-src data:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
