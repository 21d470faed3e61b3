"""The accurate tier: an encoder that reads one text's mood, emotions, offence and opinions at once.

It is a transformer in eight-bit integers, run by ONNX Runtime on the processor (extra `accurate`).
Two ship (`readers`): one of twelve layers for all languages, and one of six for English. How they
were made, and how good they are, stands in `docs/models/reader.md`.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.engines.base import threads
from sonnim.language.weights import verified
from sonnim.tables.errors import StopError

Floats = NDArray[np.float32]
# Vowels and finals of syllables that were taken apart.
_LATER_LETTERS = re.compile("[\u1160-\u11ff]+")

SHIPPED = Path(__file__).parent / "models" / "reader"
"""Folder of the shipped model for all languages."""
PACKAGES = ("onnxruntime", "tokenizers")
MODEL, TOKENIZER, CARD = "reader.onnx", "tokenizer.json", "card.json"
MOOD, RATING, EMOTION_KO, EMOTION, INTENT, OFFENCE = (
    "mood", "rating", "emotion_ko", "emotion", "intent", "offence",
)  # fmt: skip
"""Tasks of whole texts."""
EMOTIONS = ("joy", "trust", "fear", "surprise", "sadness", "disgust", "anger", "anticipation")
"""Outputs of `EMOTION`: the eight of Plutchik (1980), each told apart from its absence."""
INTENTS = ("complaint", "question", "praise", "request", "churn")
"""Outputs of `INTENT`: what the writer wants of the company; several may hold."""
TARGET, WORDS = "target", "words"
"""Tasks of tokens: what is spoken of, and what is said of it."""

# A text is read in windows of so many tokens; it learned from texts of at most 96.
_WINDOW = 126
# Of a long text so many characters are read at each end.
_AT_EACH_END = 4_000
# Tokens of one run: what a layer works on must fit beside its weights into a core's cache. Twice or
# eight times as many are a tenth slower, and need the more memory.
_RUN = 512


@dataclass(frozen=True)
class Reading:
    """What was read of texts.

    Attributes:
        texts: For each task of whole texts its logits, shape (texts, outputs); zeros for a text
            without a token.
        tokens: For each task of tokens, and each text, its logits, shape (tokens, outputs).
        offsets: For each text where its tokens stand in it: first character, and behind the last;
            nothing where no task of tokens was asked for.
    """

    texts: Mapping[str, Floats]
    tokens: Mapping[str, list[Floats]]
    offsets: list[list[tuple[int, int]]]


@dataclass(frozen=True)
class _Window:
    """Some tokens of a text, read in one go; `place` is its number among those of all texts."""

    place: int
    text: int
    ids: list[int]
    offsets: list[tuple[int, int]]


def card(folder: Path = SHIPPED) -> Mapping[str, Any]:
    """What is known of a model: its name, files, and what was fitted beside the network.

    Raises:
        StopError: It is absent or damaged.
    """
    file = folder / CARD
    try:
        found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return {"files": found["files"], "name": found["name"], **found}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(file, f"{type(error).__name__}: {error}") from error


class Reader:
    """A loaded model. It may be shared between threads.

    Args:
        folder: A folder with `card.json`, `reader.onnx` and `tokenizer.json`.
        workers: Threads; by default as many as the engine allows.

    Attributes:
        tier: Name and version in one word, for the column of that name.
        outputs: For each task that the model knows, whether it is one of tokens, and its number of
            outputs.

    Raises:
        StopError: A file is absent or damaged, or a package is not installed.
    """

    def __init__(self, folder: Path = SHIPPED, workers: int | None = None) -> None:
        known = card(folder)
        self.tier = f"{known['name']}-{known.get('version', '')}"
        model, tokenizer = (_checked(folder / one, known["files"]) for one in (MODEL, TOKENIZER))
        try:
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise StopError("accurate_missing", package=error.name or PACKAGES[0]) from None
        options = onnxruntime.SessionOptions()
        # Runs side by side, each on one thread: threads within a run wait for each other.
        self._workers = workers or threads()
        # Tokenizing has threads of its own, as many for all readers as the first one allows.
        os.environ.setdefault("RAYON_NUM_THREADS", str(self._workers))
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = tokenizers.Tokenizer.from_buffer(tokenizer)
        except Exception as error:  # both raise bare exceptions of their own
            raise _damaged(folder / MODEL, type(error).__name__) from error
        # With padding a text's tokens would depend on the longest beside it.
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._begin, self._end = (
            int(self._tokenizer.token_to_id(one) or 0) for one in ("<s>", "</s>")
        )
        self.outputs: Mapping[str, tuple[bool, int]] = {
            one.name: (len(one.shape) == 3, int(one.shape[-1]))
            for one in self._session.get_outputs()
        }

    def read(self, texts: Sequence[str], tasks: Sequence[str]) -> Reading:
        """Reads texts for some of the tasks.

        A text's result does not depend on what else is in the batch. Of a text of more than 8,000
        characters the first and last 4,000 are read.

        Args:
            texts: Texts as found.
            tasks: Names of tasks.
        """
        windows = self._windows(texts, placed=any(self.outputs[task][0] for task in tasks))
        windows.sort(key=lambda one: len(one.ids))
        # For each task what was found of each window, and the windows of each text in their order.
        found: dict[str, list[Floats]] = {task: [] for task in tasks}
        with ThreadPoolExecutor(self._workers) as pool:
            for answers in pool.map(partial(self._run, tasks=tasks), _runs(windows)):
                for task, logits in zip(tasks, answers, strict=True):
                    found[task] += logits
        of_text: list[list[int]] = [[] for _ in texts]
        for place, window in enumerate(windows):
            of_text[window.text].append(place)
        for places in of_text:
            places.sort(key=lambda place: windows[place].place)
        weights = np.array([len(one.ids) for one in windows], np.float32)
        return Reading(
            texts={
                task: _means(found[task], of_text, weights, self.outputs[task][1])
                for task in tasks
                if not self.outputs[task][0]
            },
            tokens={
                task: [
                    np.concatenate([found[task][place] for place in places])
                    if places
                    else np.zeros((0, self.outputs[task][1]), np.float32)
                    for places in of_text
                ]
                for task in tasks
                if self.outputs[task][0]
            },
            offsets=[
                [offset for place in places for offset in windows[place].offsets]
                for places in of_text
            ],
        )

    def _windows(self, texts: Sequence[str], *, placed: bool) -> list[_Window]:
        """The windows of all texts; finding out where their tokens stand takes longer."""
        parts: list[tuple[int, int, str]] = []
        for number, text in enumerate(texts):
            if not text.strip():
                continue
            if len(text) > 2 * _AT_EACH_END:
                parts.append((number, 0, text[:_AT_EACH_END]))
                parts.append((number, len(text) - _AT_EACH_END, text[-_AT_EACH_END:]))
            else:
                parts.append((number, 0, text))
        # Half an emoji has no place in UTF-8; a sign stands for it, so that offsets stay.
        whole = [part.encode("utf-8", "replace").decode("utf-8") for *_, part in parts]
        encode = self._tokenizer.encode_batch if placed else self._tokenizer.encode_batch_fast
        found: list[_Window] = []
        for (number, start, part), encoded in zip(
            parts, encode(whole, add_special_tokens=False), strict=True
        ):
            ids, offsets = encoded.ids, []
            if placed:
                offsets = [(start + a, start + b) for a, b in _whole(part, encoded.offsets)]
            count = -(-len(ids) // _WINDOW)
            for at in range(count):
                cut = slice(at * len(ids) // count, (at + 1) * len(ids) // count)
                found.append(_Window(len(found), number, ids[cut], offsets[cut]))
        return found

    def _run(self, windows: Sequence[_Window], tasks: Sequence[str]) -> list[list[Floats]]:
        """For each task the logits of each window."""
        # Where nothing is named, ONNX Runtime gives everything.
        if not tasks:
            return []
        ids = np.array([[self._begin, *one.ids, self._end] for one in windows], np.int32)
        logits = self._session.run(list(tasks), {"ids": ids})
        return [
            [
                values[row, 1:-1] if self.outputs[task][0] else values[row]
                for row in range(len(windows))
            ]
            for task, values in zip(tasks, logits, strict=True)
        ]


def _whole(text: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Offsets that end behind the last letter of a syllable that was taken apart (NFD).

    >>> _whole("\u1107\u1162", [(0, 1)])
    [(0, 2)]
    """
    if not _LATER_LETTERS.search(text):
        return list(offsets)
    ends = {found.start(): found.end() for found in _LATER_LETTERS.finditer(text)}
    return [(start, ends.get(end, end)) for start, end in offsets]


