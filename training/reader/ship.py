"""Ships a reader: `python -m training.reader.ship --language en [--work FOLDER] [--data DIR]`.

Writes the last checkpoint as a graph of integers beside its tokenizer, and fits what stands in the
model card beside the network: how its moods and the linear model's are weighed together, which
texts go on to it, and below which probability a text is "unsure". All of that is fitted on the
calibrating parts, from which no model learned. English is weighed with the reader of all languages
as it ships, so that one ships first.
"""

import argparse
import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tokenizers import Tokenizer

from sonnim.language.confusions import Confusion, by_set
from sonnim.language.mood_cascade import (
    REST,
    Weights,
    columns,
    encoder_features,
    levels,
    neutral_columns,
    polar_columns,
    turned,
)
from sonnim.language.mood_model import MoodModel, moods
from sonnim.language.reader import MODEL, SHIPPED, TOKENIZER, card
from sonnim.language.readers import ENGLISH, Readers
from sonnim.language.weights import digest
from training.mood import data as mood
from training.mood.fit import balanced, logistic
from training.mood.train import threshold_of
from training.reader.checkpoint import written
from training.reader.data import PAIRS_HELD, pairs
from training.reader.evaluate import write_card
from training.reader.passing import pass_on, reached

Floats = NDArray[np.float64]

_LOG = logging.getLogger("sonnim.training")
FOLDERS = {"ko": SHIPPED, "en": ENGLISH}
"""Where the readers ship."""
# Of each mood at most so many texts of a set calibrate: more moves nothing.
MOST_OF_EACH = 10_000
_PENALTY = 1.0
# What reading costs: layers of a reader, of which a narrower one's count three quarters.
_LAYERS = {"own": 6.0, "all": 9.0}
# Written pairs are few beside reviews, and what they try is what an encoder is there for. Twice
# costs reviews next to nothing, eight times half a point (halves of the calibrating texts). Written
# reviews are the only ones in Korean that are not of films.
WRITTEN_COUNT = {"pairs_ko": 2.0, "pairs_en": 2.0, mood.REVIEWS_WRITTEN: 2.0}


@dataclass(frozen=True)
class Scored:
    """Calibrating texts of one language with the models' answers.

    Attributes:
        labels: True moods.
        linear: Shape (texts, 2), log odds of the linear model.
        encoder: Shape (texts, 6), as `encoder_features` gives them.
        turns: Whether each turns, as `turned` says.
        sources: Of which set each is.
    """

    labels: NDArray[np.int64]
    linear: Floats
    encoder: Floats
    turns: Floats
    sources: NDArray[np.str_]


def ship(work: Path | None, out: Path, data: Path, language: str) -> None:
    """Writes the model's folder; `language` is that of the reader, as in training.

    Without a folder of training the graph stays as it is, and only what is fitted beside it
    is fitted anew.
    """
    base = Path(__file__).parent / f"card_base_{language}.json"
    found = json.loads(base.read_text(encoding="utf-8"))
    if work is None:
        before = card(out)
        found |= {name: before[name] for name in ("version", "files", "trained")}
    else:
        out.mkdir(parents=True, exist_ok=True)
        found |= {"files": _put(work, out, language), "trained": _trained(work)}
        write_card(out, found)
    folders = FOLDERS | {language: out}
    linear, readers = MoodModel.load(), Readers.load(folders["ko"], folders["en"], workers=2)
    found["stacks"] = {}
    for name in {"ko": ("ko", REST), "en": ("en",)}[language]:
        found["stacks"][name] = fitted(_scored(readers, linear, held(data, name), name), name)
    write_card(out, found)


