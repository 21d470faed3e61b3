"""How well the shipped reader reads what it did not learn from.

`python -m training.reader.evaluate [--model FOLDER] [--english FOLDER] [--most 4000] [--into-card]`

Moods go the way they go in the product: language first, then both tiers. `accurate` has the encoder
read everything, `cascade` only what the linear model is unsure of. Opinions are those of
`sonnim.language.opinions`; targets count where their characters are exactly those marked.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonnim.language.adaptation import quality
from sonnim.language.identify import identify
from sonnim.language.measures import counts, macro_f1, macro_recall
from sonnim.language.mood_cascade import Cascade, stacks
from sonnim.language.mood_model import MoodModel
from sonnim.language.opinions import opinions
from sonnim.language.reader import (
    CARD,
    EMOTION,
    EMOTION_KO,
    EMOTIONS,
    INTENT,
    INTENTS,
    SHIPPED,
    TARGET,
    Reading,
)
from sonnim.language.readers import ENGLISH, Readers
from training.mood import data as mood
from training.mood.evaluate import PARTS, Readings, examples, measure, read, rounded
from training.reader import data
from training.reader import opinions as marked

Floats = NDArray[np.float64]
# Above this an emotion counts as named: KOTE's raters rarely agree (its paper settles on 0.3 too).
_EMOTION = 0.3


def say(cascade: Cascade, *, everything: bool) -> Callable[[list[str]], tuple[Floats, list[str]]]:
    """The product's way from texts to moods."""

    def moods(texts: list[str]) -> tuple[Floats, list[str]]:
        found = cascade.read(texts, identify(texts)[0], everything=everything)
        return found.probabilities, found.labels

    return moods


def told_apart(readings: Readings) -> dict[str, float]:
    """Negative against positive as they are found: accuracy, macro-F1, AUC; recall of all moods."""
    found = quality(readings.probabilities, readings.true)
    table = counts(readings.true, readings.probabilities.argmax(axis=1), 3)
    return {
        "n": int((readings.true != mood.NEUTRAL).sum()),
        "accuracy": found.accuracy,
        "macro_f1": found.macro_f1,
        "auc": found.auc,
        "macro_recall": macro_recall(table),
    }


def targets(reader: Readers, sentences: Sequence[marked.Marked]) -> dict[str, float]:
    """F1 of targets by exact place, and accuracy of the polarity of the true targets."""
    texts = [one.text for one in sentences]
    found = opinions(reader, texts)
    reading = reader.read(texts, (TARGET,))
    hit = said = wanted = right = polar = 0
    for number, one in enumerate(sentences):
        guessed = {opinion.target for opinion in found[number] if opinion.target[1]}
        true = {(span.start, span.end) for span in one.targets}
        hit, said, wanted = hit + len(guessed & true), said + len(guessed), wanted + len(true)
        for span in one.targets:
            scores = polarity_at(reading, number, span.start, span.end)
            right += int(scores.argmax() == span.polarity)
            polar += 1
    return {
        "sentences": len(sentences),
        "target_f1": 2 * hit / max(said + wanted, 1),
        "polarity_accuracy": right / max(polar, 1),
    }


def polarity_at(reading: Reading, number: int, start: int, end: int) -> Floats:
    """Scores of the three polarities of a piece of a text that is known to be spoken of."""
    places = reading.offsets[number]
    inside = [n for n, (a, b) in enumerate(places) if a < end and b > start]
    scores = reading.tokens[TARGET][number][inside][:, 1:]
    return np.asarray(scores.reshape(len(inside), 3, 2).max(2).sum(0), np.float64)


def food(reader: Readers, shared: Path, most: int) -> dict[str, float]:
    """Korean food reviews, of which nothing was learned: polarity of the aspects marked."""
    rows = [
        row
        for row in mood.food(shared)
        if row["polarity"] in ("1", "-1") and "$T$" in row["template"]
    ][:most]
    reading = reader.read([row["text"] for row in rows], (TARGET,))
    table = np.zeros((2, 2), np.int64)
    for number, row in enumerate(rows):
        start = row["template"].find("$T$")
        scores = polarity_at(reading, number, start, start + len(row["aspect"]))
        said = scores[mood.POSITIVE] > scores[mood.NEGATIVE]
        table[int(row["polarity"] == "1"), int(said)] += 1
    right = int(np.trace(table))
    return {"n": len(rows), "accuracy": right / len(rows), "macro_f1": macro_f1(table)}


def emotions(reader: Readers, shared: Path, most: int) -> dict[str, float]:
    """KOTE: macro-F1 of the 44 emotions."""
    texts, chosen = _kote(shared, most)
    logits = reader.read(texts, [EMOTION_KO]).texts[EMOTION_KO]
    wanted = np.zeros(logits.shape, bool)
    for place, one in enumerate(chosen):
        wanted[place, list(one)] = True
    return f1_of((), wanted, logits > np.log(_EMOTION / (1 - _EMOTION)))


