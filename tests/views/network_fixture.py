"""A network of 640 people in twelve groups, without chance: who moves moods is not popular."""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from arro3.core import Table

from sonnim.graphs.layout import packed
from sonnim.graphs.network import network_of
from sonnim.tables.answers_network import (
    CASCADE,
    CASCADE_FORECAST,
    COMMUNITIES,
    COMMUNITY,
    COMMUNITY_CHANGE,
    INFLUENCE,
)
from tests.views.fixture import Row, arrow

PEOPLE, GROUPS = 640, 12
MOVER, POPULAR = 40, 0
"""Whose mood is taken on most, and whom most people turn to."""
WORDS = ("적립 · 별", "케이크 · 딸기", "배달 · 늦다", "app · login", "원두 · 산미", "매장 · 소음",
         "컵 · 보증금", "비건 · 우유", "쿠폰 · 만료", "parking", None, "굿즈 · 줄")  # fmt: skip
STARTED = datetime(2025, 9, 3, tzinfo=UTC)


def person(place: int) -> str:
    return f"p_{(place + 1) * 2654435761 % 2**64:016x}"


def influence(people: int = PEOPLE) -> Table:
    rows: list[Row] = []
    numbers = range(people)
    answered = [place for place in numbers if place % 3 != 2]
    values = {
        "mood": {place: 0.56 - 0.004 * abs(place - MOVER) for place in answered},
        "in_degree": {place: float(people - place) // 10 for place in numbers},
        "pagerank": {place: 0.05 / (1 + place + place % 7) for place in numbers},
        "betweenness": {place: 0.2 / (1 + (place * 37) % people) for place in numbers},
        "core": {place: float(12 - place % 9) for place in numbers},
        "h_index": {place: float(1 + (place * 5) % 11) for place in numbers},
    }
    for measure, by in values.items():
        ordered = sorted(by.values(), reverse=True)
        for place, value in by.items():
            half = {"mood": 0.15, "betweenness": 0.01}.get(measure)
            rows.append(
                {
                    "person_id": person(place), "name": measure, "value": value,
                    "low": None if half is None else value - half,
                    "high": None if half is None else value + half,
                    "n": 51 if measure == "mood" else 60, "rank": ordered.index(value) + 1,
                    "evidence": [f"m{place}"],
                }
            )  # fmt: skip
    return arrow(INFLUENCE, rows)


@cache
def community(people: int = PEOPLE, groups: int = GROUPS) -> Table:
    """Groups of falling size; some in each have ties to the next group."""
    shares = 1 / (np.arange(groups) + 2.0)
    group = np.searchsorted(np.cumsum(shares / shares.sum()), (np.arange(people) + 0.5) / people)
    first = np.searchsorted(group, group)
    within = np.arange(people) - first
    sizes = np.bincount(group, minlength=groups)[group]
    starts = np.arange(people)
    ties = [(starts, first + (within + step) % sizes) for step in (1, 3, 8)]
    # The first five of a group stand in its middle: many turn to them.
    ties.append((starts, first + within % np.minimum(5, sizes)))
    bridges = starts[within % 12 == 0]
    ties.append((bridges, (bridges + sizes[bridges]) % people))
    sources, targets = (np.concatenate([tie[end] for tie in ties]) for end in (0, 1))
    apart = sources != targets
    sources, targets = sources[apart], targets[apart]
    layout = packed(network_of(people, sources, targets), group)
    others: list[list[int]] = [[] for _ in range(people)]
    for a, b in zip(sources.tolist(), targets.tolist(), strict=True):
        others[a].append(b)
        others[b].append(a)
    rows: list[Row] = [
        {
            "person_id": person(place), "community_id": int(group[place]),
            "stability": 0.97 - 0.05 * (place % 5),
            "bridge": 0.5 if within[place] % 12 == 0 else 0.0,
            "n": len(set(others[place])), "closest": [person(one) for one in others[place][:3]],
            "x": float(layout.x[place]), "y": float(layout.y[place]),
        }
        for place in range(people)
    ]  # fmt: skip
    return arrow(COMMUNITY, rows)


def communities(label: str = "") -> Table:
    rows: list[Row] = []
    for place, words in enumerate(WORDS):
        value, messages = (0.62 if place == 2 else 0.24 + 0.01 * place), 2400 // (place + 1)
        messages = 6 if place == 11 else messages
        half = min(0.9 / messages**0.5, value)
        rows.append(
            {
                "community_id": place, "label": label or words, "n": 142 - 11 * place,
                "inside": 0.83, "stability": 0.91 - 0.02 * place, "negative": value,
                "low": value - half, "high": value + half, "messages": messages,
                "state": "kept", "n_before": 140 - 11 * place, "shared": 130 - 11 * place,
                "origins": [str(place)], "heirs": [],
            }
        )  # fmt: skip
    return arrow(COMMUNITIES, rows)


def change(
    month: int, lineage: str, state: str | None, n: int, before: int,
    origins: tuple[str, ...] = (), heirs: tuple[str, ...] = (), now: int | None = None,
) -> Row:  # fmt: skip
    return {
        "period": datetime(2025, month, 1, tzinfo=UTC), "lineage": lineage, "community_id": now,
        "state": state, "n": n, "n_before": before, "shared": min(n, before),
        "origins": list(origins), "heirs": list(heirs),
    }  # fmt: skip


def community_change() -> Table:
    """Five months: in March B splits, in April C merges into A; nothing else."""
    a, b, c, d = "2025-01-01.1", "2025-01-01.2", "2025-01-01.3", "2025-03-01.1"
    return arrow(COMMUNITY_CHANGE, [
        change(1, a, None, 60, 0, now=3), change(1, b, None, 40, 0, now=0),
        change(1, c, None, 20, 0),
        change(2, a, "kept", 61, 60, (a,), now=3), change(2, b, "kept", 44, 40, (b,), now=0),
        change(2, c, "kept", 20, 20, (c,)),
        change(3, a, "kept", 62, 61, (a,), now=3), change(3, b, "kept", 26, 44, (b,), now=0),
        change(3, c, "kept", 19, 20, (c,)), change(3, d, "split", 18, 0, (b,), now=7),
        change(4, a, "kept", 80, 62, (a, c), now=3), change(4, b, "kept", 26, 26, (b,), now=0),
        change(4, c, "merged", 0, 19, heirs=(a,)), change(4, d, "kept", 18, 18, (d,), now=7),
        change(5, a, "kept", 81, 80, (a,), now=3), change(5, b, "kept", 25, 26, (b,), now=0),
        change(5, d, "gone", 0, 18, now=7), change(5, "2025-05-01.1", "born", 4, 0),
    ])  # fmt: skip


def cascades(number: int = 320) -> Table:
    rows: list[Row] = []
    for place in range(number):
        size = max(1, 212 // (place + 1))
        begun = STARTED + timedelta(hours=7 * place)
        rows.append(
            {
                "cascade_id": f"post-{place}", "root_message_id": f"post-{place}",
                "person_id": person(place), "size": size, "people": max(1, size * 2 // 3),
                "depth": 0 if size == 1 else 1 + place % 6, "breadth": max(1, size // 2),
                "virality": None if size == 1 else (1 + place % 5) * (1 - 1 / size) + 0.5,
                "started": begun, "ended": begun + timedelta(hours=30),
                "half_time": 0.3 + 2.6 * (place % 40),
                "answered_after": None if place % 3 else 1.5 + place,
                "chance_from": 5 if 5 <= size < 10 and place % 2 else None,
                "chance_doubles": 0.15 + place / 100 if 5 <= size < 10 and place % 2 else None,
            }
        )  # fmt: skip
    return arrow(CASCADE, rows)


def forecast(*verdicts: str) -> Table:
    """One row for 5 messages, 10, 20 and so on, each of that verdict."""
    rows: list[Row] = []
    for place, verdict in enumerate(verdicts or ("better", "no_better", "few")):
        n, known = 800 // 3**place, verdict in ("better", "no_better")
        auc, half = (0.74, 0.05) if verdict == "better" else (0.53, 0.09)
        rows.append(
            {
                "k": 5 * 2**place, "days": 7.0, "verdict": verdict, "least": 30,
                "split": round(STARTED.timestamp() * 1e6), "learned": n, "learned_doubled": n // 4,
                "tested": n // 2, "tested_doubled": n // 9,
                "base_rate": 0.25, "base_low": 0.22, "base_high": 0.28,
                "auc": auc if known else None, "low": auc - half if known else None,
                "high": auc + half if known else None, "brier": 0.151 if known else None,
                "base_brier": 0.188 if known else None, "gain": 0.037 if known else None,
                "gain_low": 0.01 if known else None, "gain_high": 0.06 if known else None,
                "open": 17 - place,
            }
        )  # fmt: skip
    return arrow(CASCADE_FORECAST, rows)
