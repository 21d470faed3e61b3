"""The mood model: how right, how well calibrated, how fast, and its peers on the same texts.

`python -m benchmarks.mood [--data DIR]`

Peers, measured in the same run: VADER (Hutto and Gilbert 2014; package `vaderSentiment`, if it is
installed) for English; for Korean the bare tokenizer Kiwi, so that what our reading adds to it can
be seen. Speed is that of one core, the best of three rounds, loading apart.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.mood.data import SHARED, Example
from training.mood.evaluate import PARTS, Readings, examples, measure, mood_of, read

from benchmarks.sheet import Figure
from sonnim.language.baselines import NEUTRAL, missing, sides, vader
from sonnim.language.features import clean
from sonnim.language.identify import identify
from sonnim.language.mood_model import MoodModel
from sonnim.language.morphemes import morphemes

# Parts of training.mood.evaluate that stand for a language on the sheet.
_SHOWN = (
    "NSMC 2014",
    "Laftel (unseen set)",
    "Own sets (SST dev, Amazon test, VADER)",
    "TweetEval validation, the half kept",
)
_TIMED = 4_000
_ROUNDS = 3


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures the mood model; the texts are those there are, whatever `rows` says."""
    del folder, rows
    tell("mood")
    return run()


def run(data: Path | None = None) -> list[Figure]:
    """Measures everything.

    Args:
        data: The shared data folder; by default the one beside the checkout.

    Returns:
        The lines of the sheet; a single one without a value where the data are absent.
    """
    data = data or SHARED
    if not (data / "nsmc").is_dir():
        note = "skipped: the labelled texts are not here; set SONNIM_SHARED_DATA to their folder"
        return [Figure("mood", None, "share", note)]
    begin = time.perf_counter()
    model = MoodModel.load()
    found = [Figure("mood: load the weights", time.perf_counter() - begin, "s", "")]
    for language in ("ko", "en"):
        labelled = examples(data, language)
        found += _quality(language, "sonnim", read(mood_of(model), labelled))
        found += _korean(model, labelled) if language == "ko" else _english(model, labelled)
    return found


def _quality(language: str, who: str, readings: Readings) -> Iterator[Figure]:
    for part in PARTS:
        if part.language != language or part.name not in _SHOWN:
            continue
        found = measure(part, readings)
        name, n = f"mood {language}, {who}: {part.name}", found.polarity.n
        right = found.polarity.accuracy
        ours = who == "sonnim"
        yield Figure(
            f"{name}, accuracy of polarity",
            right.value,
            "share",
            f"n {n:,}, half positive; 95% {right.low:.3f} to {right.high:.3f}",
            least=0.875 if ours and part.name == "NSMC 2014" else None,
        )
        if ours:
            yield Figure(
                f"{name}, calibration error",
                found.polarity.error,
                "share",
                f"n {n:,}; {found.polarity.chance:.3f} by chance alone",
                # Of few texts chance alone makes more.
                most=None if part.unseen else max(0.02, found.polarity.chance),
            )


def _korean(model: MoodModel, labelled: Sequence[Example]) -> Iterator[Figure]:
    texts = _timed_texts(labelled, "nsmc")
    cleaned = [clean(text) for text in texts]
    begin = time.perf_counter()
    morphemes(["가"])
    yield Figure("mood ko: load Kiwi", time.perf_counter() - begin, "s", "once a process")
    yield from _against(
        "ko", texts, model, "Kiwi alone", lambda: len(morphemes(cleaned, workers=1))
    )


def _english(model: MoodModel, labelled: Sequence[Example]) -> Iterator[Figure]:
    compounds = vader()
    if compounds is None:
        yield Figure("mood en, VADER", None, "share", missing("vaderSentiment"))
        yield from _against("en", _timed_texts(labelled, ""), model, "", None)
        return

    def peer(texts: list[str]) -> tuple[NDArray[np.float64], list[str]]:
        compound = compounds(texts)
        labels = ["positive" if c >= NEUTRAL else "negative" if c <= -NEUTRAL
                  else "neutral" for c in compound]  # fmt: skip
        return sides(compound, np.zeros(len(texts))), labels

    yield from _quality("en", "VADER", read(peer, labelled))
    texts = _timed_texts(labelled, "")
    yield from _against("en", texts, model, "VADER", lambda: len(compounds(texts)))


def _timed_texts(labelled: Sequence[Example], source: str) -> list[str]:
    found = [
        one.text for one in labelled if one.part == "measure" and one.source.startswith(source)
    ]
    # Evenly from everywhere: the sets stand one behind the other.
    step = max(len(found) // _TIMED, 1)
    return found[::step][:_TIMED]


def _against(
    language: str,
    texts: list[str],
    model: MoodModel,
    peer: str,
    work: Callable[[], int] | None,
) -> Iterator[Figure]:
    """Texts a second of ours and of the peer, in turns."""

    def ours() -> int:
        return len(model.probabilities(texts, identify(texts)[0]))

    best: dict[str, float] = {}
    with one_core():
        for _ in range(_ROUNDS):
            for who, once in (("sonnim", ours), (peer, work)):
                if once is not None:
                    begin = time.perf_counter()
                    once()
                    took = time.perf_counter() - begin
                    best[who] = min(best.get(who, took), took)
    length = sum(map(len, texts)) / max(len(texts), 1)
    note = f"one core; {len(texts):,} texts of {length:.0f} characters on average"
    for who, took in best.items():
        yield Figure(f"mood {language}, {who}: speed", len(texts) / took, "texts/s", note)
    if work is not None:
        name = f"mood {language}: time of sonnim over {peer}"
        yield Figure(name, best["sonnim"] / best[peer], "ratio", "same texts, same run")


@contextmanager
def one_core() -> Iterator[None]:
    """Keeps the process on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def main() -> None:
    """Reads the arguments, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="the shared data folder")
    for one in run(parser.parse_args().data):
        print(f"{one.name:<82} {one.shown:>8} {one.unit:<8} {one.goal:<22} {one.note}")


if __name__ == "__main__":
    main()
