"""The labelled texts behind the mood model, read from the shared data folder.

What may be learned from and what only measures is decided here and nowhere else.
"""

import csv
import json
import os
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import duckdb

# Where the data lie when nobody says so: as the tests expect them, beside the checkout.
SHARED = Path(
    os.environ.get("SONNIM_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data"
)
SEED = 20_141
# Korean: reviews before the first day are learned from; from it on they calibrate only; from the
# second day on they measure only. Nothing after 2013 is ever learned from.
CALIBRATE_FROM = "2013-10-01"
MEASURE_FROM = "2014-01-01"
# Reviews rated 5 to 8 are many and little told apart by their words; a part of them suffices.
NEUTRAL_KOREAN = 60_000
# Share of the English training texts that calibrate and are not learned from, and, of the sets that
# come without a part for testing, the share that measures only.
CALIBRATE_ENGLISH = 0.12
MEASURE_ENGLISH = 0.15
# There are 2,000 tweets whose mood TweetEval's people told, and nothing else of that kind.
MEASURE_TWEETEVAL = 0.5
# Moods that were told for Sonnim of tweets of sets without them, and tweets written for it.
LABELLED = Path(__file__).parent / "tweets_labelled.tsv"
WRITTEN = Path(__file__).parent / "tweets_written"
# Reviews written for Sonnim: those to learn from, and in a folder of it those that calibrate.
REVIEWS = Path(__file__).parents[1] / "reader" / "reviews"
REVIEWS_WRITTEN = "reviews_written"
# Comments written for Sonnim, which calibrate only.
COMMENTS = Path(__file__).parents[1] / "reader" / "comments"
COMMENTS_WRITTEN = "comments_written"
FOOD = "korean_absa_food"
# Customers' texts written with their moods, intents and emotions; of a share nothing is learned.
TEXTS = Path(__file__).parents[1] / "reader" / "intents"
TEXTS_WRITTEN = "texts_written"
MEASURE_WRITTEN = 0.15
# Texts written in pairs that differ by little; in a folder of it those that calibrate.
PAIRS = Path(__file__).parents[1] / "reader" / "pairs"
PAIRS_KO = "pairs_ko"
_ACL14, _VADER_TWEETS = "acl14", "vader_tweets"
# Where the tweets of a set are, if not among TweetEval's tasks.
_ELSEWHERE = {
    _ACL14: Path("semeval_absa", "terms_twitter_acl14.csv"),
    _VADER_TWEETS: Path("vader_labelled", "tweets.csv"),
}

NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
NAMES = ("negative", "neutral", "positive")

_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_QUOTED = re.compile(r'\\"+')


@dataclass(frozen=True)
class Example:
    """One labelled text.

    Attributes:
        text: As found.
        label: 0 negative, 1 neutral, 2 positive.
        source: Name of the data set, for example `nsmc`.
        part: `learn`, `calibrate` or `measure`.
    """

    text: str
    label: int
    source: str
    part: str


def korean(data: Path) -> list[Example]:
    """Korean examples: NSMC film reviews, KOTE comments, and what was written for Sonnim.

    Laftel's app reviews are measured only.
    """
    written = (
        *_written_reviews(), *_written_comments(), *_written_texts(), *_written_pairs(),
    )  # fmt: skip
    return [*_nsmc(data), *_kote(data), *written, *_laftel(data)]


def english(data: Path) -> list[Example]:
    """English examples: SST, Amazon reviews, VADER's labelled texts, tweets, and TweetEval's.

    Of TweetEval's own moods half is learned from, and half only measures.
    """
    tweets = (*_tweets(data), *labelled_tweets(data), *_written_tweets())
    return [*_sst(data), *_amazon(data), *_vader(data), *tweets, *_tweeteval(data)]


def letters(text: str) -> str:
    """The text's letters and digits only, small: what two copies of one text have in common.

    >>> letters("Good!!  Very  GOOD.")
    'goodverygood'
    """
    return re.sub(r"[\W_]+", "", text.lower())


def without_copies(
    examples: Sequence[Example], of: str, shingle: int, shortest: int
) -> tuple[list[Example], dict[str, int]]:
    """Takes texts out of the earlier parts that are also in the part `of`.

    The parts come in the order `learn`, `calibrate`, `measure`. A text counts as a copy when half
    of its shingles (runs of `shingle` letters) occur within one text of the part `of`. Texts of
    fewer than `shortest` letters are common property ("재밌어요") and stay; the evaluation gives a
    row without them.

    Args:
        examples: All examples of one language.
        of: `calibrate` or `measure`.
        shingle: Letters in a shingle.
        shortest: Fewest letters of a text that can be a copy.

    Returns:
        The examples that stay, and how many were taken out by source.
    """
    earlier = ("learn",) if of == "calibrate" else ("learn", "calibrate")
    where: dict[int, list[int]] = {}
    for number, one in enumerate(examples):
        text = letters(one.text) if one.part == of else ""
        if len(text) >= shortest:
            for piece in set(_shingles(text, shingle)):
                where.setdefault(piece, []).append(number)
    kept: list[Example] = []
    removed: dict[str, int] = {}
    for one in examples:
        if one.part in earlier and _is_copy(letters(one.text), where, shingle, shortest):
            removed[one.source] = removed.get(one.source, 0) + 1
        else:
            kept.append(one)
    return kept, removed


def separated(
    examples: Sequence[Example], language: str
) -> tuple[list[Example], dict[str, int], dict[str, int]]:
    """Takes out what would let a later part know an earlier one by heart.

    Args:
        examples: All examples of one language.
        language: "ko" or "en".

    Returns:
        The examples that stay, and how many copies of measuring and of calibrating texts were
        taken out, by source.
    """
    # A Korean syllable is worth two to three letters.
    shingle, shortest = (10, 20) if language == "ko" else (20, 30)
    kept, of_measure = without_copies(examples, "measure", shingle, shortest)
    kept, of_calibrate = without_copies(kept, "calibrate", shingle, shortest)
    return kept, of_measure, of_calibrate


def _is_copy(text: str, where: dict[int, list[int]], shingle: int, shortest: int) -> bool:
    if len(text) < shortest:
        return False
    pieces = set(_shingles(text, shingle))
    shared: dict[int, int] = {}
    for piece in pieces:
        # A shingle of very many texts is a phrase, not a trace of copying.
        found = where.get(piece, ())
        if len(found) <= 200:
            for number in found:
                shared[number] = shared.get(number, 0) + 1
    return max(shared.values(), default=0) * 2 >= len(pieces)


def _shingles(text: str, size: int) -> Iterator[int]:
    encoded = text.encode("utf-32-le", "surrogatepass")
    for begin in range(0, 4 * max(len(text) - size + 1, 1), 4):
        yield crc32(encoded[begin : begin + 4 * size])


def _nsmc(data: Path) -> Iterator[Example]:
    rows = (
        duckdb.connect()
        .execute(
            """
            SELECT text, rating, date FROM read_parquet(?)
            WHERE text IS NOT NULL AND len(trim(text)) > 0 ORDER BY review_id
            """,
            [str(data / "nsmc" / "reviews_to_2014.parquet")],
        )
        .fetchall()
    )
    random.Random(SEED).shuffle(rows)
    examples = []
    for text, rating, date in rows:
        label = NEGATIVE if rating <= 4 else POSITIVE if rating >= 9 else NEUTRAL
        day = str(date)[:10]
        part = (
            "measure" if day >= MEASURE_FROM else "calibrate" if day >= CALIBRATE_FROM else "learn"
        )
        examples.append(Example(text, label, "nsmc", part))
    # 2014 is measured with as many positive and neutral reviews as there are negative ones.
    negatives = sum(one.part == "measure" and one.label == NEGATIVE for one in examples)
    left = {
        ("measure", POSITIVE): negatives,
        ("measure", NEUTRAL): negatives // 2,
        ("learn", NEUTRAL): NEUTRAL_KOREAN,
    }
    yield from _at_most(examples, left)


def _at_most(examples: Iterable[Example], limits: dict[tuple[str, int], int]) -> Iterator[Example]:
    left = dict(limits)
    for one in examples:
        key = (one.part, one.label)
        if key in left:
            if not left[key]:
                continue
            left[key] -= 1
        yield one


# KOTE's 44 emotions (Jeon, Lee and Kim 2022) by how one feels about what one speaks of. Emotions
# that go either way (깨달음, 놀람, 비장함, 신기함/관심 and the like) decide nothing.
_KOTE_POSITIVE = frozenset(
    [
        "환영/호의",
        "감동/감탄",
        "고마움",
        "존경",
        "기대감",
        "뿌듯함",
        "편안/쾌적",
        "아껴주는",
        "즐거움/신남",
        "흐뭇함(귀여움/예쁨)",
        "행복",
        "안심/신뢰",
        "기쁨",
    ]
)
_KOTE_NEGATIVE = frozenset(
    [
        "불평/불만",
        "지긋지긋",
        "슬픔",
        "화남/분노",
        "우쭐댐/무시함",
        "안타까움/실망",
        "의심/불신",
        "부끄러움",
        "공포/무서움",
        "절망",
        "한심함",
        "역겨움/징그러움",
        "짜증",
        "어이없음",
        "패배/자기혐오",
        "귀찮음",
        "힘듦/지침",
        "죄책감",
        "증오/혐오",
        "당황/난처",
        "경악",
        "부담/안_내킴",
        "서러움",
        "재미없음",
        "불쌍함/연민",
        "불안/걱정",
    ]
)


def _kote(data: Path) -> Iterator[Example]:
    names = json.loads((data / "kote" / "labels.json").read_text(encoding="utf-8"))
    for file, part in (("val.csv", "learn"), ("test_half.csv", "measure")):
        for row in rows(data / "kote" / file):
            chosen = [names[int(number)] for number in row["labels"].split(",") if number.strip()]
            good = sum(name in _KOTE_POSITIVE for name in chosen)
            bad = sum(name in _KOTE_NEGATIVE for name in chosen)
            if "없음" in chosen and good <= 1 and bad <= 1:
                yield Example(row["text"], NEUTRAL, "kote", part)
            elif good >= 2 * max(bad, 1):
                yield Example(row["text"], POSITIVE, "kote", part)
            elif bad >= 2 * max(good, 1):
                yield Example(row["text"], NEGATIVE, "kote", part)


def _written_reviews() -> Iterator[Example]:
    """Reviews of apps, shops and services with their stars, which a language model wrote.

    Those to learn from are mostly such as models get wrong; those that calibrate are as reviews
    are found.
    """
    for folder, part in ((REVIEWS, "learn"), (REVIEWS / "held", "calibrate")):
        for stars, text in reviews(folder):
            yield Example(text, of_stars(stars), REVIEWS_WRITTEN, part)


def reviews(folder: Path = REVIEWS) -> Iterator[tuple[int, str]]:
    """Stars, 1 to 5, and text of the reviews of a folder."""
    for stars, text in fields(*sorted(folder.glob("*.tsv"))):
        yield int(stars), text


def _written_comments() -> Iterator[Example]:
    """What people say under articles and in forums; of KOTE's nothing is left to calibrate."""
    for felt, text in fields(*sorted(COMMENTS.glob("*.tsv"))):
        yield Example(text, NAMES.index(felt), COMMENTS_WRITTEN, "calibrate")


def _written_texts() -> Iterator[Example]:
    """What customers write to a company, questions and requests too, which blame nothing."""
    for felt, _, _, text in fields(*sorted(TEXTS.glob("ko*.tsv"))):
        part = "measure" if measures(text) else "learn"
        yield Example(text, NAMES.index(felt), TEXTS_WRITTEN, part)


def _written_pairs() -> Iterator[Example]:
    """Texts that a negation, a "but" or a fact turns round.

    English ones are left out: there they are a third of all texts, and moved tweets.
    """
    for source, felt, text in pairs():
        if source == PAIRS_KO:
            yield Example(text, felt, source, "learn")


def pairs(folder: Path = PAIRS) -> Iterator[tuple[str, int, str]]:
    """Source, mood and text of what was written in pairs that differ mostly in their mood.

    Counterfactually augmented data (Kaushik, Hovy and Lipton 2020): what decides between two such
    texts is a negation, a "but" or a fact, not a word that is good or bad anywhere.

    Args:
        folder: Holds files of lines with five fields between tabs: what the difference tries, then
            mood and text of one and of the other.
    """
    for file in sorted(folder.glob("*.tsv")):
        for _, mood_a, text_a, mood_b, text_b in fields(file):
            for name, text in ((mood_a, text_a), (mood_b, text_b)):
                yield f"pairs_{file.stem[:2]}", NAMES.index(name), text


def measures(text: str) -> bool:
    """Whether nothing is learned of a text that was written with its intents."""
    return place(text) < MEASURE_WRITTEN


def food(data: Path) -> Iterator[dict[str, str]]:
    """The aspects marked in Korean food reviews, of which nothing is learned."""
    for file in sorted((data / FOOD).glob("*.csv")):
        yield from rows(file)


def of_stars(stars: int) -> int:
    """The mood of a rating from 1 to 5."""
    return NEGATIVE if stars <= 2 else POSITIVE if stars >= 4 else NEUTRAL


def _laftel(data: Path) -> Iterator[Example]:
    for row in rows(data / "laftel" / "reviews_to_2024-06.csv"):
        if row["content"]:
            yield Example(row["content"], of_stars(int(row["score"])), "laftel", "measure")


def _sst(data: Path) -> Iterator[Example]:
    for row in rows(data / "sst2" / "sst2.csv"):
        part = "measure" if row["split"] == "dev" else _english_part(row["text"])
        yield Example(row["text"], POSITIVE if row["label"] == "1" else NEGATIVE, "sst2", part)
    # Its other classes are SST-2's sentences again.
    for row in rows(data / "sst2" / "sst5.csv"):
        if row["label"] == "2":
            part = "measure" if row["split"] == "dev" else _english_part(row["text"])
            yield Example(row["text"], NEUTRAL, "sst5", part)


def _amazon(data: Path) -> Iterator[Example]:
    for row in rows(data / "amazon_polarity" / "10k.csv"):
        part = "measure" if row["split"] == "test" else _english_part(row["text"])
        yield Example(row["text"], POSITIVE if row["label"] == "1" else NEGATIVE, "amazon", part)


def _vader(data: Path) -> Iterator[Example]:
    for file in ("amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets", "tweets"):
        for row in rows(data / "vader_labelled" / f"{file}.csv"):
            # Means of twenty people from -4 to 4; between 0.5 and 1 they do not agree enough.
            mean = float(row["mean_score"])
            source = f"vader_{file.removesuffix('Snippets')}"
            part = _english_part(row["text"], MEASURE_ENGLISH)
            one = Example(row["text"], NEUTRAL, source, part)
            if abs(mean) >= 1:
                yield replace(one, label=POSITIVE if mean > 0 else NEGATIVE)
            elif abs(mean) <= 0.5:
                yield one


def _tweets(data: Path) -> Iterator[Example]:
    # Marked for one name that each speaks of (Dong et al. 2014), which is often another mood than
    # the tweet's: of those marked neutral two thirds praise or blame something else. They measure
    # as they are marked; what is learned of them is their own mood (`labelled_tweets`).
    for row in rows(data / _ELSEWHERE[_ACL14]):
        if _english_part(row["text"], MEASURE_ENGLISH) == "measure":
            yield Example(row["text"], NAMES.index(row["polarity"]), _ACL14, "measure")


def labelled_tweets(data: Path) -> Iterator[Example]:
    """Tweets that nobody asked about their mood, with the mood that a language model read in them.

    They are of TweetEval's other tasks, of those marked for a name, and of those about which
    VADER's people did not agree. The file says of each which set and row it is of, and n, o or p;
    the tweets stay where they are. The model had seen 240 of TweetEval's own labels before, of
    those that are learned from, and was asked about others of them unawares: its macro recall of
    these is .78 (decision 0012).
    """
    texts: dict[str, list[str]] = {}
    moods = {"n": NEGATIVE, "o": NEUTRAL, "p": POSITIVE}
    for name, row, label in fields(LABELLED):
        if name not in texts:
            file = data / _ELSEWHERE.get(name, Path("tweeteval", f"{name}.csv"))
            texts[name] = [one["text"] for one in rows(file)]
        text = texts[name][int(row)]
        source = _ACL14 if name == _ACL14 else "tweets_labelled"
        yield Example(text, moods[label], source, _english_part(text))


def _written_tweets() -> Iterator[Example]:
    for label, text in fields(*sorted(WRITTEN.glob("*.tsv"))):
        yield Example(text, NAMES.index(label), "tweets_written", _english_part(text))


def _tweeteval(data: Path) -> Iterator[Example]:
    labels = {"negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE}
    for row in rows(data / "tweeteval" / "sentiment.csv"):
        # By the text as the file has it, so that what measured once is never learned from.
        part = _english_part(row["text"], MEASURE_TWEETEVAL)
        yield Example(unescaped(row["text"]), labels[row["label"]], "tweeteval", part)


def unescaped(text: str) -> str:
    r"""A tweet of TweetEval's sentiment file as it was written: a tenth have the escapes of JSON.

    Some are also wrapped in the quotation marks of the file they came from.

    >>> unescaped(r'"Don\u0027t go. \""Never\"", she said" ')
    'Don\'t go. "Never", she said'
    >>> unescaped('"Hello", she said'), unescaped(r'\ud83d\ude00 yes') == "\U0001f600 yes"
    ('"Hello", she said', True)
    """
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # An emoji was two halves.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _QUOTED.sub('"', text).strip()
    if text.startswith('"') and (text.count('"') == 1 or text.endswith('"')):
        text = text.removeprefix('"').removesuffix('"').strip()
    return text


def _english_part(text: str, measured: float = 0.0) -> str:
    """Splits by the text itself, so that copies in two sets fall into the same part."""
    share = place(text)
    if share < CALIBRATE_ENGLISH:
        return "calibrate"
    return "measure" if share >= 1 - measured else "learn"


def place(text: str) -> float:
    """Where a text and its copies fall between 0 and 1, by its letters alone.

    >>> place("Good!") == place("good")
    True
    """
    return crc32(letters(text).encode()) / 2**32


def fields(*files: Path) -> Iterator[list[str]]:
    """The fields of each line of files that were written for Sonnim, with tabs between."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield line.split("\t")


def rows(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by the names of its header."""
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
