"""The report: one file that needs nothing else, says how sure it is, and trusts no text."""

import base64
import io
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from sonnim.tables.errors import StopError
from sonnim.tables.words import has_words
from sonnim.views.palette import DARK, LIGHT
from sonnim.views.report import build_content, json_in_html, render_report
from tests.views import fixture, network_fixture
from tests.views.html_outline import Page, read

GOLDEN = Path(__file__).parent / "golden"
# A page takes a second or two to make: the quick tests look at the Korean one.
LANGUAGES = pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "ko"])
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)> ' onmouseover='alert(1)",
    "{{ 7777 * 7 }} {% raw %} &lt;b&gt; \u2028 \ue002",
)


def made(language: str, **changed: Any) -> str:
    """The report of the fixture, or of other tables."""
    given: dict[str, Any] = {
        "company": "하루담", "satisfaction": fixture.satisfaction(), "voices": fixture.voices(),
        "mood": fixture.mood(), "language_table": fixture.languages(), "quotes": fixture.quotes(),
        "provenance": fixture.provenance(), "generated": fixture.GENERATED,
        "counts": fixture.counts(), "opinions": fixture.opinions(),
        "issues": fixture.issues(),
        "opinion_quotes": fixture.quotes()[1:2], "influence": network_fixture.influence(),
        "community": network_fixture.community(), "cascade": network_fixture.cascades(),
        "communities": network_fixture.communities(),
        "cascade_forecast": network_fixture.forecast(),
        "community_change": network_fixture.community_change(), **changed,
    }  # fmt: skip
    return render_report(build_content(language=language, **given), language)


@cache
def page(language: str) -> tuple[str, Page]:
    html = made(language)
    return html, read(html)