def _put(work: Path, out: Path, language: str) -> dict[str, str]:
    """Puts the graph and the tokenizer into the folder, and gives their digests."""
    shutil.copyfile(written(work, language), out / MODEL)
    tokenizer = Tokenizer.from_file(str(work / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.save(str(out / TOKENIZER), pretty=False)
    return {name: digest(out / name) for name in (MODEL, TOKENIZER)}


def held(data: Path, language: str) -> list[mood.Example]:
    """Texts of one language, or of `REST`, on which the models are weighed together."""
    # What is not Korean of a mixed text is weighed as English that no other reader reads.
    language = "en" if language == REST else language
    examples = mood.korean(data) if language == "ko" else mood.english(data)
    more = [
        mood.Example(one.text, one.mood, one.source, "calibrate")
        for one in pairs(PAIRS_HELD)
        if one.source.endswith(language)
    ]
    return [*calibrating(examples, language), *more]


def _trained(work: Path) -> dict[str, object]:
    *_, last = (work / "log.jsonl").read_text(encoding="utf-8").splitlines()
    packages = ("torch", "onnxruntime", "tokenizers", "numpy")
    return {**json.loads(last), "versions": {name: version(name) for name in packages}}


def calibrating(examples: Sequence[mood.Example], language: str) -> list[mood.Example]:
    """The calibrating texts of one language, of each set and mood at most `MOST_OF_EACH`."""
    held = [one for one in mood.separated(examples, language)[0] if one.part == "calibrate"]
    found: list[mood.Example] = []
    for source in dict.fromkeys(one.source for one in held):
        for label in range(len(mood.NAMES)):
            some = [one for one in held if (one.source, one.label) == (source, label)]
            found += some[:: max(1, -(-len(some) // MOST_OF_EACH))]
    return found


def _scored(
    readers: Readers, linear: MoodModel, examples: Sequence[mood.Example], language: str
) -> Scored:
    texts = [one.text for one in examples]
    linear_as = "en" if language == REST else language
    return Scored(
        labels=np.array([one.label for one in examples]),
        linear=linear.log_odds(texts, [linear_as] * len(texts)),
        encoder=encoder_features(readers, texts, [language] * len(texts)),
        turns=turned(texts),
        sources=np.array([one.source for one in examples]),
    )


def fitted(scored: Scored, language: str) -> dict[str, object]:
    """What the card says of one language."""
    heard = {"all": scored.encoder}
    if language == "en":
        alone = scored.encoder.copy()
        alone[:, :3] = 0
        heard = {"own": alone, **heard}
    ways = {way: _weighed(scored, encoder) for way, encoder in heard.items()}
    given = columns(scored.linear, scored.encoder, scored.turns)
    steps = [moods(scored.linear), *(moods(one.odds(*given)) for one in ways.values())]
    paired = np.char.startswith(scored.sources, "pairs")
    costs = [_LAYERS[way] for way in ways]
    chosen = pass_on(steps, costs, scored.labels, scored.sources, scored.turns > 0, paired)
    least = [levels(one, scored.turns) for one in chosen.levels]
    ends = reached([one.max(axis=1) for one in steps[:-1]], least)
    # How often the tiers err is measured on texts as they are found, or might be.
    some = ~paired
    labels = scored.labels[some]
    together = np.stack(steps)[ends, np.arange(len(ends))][some]
    threshold, told = threshold_of(together, labels)
    known = {
        way: asdict(replace(weights, pass_on=level)) | {"passed": round(passed, 3)}
        for (way, weights), level, passed in zip(
            ways.items(), chosen.levels, chosen.passed, strict=True
        )
    }
    _LOG.info("%s: %s", language, known)
    return {
        **known,
        "threshold": round(threshold, 4),
        **Confusion.counted(labels, told).card(),
        "sets": by_set(labels, told, scored.sources[some]),
    }


def _weighed(scored: Scored, encoder: Floats) -> Weights:
    """How the models' answers are weighed, if the encoders say this; everything comes to it yet."""
    labels = scored.labels
    counts = np.array([WRITTEN_COUNT.get(source, 1.0) for source in scored.sources])
    polar = labels != mood.NEUTRAL
    rows = polar_columns(scored.linear, encoder, scored.turns)
    polarity = regression(rows[polar], labels[polar] == mood.POSITIVE, 0.5, counts[polar])
    rows = neutral_columns(scored.linear, encoder)
    neutrality = regression(rows, labels == mood.NEUTRAL, 1 / 3, counts)
    rounded = {"polarity": polarity.round(5), "neutrality": neutrality.round(5)}
    return Weights.of({**rounded, "pass_on": (1.01, 1.01)})


def regression(rows: Floats, answers: NDArray[np.bool_], share: float, counts: Floats) -> Floats:
    """A small logistic regression on the models' log odds: their factors, and the bias.

    Args:
        rows: Shape (texts, columns).
        answers: What is true.
        share: Share of the true ones it is calibrated for.
        counts: How much each text counts.

    Example:
        >>> rows, answers = np.array([[-1.0], [-1], [1], [1]]), np.arange(4) > 0
        >>> bool(regression(rows, answers, 0.75, np.ones(4))[0] > 0)
        True
    """
    importance = balanced(answers, share) * counts
    found = logistic(sparse.csr_matrix(rows), answers, importance, _PENALTY)
    return np.append(found.weights, found.bias)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=sorted(FOLDERS), required=True)
    parser.add_argument("--work", type=Path, help="folder of training; else the graph stays")
    parser.add_argument("--out", type=Path, help="by default where the shipped one is")
    parser.add_argument("--data", type=Path, default=mood.SHARED)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ship(given.work, given.out or FOLDERS[given.language], given.data, given.language)


if __name__ == "__main__":
    main()
