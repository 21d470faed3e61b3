"""Whether intervals of shares hold for a kind of texts that is not among those measured on.

`python -m training.mood.kinds [--tier fast|accurate] [--data DIR]`

Each set that measures is such a kind in turn: the sets of its family are left out of what the card
says of errors, months are drawn from its texts with shares of their own, and their shares are
stated with what is left, once with the spread between sets and once without.
"""

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonnim.analyzers.shares import FEWEST, Errors, doubt, worth
from sonnim.language.confusions import Confusion, between, of_another
from sonnim.language.mood_cascade import Cascade, alone
from sonnim.language.mood_model import LABELS, UNSURE, MoodModel
from training.mood.data import SEED, SHARED
from training.mood.evaluate import examples

Sets = Mapping[str, Confusion]
MONTHS, MESSAGES = 200, 80
# At most so many texts of a mood are read of a set, and so many it must have to be drawn from.
MOST, LEAST = 700, 20
_GIVEN = (*LABELS, UNSURE)
_Z = 1.96
# What comes from the same texts, or is of the same kind.
_FAMILIES = {
    "comments_written": "kote",
    "sst5": "sst2", "vader_movieReview": "sst2", "vader_amazonReview": "amazon",
    "tweets_labelled": "tweets", "tweets_written": "tweets", "tweeteval": "tweets",
}  # fmt: skip


def family(source: str) -> str:
    """What a set is left out together with.

    >>> family("sst5"), family("kote")
    ('sst2', 'kote')
    """
    return _FAMILIES.get(source, source)


def pooled(sets: Sequence[Confusion]) -> Errors:
    """All sets as one, as a card has them."""
    texts = np.array([one.measured_on for one in sets])
    shares = np.array([one.shares for one in sets])
    together = (shares * texts[:, :, np.newaxis]).sum(0) / texts.sum(0)[:, np.newaxis]
    a, b, c = map(int, texts.sum(0))
    return Errors(together, (a, b, c))


def held(
    rng: np.random.Generator,
    true: NDArray[np.int64],
    given: NDArray[np.int64],
    errors: Errors,
    side: str,
) -> float:
    """How many months' intervals hold the share of a mood.

    Args:
        rng: What draws.
        true: Moods of the texts of one set.
        given: What they were taken for; 3 is "unsure".
        errors: What is known of the model.
        side: Whose share.
    """
    values, doubts = worth(errors.confusion)[LABELS.index(side)], doubt(errors, side)
    there = [mood for mood in range(len(LABELS)) if (true == mood).sum() >= LEAST]
    hits = []
    for _ in range(MONTHS):
        shares = rng.dirichlet(np.array([2.0, 1.0, 3.0])[there])
        sizes = rng.multinomial(MESSAGES, shares)
        month = np.concatenate(
            [
                rng.choice(np.flatnonzero(true == mood), n)
                for mood, n in zip(there, sizes, strict=True)
            ]
        )
        said = values[given[month]]
        error = np.hypot(said.std() / np.sqrt(len(said)), doubts[given[month]].mean())
        truth = (true[month] == LABELS.index(side)).mean()
        hits.append(abs(said.mean() - truth) <= _Z * error)
    return float(np.mean(hits))


def left_out(sets: Mapping[str, Sets], language: str, source: str) -> tuple[Errors, Errors]:
    """Errors without the family of a set: without the spread between kinds, and with it."""
    rest = {
        name: [
            one
            for other, one in known.items()
            if name != language or family(other) != family(source)
        ]
        for name, known in sets.items()
    }
    alike = {name: pooled(known) for name, known in rest.items()}
    kinds = [(worth(alike[name].confusion), rest[name]) for name in rest]
    own = alike[language]
    apart = of_another(between(kinds, FEWEST), rest[language])
    return own, Errors(own.confusion, own.measured_on, apart)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tier", choices=("fast", "accurate"), default="fast")
    parser.add_argument("--data", type=Path, default=SHARED, help="the shared data folder")
    given = parser.parse_args()
    rng, found = np.random.default_rng(SEED), defaultdict(list)
    read = {name: _read(given.data, name, given.tier, rng) for name in ("ko", "en")}
    sets = {
        name: {s: Confusion.counted(*each) for s, each in parts["calibrate"].items()}
        for name, parts in read.items()
    }
    for language, parts in read.items():
        for source, (true, said) in parts["measure"].items():
            if len(np.unique(true)) < 2:
                continue
            for side in ("negative", "positive"):
                both = [
                    held(rng, true, said, errors, side)
                    for errors in left_out(sets, language, source)
                ]
                found[side].append(both)
                print(f"{language} {source} {side}: {both[0]:.3f}, between kinds {both[1]:.3f}")
    for side, each in found.items():
        before, after = np.mean(each, axis=0)
        print(f"all {len(each)} sets, {side}: {before:.3f}, between kinds {after:.3f}")


def _read(
    data: Path, language: str, tier: str, rng: np.random.Generator
) -> dict[str, dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]]:
    """By part and set: true moods of some texts, and what they were taken for."""
    groups = defaultdict(list)
    for one in examples(data, language):
        groups[one.part, one.source, one.label].append(one)
    some = [
        group[at]
        for (part, _, _), group in groups.items()
        if part != "learn"
        for at in sorted(rng.permutation(len(group))[:MOST])
    ]
    texts, languages = [one.text for one in some], [language] * len(some)
    if tier == "fast":
        labels = alone(MoodModel.load(), texts, languages).labels
    else:
        labels = Cascade.load().read(texts, languages, everything=True).labels
    rows: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for one, label in zip(some, labels, strict=True):
        rows[one.part][one.source].append((one.label, _GIVEN.index(label)))
    return {
        part: {source: tuple(np.array(each).T) for source, each in sources.items()}
        for part, sources in rows.items()
    }


if __name__ == "__main__":
    main()
