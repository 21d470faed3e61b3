"""What the reader learns from: the mood model's texts, with emotions and offence beside them.

The parts are those of `training.mood.data`, and copies between them are taken out in the same way:
nothing that measures or calibrates there is learned from here either, so that both models are
measured on the same texts.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb

from sonnim.language.reader import (
    EMOTION,
    EMOTION_KO,
    EMOTIONS,
    INTENT,
    INTENTS,
    MOOD,
    OFFENCE,
    RATING,
    TARGET,
    WORDS,
)
from training.mood import data as mood

PAIRS_HELD = mood.PAIRS / "held"
"""Pairs from which nothing is learned: on them the two models are weighed together."""
SENTENCES = Path(__file__).parent / "sentences"
TWEETS = Path(__file__).parent / "tweets"
PHRASES = "phrases"
"""Source of parts of English texts."""
TOLD = "told"
"""Source of Korean film reviews, and parts of them, read without their stars."""
STRENGTHS = Path(__file__).parent / "strengths.tsv"
FILM = frozenset(["sst2", "sst5", "vader_movieReview", "sentences_written"])
"""Sources of film criticism in English."""
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_PARTS = re.compile(
    r"[,;:.!?()\"]|--|<br ?/>|\b(?:and|but|or|while|because|although|though|that|if)\b"
)
# Where parts of a part begin.
_LESSER = re.compile(
    r"\s+(?=(?:of|in|with|to|for|by|as|than|is|are|was|has|have|from|on|at|about|into|who|which"
    r"|like|without|through|makes|make)\b)"
)
# Where parts of a Korean text end: signs, and endings that join one clause to the next.
_PARTS_KO = re.compile(
    r"[.!?~,;…]+|(?<=지만)\s|(?<=는데)\s|(?<=은데)\s|(?<=한데)\s|(?<=[가-힣]고)\s|(?<=해서)\s"
    r"|(?<=어서)\s|(?<=아서)\s|(?<=으나)\s|(?<=다만)\s"
)
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")
# Rating that goes with a mood where nobody rated.
_RATED = (0.08, 0.5, 0.92)
# TweetEval's emotions among Plutchik's; a tweet has one of them, and of his others nobody asked.
_TWEETED = {"anger": "anger", "joy": "joy", "optimism": "anticipation", "sadness": "sadness"}
SIZES = {
    MOOD: 3, RATING: 1, EMOTION_KO: 44, EMOTION: len(EMOTIONS), INTENT: len(INTENTS), OFFENCE: 2,
}  # fmt: skip
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
        emotions: Of each of `EMOTIONS` 1 or 0, or -1 where it is not known.
        intents: Of each of `INTENTS` likewise.
        offence: 0 or 1, or -1.
    """

    text: str
    source: str
    mood: int = -1
    rating: float = -1.0
    emotions_ko: tuple[int, ...] | None = None
    emotions: tuple[int, ...] = (-1,) * len(EMOTIONS)
    intents: tuple[int, ...] = (-1,) * len(INTENTS)
    offence: int = -1


def korean(text: str) -> bool:
    """Whether there is any Korean in it."""
    return bool(_HANGUL.search(text))


