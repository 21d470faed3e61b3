"""The map of the groups: each a disc where its people stand, lines where they meet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from sonnim.views.base import ChartSpec, TableSpec
from sonnim.views.beside import Beside
from sonnim.views.labels import Label, least_scales, shortened
from sonnim.views.members import Member, between, frame_of, is_bridge, largest
from sonnim.views.network_marks import TOP, discs
from sonnim.views.palette import LIGHT
from sonnim.views.writing import number, phrase

MOST_GROUPS, MOST_LINES = 40, 60
_LEAST = 5
_WORDS = 190.0
"""Pixels that a group's words may take."""

_TONES = (("worse", LIGHT["warm"]), ("same", LIGHT["neutral"]), ("better", LIGHT["accent"]))
_RISE = 9.0


def group_labels(
    shown: Sequence[Member], sizes: Mapping[int, int], beside: Beside, language: str
) -> list[Label]:
    """The name of each group above its people, the largest first."""
    groups = _by_group(shown)
    found = []
    for group, _ in largest(sizes)[:MOST_GROUPS]:
        those = groups.get(group, [])
        if len(those) < max(_LEAST, len(shown) // 100):
            continue
        words = shortened(beside.words.get(group, ""), _WORDS)
        called = f"{number(group + 1)} · {words}" if words else number(group + 1)
        text = phrase("view_group_label", language, group=called, n=number(sizes[group]))
        found.append(
            Label(
                x=fmean(one.x for one in those),
                y=max(one.y for one in those) + 1,
                rise=_RISE,
                text=text,
            )
        )
    return found


def group_map(
    every: Sequence[Member], beside: Beside, table: TableSpec, language: str, pixels: int
) -> ChartSpec | None:
    """The groups and how they are tied; None where there are not two.

    Args:
        every: The people.
        beside: What is said of the groups.
        table: The groups as a table.
        language: Of its texts.
        pixels: How high it is.
    """
    sizes = Counter(one.group for one in every)
    groups = _by_group(every)
    kept = [group for group, n in largest(sizes)[:MOST_GROUPS] if n >= _LEAST]
    if len(kept) < 2:
        return None
    middles = {
        group: (fmean(one.x for one in groups[group]), fmean(one.y for one in groups[group]))
        for group in kept
    }
    tones = {tone: phrase(f"view_group_{tone}", language) for tone, _ in _TONES}
    rows: list[dict[str, Any]] = [
        {
            "x": round(middles[group][0], 1),
            "y": round(middles[group][1], 1),
            # Of the disc that its people stand in.
            "radius": round(max((one.y - middles[group][1]) for one in groups[group]) + 1, 1),
            "tone": tones[beside.tones.get(group, "same")],
            "group": number(group + 1),
            "words": beside.words.get(group, ""),
            "n_text": number(sizes[group]),
            "bridges": number(sum(is_bridge(one.bridge) for one in groups[group])),
            "negative": beside.negative.get(group, "–"),
        }
        for group in kept
    ]
    ties = {
        pair: n for pair, n in between(every).items() if pair[0] in middles and pair[1] in middles
    }
    strongest = sorted(ties, key=lambda pair: (-ties[pair], pair))[:MOST_LINES]
    lines = [
        {
            **dict(zip(("x", "y"), (round(end, 1) for end in middles[a]), strict=True)),
            **dict(zip(("x2", "y2"), (round(end, 1) for end in middles[b]), strict=True)),
            "n": ties[a, b],
        }
        for a, b in strongest
    ]
    frame = frame_of(every)
    labels = group_labels(every, sizes, beside, language)
    tips = {
        "group": phrase("view_column_group", language),
        "words": phrase("view_column_words", language),
        "n_text": phrase("view_column_people", language),
        "bridges": phrase("view_column_bridges", language),
        "negative": phrase("view_column_negative", language),
    }
    if not beside.tones:
        tips.pop("negative")
    if not beside.words:
        tips.pop("words")
    notes = [phrase("view_groups_how_to_read", language)]
    if beside.tones:
        notes.append(phrase("view_groups_tones", language))
    if len(kept) < len(sizes):
        notes.append(
            phrase(
                "view_groups_most", language, shown=number(len(kept)), groups=number(len(sizes)),
                least=_LEAST,
            )
        )  # fmt: skip
    return ChartSpec(
        id="groups",
        title=phrase("view_groups", language),
        subtitle=" ".join(notes),
        vega_lite=discs(
            rows,
            lines,
            written(labels, least_scales(labels, (pixels - TOP) / frame.height)),
            [(tones[tone], colour) for tone, colour in _TONES] if beside.tones else [],
            frame,
            tips,
            pixels,
        ),
        table=table,
        n=len(every),
        measures=("community",),
        wide=True,
        ratio=round(frame.height / frame.width, 3),
    )


def written(labels: Sequence[Label], scales: Sequence[float | None]) -> list[dict[str, Any]]:
    """Rows for the labels that find room: x, y, text, least, half (its width, in pixels)."""
    return [
        {
            "x": round(one.x, 1),
            "y": round(one.y, 1),
            "text": one.text,
            "least": round(least + 5e-4, 3),
            "half": round(one.width / 2, 1),
        }
        for one, least in zip(labels, scales, strict=True)
        if least is not None
    ]


def _by_group(shown: Sequence[Member]) -> dict[int, list[Member]]:
    groups: dict[int, list[Member]] = {}
    for one in shown:
        groups.setdefault(one.group, []).append(one)
    return groups