@LANGUAGES
def test_outline_is_as_recorded(language: str) -> None:
    """Write it anew with SONNIM_GOLDEN=write, and read the difference."""
    file = GOLDEN / f"report.{language}.txt"
    text = "\n".join(page(language)[1].outline) + "\n"
    if os.environ.get("SONNIM_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@LANGUAGES
def test_labels_of_our_own_have_a_section(language: str) -> None:
    html = made(language, label_accuracy=fixture.label_accuracy())
    outline = read(html).outline
    title = {"en": "How far can the moods be trusted here", "ko": "감성 판정을 얼마나 믿을 수 있나"}
    place = next(n for n, line in enumerate(outline) if "section#label_accuracy" in line)
    assert any(title[language] in line for line in outline[place : place + 4])
    assert "81.1%" in html and "85.0%" in html
    assert not any("label_accuracy" in line for line in page(language)[1].outline)


# One file


@LANGUAGES
def test_nothing_is_loaded_from_anywhere(language: str) -> None:
    _, parts = page(language)
    for tag, name, value in parts.attributes:
        if name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            assert value.startswith("#"), f"<{tag} {name}={value[:60]}>"
        assert name not in ("style",) or "url(" not in value
    for style in parts.styles:
        assert "@import" not in style
        assert all(url.startswith("data:") for url in re.findall(r"url\(\s*['\"]?([^)]*)", style))
    assert not {"link", "iframe", "object", "embed", "img", "base", "form"} & set(parts.tags)
    # And the browser is told to refuse, whatever else were there.
    (policy,) = [v for t, n, v in parts.attributes if (t, n) == ("meta", "content") and "src" in v]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy and "'unsafe-inline'" not in policy.split("style-src")[0]
    # Charts hold their data; what looks like an address is only the name of a schema.
    for chart in charts(parts):
        assert not [one for one in strings(chart) if "://" in one and one != chart["$schema"]]


@LANGUAGES
def test_it_is_small(language: str) -> None:
    assert len(page(language)[0].encode()) < 3_000_000


@LANGUAGES
def test_the_font_holds_every_hangul_syllable(language: str) -> None:
    _, parts = page(language)
    fonts = [
        TTFont(io.BytesIO(base64.b64decode(data)))
        for data in re.findall(r"url\(data:font/woff2?;base64,([^)]*)\)", "".join(parts.styles))
    ]
    assert len(fonts) == 2
    shown = {c for _, text in parts.texts for c in text}
    shown |= {c for chart in charts(parts) for text in strings(chart) for c in text}
    hangul = {c for c in shown if "가" <= c <= "힣" or "ㄱ" <= c <= "ㅣ"}
    assert len(hangul) > 30
    for font in fonts:
        held = set(font.getBestCmap())
        assert not {c for c in hangul if ord(c) not in held}
        assert {ord(c) for c in "0123456789%−–,.()"} <= held


def test_every_syllable_there_is_has_a_letter() -> None:
    """All 11,172: a customer may write any of them."""
    for file in (Path(fixture.__file__).parents[2] / "src/sonnim/views/assets/fonts").glob("*.otf"):
        with TTFont(file) as font:
            held = set(font.getBestCmap())
        assert not [c for c in range(ord("가"), ord("힣") + 1) if c not in held], file.name


def test_light_and_dark() -> None:
    _, parts = page("ko")
    style = "".join(parts.styles)
    for role in LIGHT:
        assert f"--{role}:{LIGHT[role]}" in style and f"--{role}:{DARK[role]}" in style
    assert "prefers-color-scheme:dark" in style and "data-theme=dark" in style
    # No chart holds a colour of its own: all change with the page.
    colours = {colour.lower() for colour in LIGHT.values()}
    for chart in charts(parts):
        used = {one.lower() for one in strings(chart)}
        assert not used & colours
        assert any(one.startswith("var(--") for one in used)


# What it says


@LANGUAGES
def test_every_number_has_its_n_and_interval(language: str) -> None:
    _, parts = page(language)
    heads = {"en": ("95% interval", "n"), "ko": ("95% 신뢰구간", "표본 수(n)")}[language]
    values = {"en": "Value", "ko": "값"}[language]
    counted = 0
    for table in parts.tables:
        if values not in table.heads:
            continue
        interval, n = (table.heads.index(head) for head in heads)
        for row in table.rows:
            counted += 1
            assert len(row) == len(table.heads)
            assert row[interval], row
            assert int(row[n].replace(",", "")) > 0
    assert counted > 100


@LANGUAGES
def test_findings_and_cards_say_how_sure_they_are(language: str) -> None:
    content = build_content(
        "하루담", fixture.satisfaction(), fixture.voices(), None, None, (), (), language,
        fixture.GENERATED, (),
    )  # fmt: skip
    assert len(content.findings) == 6 and len(content.cards) == 4
    for finding in content.findings:
        told = finding.sentence.text(language)
        assert "95%: " in told and "n = " in told, told
    for card in content.cards:
        assert card.sure.startswith("95%: ") and "n = " in card.sure


@LANGUAGES
def test_no_sentence_is_left_out(language: str) -> None:
    _, parts = page(language)
    for where, text in parts.texts:
        assert not re.search(r"\bview_\w+", text), text
        assert where in ("code", "pre", "p") or "{" not in text, text
    # Whatever a person reads is Korean on a Korean page: no heading of it is English.
    if language == "ko":
        heads = [t for where, t in parts.texts if where in ("h1", "h2", "h3", "summary", "caption")]
        assert all(re.search("[가-힣]", head) for head in heads), heads


@pytest.mark.slow
@LANGUAGES
def test_cards_and_findings_speak_of_complete_periods(language: str) -> None:
    """The data end on 6 December; a seventh of its answers has come in."""
    span = [replace(one, last=datetime(2025, 12, 6, 9, tzinfo=UTC)) for one in fixture.counts()]
    content = build_content(
        "하루담", fixture.satisfaction(), fixture.voices(), None, None, (), (), language,
        fixture.GENERATED, span,
    )  # fmt: skip
    november, december = {"en": ("November 2025", "December 2025"),
                          "ko": ("2025년 11월", "2025년 12월")}[language]  # fmt: skip
    assert [card.when for card in content.cards] == [november] * 4
    for finding in content.findings:
        assert december not in finding.sentence.text(language)
    for section in content.sections:
        assert december not in section.headline
        (note,) = section.notes
        assert december in note


@pytest.mark.slow
def test_dates_are_those_of_the_zone_and_the_page_names_it() -> None:
    seoul = timezone(timedelta(hours=9), "Asia/Seoul")
    first = datetime(2024, 6, 30, 15, 30, tzinfo=UTC).astimezone(seoul)
    span = [replace(one, first=first) for one in fixture.counts()]
    parts = read(made("en", counts=span, generated=fixture.GENERATED.astimezone(seoul)))
    text = " ".join(text for _, text in parts.texts)
    assert "1 July 2024 to 31 December 2025" in text
    assert "Made on 5 January 2026, 18:30 (Asia/Seoul)" in text
    assert "Dates and times are those of Asia/Seoul." in text
    assert "Dates, times and periods are in UTC." in " ".join(t for _, t in page("en")[1].texts)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(colours: dict[str, str]) -> None:
    """WCAG 2.2, contrast of AA: 4.5 to 1 for texts of this size."""
    pairs = [
        ("ink", "paper"), ("ink", "card"), ("muted", "paper"), ("muted", "card"),
        ("accent", "paper"), ("accent", "card"), ("warm", "card"), ("ink", "line"),
        ("ink", "accent-soft"), ("accent", "accent-soft"), ("warm", "warm-soft"),
        ("on-colour", "accent"), ("on-colour", "warm"), ("on-grey", "neutral"),
        ("on-grey", "unsure"),
    ]  # fmt: skip
    for letters, ground in pairs:
        bright = sorted((luminance(colours[letters]), luminance(colours[ground])))
        assert (bright[1] + 0.05) / (bright[0] + 0.05) >= 4.5, (letters, ground)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_how_do_you_know_names_method_snapshot_and_sql() -> None:
    texts = [text for _, text in page("en")[1].texts]
    assert texts.count("How do you know?") >= 8
    for needed in ("answer, version 12 (28,611 rows)", "satisfaction, version 1", "DuckDB 2.0.0",
                   "answers_by_month", "sonnim-mood-small 1.0"):  # fmt: skip
        assert needed in texts, needed


# What customers and companies write


def hostile_tables(bad: str) -> dict[str, Any]:
    def renamed(rows: list[fixture.Row]) -> list[fixture.Row]:
        return [
            {
                **row,
                **{
                    place: f"{bad}{row[place]}"
                    for place in ("unit", "subject", "channel")
                    if row[place]
                },
            }
            for row in rows
        ]

    quote = replace(
        fixture.quotes()[0], text=bad, channel=bad, message_id=bad, subject=bad, label="negative"
    )
    return {
        "communities": network_fixture.communities(label=bad),
        "company": bad, "quotes": (quote, *fixture.quotes()[1:]),
        "satisfaction": fixture.arrow(fixture.SATISFACTION, renamed(fixture.satisfaction_rows())),
        "voices": fixture.arrow(fixture.VOICES, renamed(fixture.voices_rows())),
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("bad", HOSTILE)
def test_no_text_becomes_markup(bad: str) -> None:
    parts, plain = read(made("ko", **hostile_tables(bad))), page("ko")[1]
    assert parts.tags.count("script") == plain.tags.count("script")
    assert {t for t in parts.tags} == {t for t in plain.tags}
    assert not [(t, n) for t, n, _ in parts.attributes if n.startswith("on")]
    # It is there as it was written, in the page and in the charts.
    shown = re.sub(r"\s+", " ", bad)
    assert any(
        shown in re.sub(r"\s+", " ", text) for where, text in parts.texts if where == "blockquote"
    )
    assert any(bad in one for chart in charts(parts) for one in strings(chart))
    assert "54439" not in {text for _, text in parts.texts}


def test_json_in_a_page_ends_no_script() -> None:
    for bad in HOSTILE:
        text = json_in_html({"a": bad})
        assert not set("<>&\u2028\u2029") & set(text)
        assert json.loads(text) == {"a": bad}


# Few and many rows


NONE = {"satisfaction": None, "voices": None, "mood": None, "language_table": None, "quotes": (),
        "provenance": (), "counts": (), "opinions": None, "opinion_quotes": (),
        "issues": None, "influence": None, "community": None, "communities": None,
        "community_change": None, "cascade": None, "cascade_forecast": None}  # fmt: skip


@pytest.mark.slow
def test_of_nothing_there_is_a_page() -> None:
    parts = read(made("en", **NONE))
    assert not charts(parts)
    assert any("10" in text for where, text in parts.texts if where == "p")


@pytest.mark.slow
@pytest.mark.parametrize(("language", "empty"), [("en", True), ("ko", False)])
def test_no_rows_and_one_row(language: str, empty: bool) -> None:
    row = fixture.row("nps", 20.0, 30.0, 12, scale_max=10.0, period=fixture.MONTHS[0])
    voice = fixture.row("volume", 3.0, 2.0, 3, period=fixture.MONTHS[0])
    tables = {
        "satisfaction": fixture.arrow(fixture.SATISFACTION, [] if empty else [row]),
        "voices": fixture.arrow(fixture.VOICES, [] if empty else [voice]),
        "mood": fixture.arrow(fixture.MOOD, []),
    }
    parts = read(made(language, **{**NONE, **tables}))
    text = " ".join(text for _, text in parts.texts)
    assert ("+20" in text) is not empty


@pytest.mark.slow
def test_many_rows_stay_small() -> None:
    """10,000 rows: 400 units of two years; drawn and printed is what a person can read."""
    rows = fixture.satisfaction_rows()
    for i in range(400):
        for month in fixture.MONTHS:
            rows.append(
                fixture.row(
                    "nps", 10.0 + i % 50, 20.0, 60, unit=f"지점 {i}", period=month, scale_max=10.0
                )
            )
    assert len(rows) > 9_600
    html = made("ko", satisfaction=fixture.arrow(fixture.SATISFACTION, rows))
    assert len(html.encode()) < 3_000_000
    read(html)


def test_a_report_is_in_the_language_it_was_built_in() -> None:
    content = build_content("x", None, None, None, None, (), (), "ko", fixture.GENERATED, ())
    with pytest.raises(StopError) as caught:
        render_report(content, "en")
    assert has_words(caught.value.key)


@pytest.mark.slow
def test_the_same_tables_give_the_same_page() -> None:
    assert made("ko") == page("ko")[0]


def charts(parts: Page) -> list[dict[str, Any]]:
    return [json.loads(text) for kind, text in parts.scripts if kind == "application/json"]


def strings(value: Any) -> list[str]:
    """Every string in it, keys too."""
    if isinstance(value, dict):
        return [s for key, item in value.items() for s in (key, *strings(item))]
    if isinstance(value, list):
        return [s for item in value for s in strings(item)]
    return [value] if isinstance(value, str) else []