def learned(data: Path) -> list[Taught]:
    """All texts to learn from."""
    emotions, names = _kote(data), emotion_names(data)
    ratings, known = _ratings(data) | _strengths(data), strengths()
    korean, *_ = mood.separated(mood.korean(data), "ko")
    english, *_ = mood.separated(mood.english(data), "en")
    # Of what was written more is known, stars or intents: it comes below.
    written_so = (mood.REVIEWS_WRITTEN, mood.TEXTS_WRITTEN, mood.PAIRS_KO)
    reviewed = {one.text for one in korean if one.source == mood.REVIEWS_WRITTEN}
    found = []
    for example in (*korean, *english):
        if example.part != "learn" or example.source in written_so:
            continue
        found.append(
            Taught(
                text=example.text,
                source=example.source,
                mood=example.label,
                rating=ratings.get(example.text, -1.0),
                emotions_ko=(felt := emotions.pop(example.text, None)),
                emotions=plutchik(felt, names) if felt else Taught.emotions,
            )
        )
    measured = {mood.letters(one.text) for one in (*korean, *english) if one.part != "learn"}
    rest = [
        Taught(text=t, source="kote", emotions_ko=e, emotions=plutchik(e, names))
        for t, e in emotions.items()
    ]
    found += [
        one
        for one in (
            *rest,
            *_tweets(data),
            *pairs(),
            *sentences(),
            *sentences(TWEETS, "tweets_written"),
            *(one for one in reviews() if one.text in reviewed),
            *written("learn"),
            *phrases([*found, *sentences()], known),
        )
        if mood.letters(one.text) not in measured
    ]
    # Whether a comment is for or against something, KOTE's emotions leave open.
    for at, one in enumerate(found):
        strength = known.get(digest(one.text)) if one.source == "kote" else None
        if strength is not None:
            found[at] = replace(one, **_felt(strength))
    return found


def pairs(folder: Path = mood.PAIRS) -> Iterator[Taught]:
    """Texts written in pairs that differ by little and mostly in their mood."""
    for source, felt, text in mood.pairs(folder):
        yield Taught(text=text, source=source, mood=felt, rating=_RATED[felt])


def sentences(folder: Path = SENTENCES, source: str = "sentences_written") -> Iterator[Taught]:
    """Texts written for learning, with their mood.

    By default sentences of film criticism: the verdict is seldom in a single word. `TWEETS` has
    tweets, of which three and three speak of the same: with liking, with annoyance, with neither.

    Args:
        folder: Holds files of lines with two fields between tabs: mood, text.
        source: What they are called.
    """
    for name, text in mood.fields(*sorted(folder.glob("*.tsv"))):
        felt = mood.NAMES.index(name)
        yield Taught(text=text, source=source, mood=felt, rating=_RATED[felt])


def reviews() -> Iterator[Taught]:
    """Reviews with stars, written to learn from: mixtures, wishes, irony, reports of faults."""
    for stars, text in mood.reviews():
        yield Taught(text=text, source=mood.REVIEWS_WRITTEN, **_felt(stars - 1))


def strengths(file: Path = STRENGTHS) -> dict[str, int]:
    """How good or bad a language model found texts, 0 to 4, by what `digest` says of the text.

    They are parts of texts (`phrases`), Korean film reviews and KOTE's comments; the texts stay
    where they are. Of 600 sentences of the Stanford treebank that were among them unawares it
    called 98 % of those with a mood as people had, where it called them anything (decision 0012).

    Args:
        file: Lines of two fields between tabs: digest, strength.
    """
    return {name: int(strength) for name, strength in mood.fields(file)}


def digest(text: str) -> str:
    """What a text is known by where it may not stand itself; copies have the same."""
    return blake2b(mood.letters(text).encode(), digest_size=6).hexdigest()


def phrases(taught: Iterable[Taught], known: Mapping[str, int]) -> Iterator[Taught]:
    """Parts of texts of which is known how they feel by themselves.

    Parts of film criticism, between signs, conjunctions and prepositions, teach what a word says in
    little company, as the phrases of the Stanford treebank do (Socher et al. 2013); sentences of
    product reviews, that a review with five stars has sentences that praise nothing; Korean film
    reviews, whole ones too, what they say for who does not see their stars.

    Args:
        taught: Texts.
        known: What `strengths` gave.

    >>> text = Taught("Good cast, but a dull plot.", "sst2")
    >>> [(one.text, one.mood) for one in phrases([text], {digest("a dull plot"): 1})]
    [('a dull plot', 0)]
    """
    seen: set[str] = set()
    for one in taught:
        for text in _cut(one):
            name = digest(text)
            if name in known and name not in seen:
                seen.add(name)
                source = TOLD if one.source == "nsmc" else PHRASES
                yield Taught(text=text, source=source, **_felt(known[name]))