def _runs(windows: Sequence[_Window]) -> Iterator[Sequence[_Window]]:
    """Windows sorted by length, in runs of one length and a bounded number of tokens.

    So nothing is padded: the graph knows of no tokens that are none.
    """
    for length, group in groupby(windows, lambda one: len(one.ids)):
        same, most = list(group), _RUN // (length + 2)
        for at in range(0, len(same), most):
            yield same[at : at + most]


def _means(
    found: Sequence[Floats], of_text: Sequence[Sequence[int]], weights: Floats, outputs: int
) -> Floats:
    """For each text the mean of its windows, each weighing as many tokens as it has."""
    means = np.zeros((len(of_text), outputs), np.float32)
    for row, places in enumerate(of_text):
        if len(places) == 1:
            means[row] = found[places[0]]
        elif places:
            stacked = np.stack([found[place] for place in places])
            means[row] = np.average(stacked, axis=0, weights=weights[list(places)])
    return means


def _checked(file: Path, digests: Mapping[str, str]) -> bytes:
    try:
        return verified(file, digests.get(file.name, ""))
    except (OSError, ValueError) as error:
        raise _damaged(file, f"{type(error).__name__}: {error}") from error


def _damaged(file: Path, reason: str) -> StopError:
    return StopError("model_file_damaged", file=str(file), reason=reason)
