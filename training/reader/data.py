"""What the reader learns from: the mood model's texts, with emotions and offence beside them.

The parts are those of `training.mood.data`, and copies between them are taken out in the same way:
nothing that measures or calibrates there is learned from here either, so that both models are
measured on the same texts.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sonnim.language.reader import (
    EMOTION_EN,
    EMOTION_KO,
    MOOD,
    OFFENCE,
    RATING,
    TARGET,
    WORDS,
)
from training.mood import data as mood

EMOTIONS_EN = ("anger", "joy", "optimism", "sadness")
SIZES = {MOOD: 3, RATING: 1, EMOTION_KO: 44, EMOTION_EN: 4, OFFENCE: 2}
"""Outputs of each task: classes, one number from 0 to 1, or labels that may come together."""
TOKEN_SIZES = {TARGET: 7, WORDS: 7}
"""Of tokens: outside; begin and inside of what is spoken of, or of what is said, by polarity."""


@dataclass(frozen=True)
class Taught:
    """One text and what it teaches.

    Attributes:
        text: The text.
        source: Name of the data set.
        mood: Class, or -1 where it is not known.
        rating: 0 to 1, or -1.
        emotions_ko: Numbers of KOTE's emotions, or None.
        emotion_en: Class, or -1.
        offence: 0 or 1, or -1.
    """

    text: str
    source: str
    mood: int = -1
    rating: float = -1.0
    emotions_ko: tuple[int, ...] | None = None
    emotion_en: int = -1
    offence: int = -1


def learned(data: Path) -> list[Taught]:
    """All texts to learn from."""
    emotions = _kote(data)
    ratings = _ratings(data) | _strengths(data)
    korean, *_ = mood.separated(mood.korean(data), "ko")
    english, *_ = mood.separated(mood.english(data), "en")
    found = []
    for example in (*korean, *english):
        if example.part != "learn":
            continue
        found.append(
            Taught(
                text=example.text,
                source=example.source,
                mood=example.label,
                rating=ratings.get(example.text, -1.0),
                emotions_ko=emotions.pop(example.text, None),
            )
        )
    measured = {mood.letters(one.text) for one in (*korean, *english) if one.part != "learn"}
    rest = [Taught(text=t, source="kote", emotions_ko=e) for t, e in emotions.items()]
    found += [one for one in (*rest, *_tweets(data)) if mood.letters(one.text) not in measured]
    return found


def _ratings(data: Path) -> dict[str, float]:
    rows = duckdb.sql(
        f"SELECT text, (rating - 1) / 9.0 FROM '{data / 'nsmc' / 'reviews_to_2014.parquet'}' "
        f"WHERE date < '{mood.CALIBRATE_FROM}'"
    ).fetchall()
    return {str(text): float(rating) for text, rating in rows if text}


def _strengths(data: Path) -> dict[str, float]:
    """How good or bad people found English texts, 0 to 1."""
    found = {}
    for row in mood.rows(data / "sst2" / "sst5.csv"):
        if row["split"] == "train":
            found[row["text"]] = int(row["label"]) / 4
    for file in sorted((data / "vader_labelled").glob("*.csv")):
        for row in mood.rows(file):
            found[row["text"]] = (float(row["mean_score"]) + 4) / 8
    return found


def _kote(data: Path) -> dict[str, tuple[int, ...]]:
    return {
        row["text"]: tuple(int(one) for one in row["labels"].split(","))
        for row in mood.rows(data / "kote" / "val.csv")
    }


def _tweets(data: Path) -> Iterator[Taught]:
    for name in ("emotion", "offensive", "hate"):
        for row in mood.rows(data / "tweeteval" / f"{name}.csv"):
            if row.get("split", "train") != "train":
                continue
            if name == "emotion":
                label = EMOTIONS_EN.index(row["label"])
                yield Taught(text=row["text"], source="tweeteval_emotion", emotion_en=label)
            else:
                label = int(not row["label"].startswith("not-"))
                yield Taught(text=row["text"], source=f"tweeteval_{name}", offence=label)


def emotion_names(data: Path) -> list[str]:
    """KOTE's 44 emotions."""
    names: list[str] = json.loads((data / "kote" / "labels.json").read_text(encoding="utf-8"))
    return names