def _kote(shared: Path, most: int) -> tuple[list[str], list[tuple[int, ...]]]:
    """KOTE's texts that measure, with the numbers of their emotions."""
    rows = list(mood.rows(shared / "kote" / "test_half.csv"))[:most]
    return [row["text"] for row in rows], [
        tuple(int(one) for one in row["labels"].split(",") if one.strip()) for row in rows
    ]


def felt(reader: Readers, shared: Path, most: int = 10**9) -> dict[str, dict[str, float]]:
    """Emotions and intents: F1 of each on texts of which nothing was learned, named from a half."""
    found = {"KOTE, the common eight": plutchik(reader, shared, most)}
    for language in ("ko", "en"):
        texts = [one for one in data.written("measure") if one.source == f"written_{language}"]
        for task, names in ((INTENT, INTENTS), (EMOTION, EMOTIONS)):
            said = reader.read([one.text for one in texts], [task]).texts[task] > 0
            known = [one.intents if task == INTENT else one.emotions for one in texts]
            found[f"written texts, {language}: {task}"] = f1_of(names, np.array(known) == 1, said)
    return {name: rounded(values) for name, values in found.items()}


def f1_of(
    names: Sequence[str], wanted: NDArray[np.bool_], said: NDArray[np.bool_]
) -> dict[str, float]:
    """Mean F1 of all labels, and that of those named; shapes (texts, labels)."""
    scores = 2 * (wanted & said).sum(0) / np.maximum(wanted.sum(0) + said.sum(0), 1)
    return {
        "n": len(wanted),
        "macro_f1": float(np.mean(scores)),
        **{name: float(score) for name, score in zip(names, scores, strict=False)},
    }


def plutchik(reader: Readers, folder: Path, most: int) -> dict[str, float]:
    """KOTE's texts again, their emotions as the common eight: macro-F1, named from a half."""
    names = data.emotion_names(folder)
    texts, chosen = _kote(folder, most)
    wanted = np.array([data.plutchik(one, names) for one in chosen]) == 1
    said = reader.read(texts, [EMOTION]).texts[EMOTION] > 0
    return f1_of(EMOTIONS, wanted, said)


def results(
    everyone: Path, english: Path, shared: Path, most: int | None
) -> dict[str, dict[str, object]]:
    """Everything that is measured, by name."""
    reader = Readers.load(everyone, english, workers=2)
    cascade = Cascade(MoodModel.load(), reader, stacks(everyone, english))
    found: dict[str, dict[str, object]] = {}
    for language in ("ko", "en"):
        labelled = _some(examples(shared, language), most)
        for tier in ("accurate", "cascade"):
            readings = read(say(cascade, everything=tier == "accurate"), labelled)
            for part in PARTS:
                if part.language != language or part.fresh or part.thirds:
                    continue
                chosen = np.array([one.startswith(part.sources) for one in readings.source])
                one = rounded({
                    "measured": asdict(measure(part, readings)),
                    "as_found": told_apart(readings.only(chosen)),
                })  # fmt: skip
                found[f"{part.name}, {tier}"] = one
                print(json.dumps({part.name: tier, **one["as_found"]}), flush=True)
    print(json.dumps(found.setdefault("KOTE", rounded(emotions(reader, shared, most or 10**9)))))
    for source in ("restaurant14", "laptop14", marked.WRITTEN_KO):
        found[source] = rounded(targets(reader, marked.measured(shared, source)))
        print(json.dumps({source: found[source]}), flush=True)
    found["Korean food reviews"] = rounded(food(reader, shared, most or 10**9))
    print(json.dumps(found["Korean food reviews"]), flush=True)
    for name, values in felt(reader, shared, most or 10**9).items():
        found[name] = dict(values)
        print(json.dumps({name: values}), flush=True)
    return found


def write_card(folder: Path, known: Mapping[str, object]) -> None:
    """Writes the card of a model."""
    text = json.dumps(known, ensure_ascii=False, indent=2)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")


def _some(labelled: list[mood.Example], most: int | None) -> list[mood.Example]:
    """All that was learned, and of what measures about so many texts of each set, evenly."""
    if most is None:
        return labelled
    there = Counter(one.source for one in labelled if one.part == "measure")
    seen: Counter[str] = Counter()
    kept = []
    for one in labelled:
        if one.part == "measure":
            seen[one.source] += 1
            if seen[one.source] % max(1, there[one.source] // most):
                continue
        kept.append(one)
    return kept


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=SHIPPED, help="reader of all languages")
    parser.add_argument("--english", type=Path, default=ENGLISH, help="reader of English")
    parser.add_argument("--data", type=Path, default=mood.SHARED, help="the shared data folder")
    parser.add_argument("--most", type=int, help="texts of each set at most, for a quick look")
    parser.add_argument("--into-card", action="store_true", help="write them into card.json")
    given = parser.parse_args()
    found = results(given.model, given.english, given.data, given.most)
    if given.into_card:
        known = json.loads((given.model / CARD).read_text(encoding="utf-8"))
        write_card(given.model, {**known, "measured": found})


if __name__ == "__main__":
    main()