def _cut(one: Taught) -> Iterator[str]:
    if one.source == "nsmc":
        yield one.text
        yield from map(str.strip, _PARTS_KO.split(one.text))
    if one.source == "amazon":
        yield from map(str.strip, _SENTENCES.split(one.text))
    if one.source not in FILM:
        return
    for part in map(str.strip, _PARTS.split(one.text)):
        yield part
        pieces = list(map(str.strip, _LESSER.split(part)))
        for at in range(len(pieces)):
            yield pieces[at]
            yield " ".join(pieces[at : at + 2])


def _felt(strength: int) -> dict[str, Any]:
    """Mood and rating of a text whose strength, 0 to 4, is known."""
    return {"mood": mood.of_stars(strength + 1), "rating": strength / 4}


def written(part: str, folder: Path = mood.TEXTS) -> Iterator[Taught]:
    """Texts written with their intents and emotions.

    Args:
        part: "learn", or "measure": chosen by the text itself.
        folder: Holds files of lines with four fields between tabs: mood, intents, emotions (names
            between commas, or -), text.
    """
    for file in sorted(folder.glob("*.tsv")):
        for felt, intents, emotions, text in mood.fields(file):
            if (part == "measure") == mood.measures(text):
                yield Taught(
                    text=text,
                    source=f"written_{file.stem}",
                    mood=mood.NAMES.index(felt),
                    intents=tuple(int(one in intents.split(",")) for one in INTENTS),
                    emotions=tuple(int(one in emotions.split(",")) for one in EMOTIONS),
                )


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
    labelled = {one.text for one in mood.labelled_tweets(data)}
    for name in ("emotion", "offensive", "hate"):
        for row in mood.rows(data / "tweeteval" / f"{name}.csv"):
            if row.get("split", "train") != "train":
                continue
            if name == "emotion":
                felt = mood.POSITIVE if row["label"] in ("joy", "optimism") else mood.NEGATIVE
                known = {of: int(name == row["label"]) for name, of in _TWEETED.items()}
                yield Taught(
                    text=row["text"],
                    source="tweeteval_emotion",
                    mood=-1 if row["text"] in labelled else felt,
                    emotions=tuple(known.get(one, -1) for one in EMOTIONS),
                )
            else:
                label = int(not row["label"].startswith("not-"))
                yield Taught(text=row["text"], source=f"tweeteval_{name}", offence=label)


# KOTE's emotions among Plutchik's eight. Those that are mixtures without a clear chief one (shame,
# distrust, solemnity, pity) are left out: they say neither yes nor no.
_PLUTCHIK = {
    "joy": ("뿌듯함", "편안/쾌적", "즐거움/신남", "흐뭇함(귀여움/예쁨)", "행복", "기쁨",
            "감동/감탄"),
    "trust": ("환영/호의", "고마움", "존경", "아껴주는", "안심/신뢰"),
    "fear": ("공포/무서움", "불안/걱정", "부담/안_내킴"),
    "surprise": ("당황/난처", "경악", "놀람", "깨달음"),
    "sadness": ("슬픔", "안타까움/실망", "절망", "패배/자기혐오", "힘듦/지침", "죄책감", "서러움"),
    "disgust": ("지긋지긋", "우쭐댐/무시함", "한심함", "역겨움/징그러움", "귀찮음", "증오/혐오",
                "재미없음"),
    "anger": ("불평/불만", "화남/분노", "짜증", "어이없음"),
    "anticipation": ("기대감", "신기함/관심"),
}  # fmt: skip


def plutchik(felt: tuple[int, ...], names: list[str]) -> tuple[int, ...]:
    """KOTE's emotions of a text as Plutchik's."""
    chosen = {names[number] for number in felt}
    return tuple(int(not chosen.isdisjoint(_PLUTCHIK[one])) for one in EMOTIONS)


def emotion_names(data: Path) -> list[str]:
    """KOTE's 44 emotions."""
    names: list[str] = json.loads((data / "kote" / "labels.json").read_text(encoding="utf-8"))
    return names
