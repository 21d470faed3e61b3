"""A model of one's own: any ONNX classifier of texts with a tokenizer file.

It is fed by the names that exports of Hugging Face models give their inputs, and its logits become
probabilities by softmax. Nothing is known of how right it is: they are taken as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.engines.base import threads
from sonnim.language.mood_cascade import Moods
from sonnim.language.mood_model import LABELS, UNSURE
from sonnim.language.own_settings import (
    MODEL,
    TOKENIZER,
    OwnSettings,
    beside,
    digest_of,
    from_words,
    tier_of,
)
from sonnim.tables.errors import StopError

Floats = NDArray[np.float64]

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_TYPES: dict[str, np.dtype[Any]] = {
    "tensor(int64)": np.dtype(np.int64),
    "tensor(int32)": np.dtype(np.int32),
}
_PADS = ("[PAD]", "<pad>", "<|endoftext|>", "</s>")
# A range taken over a whole batch: the weights' numbers then depend on what stands beside a text.
_OVER_BATCH = b"DynamicQuantizeLinear"
# Of a longer text the first so many characters a token are tokenised at all.
_CHARACTERS = 32
# Tokens of one run, padded ones counted; texts are padded to a multiple of _STEP.
_RUN, _STEP = 4_096, 8


@dataclass(frozen=True)
class _Tokens:
    """One text as it is fed.

    Attributes:
        text: Its place among the texts.
        ids: Its tokens, special ones included.
        types: Their segments.
        length: So many with padding; it depends on the text alone, as sums over another number
            of padded tokens round otherwise.
    """

    text: int
    ids: list[int]
    types: list[int]
    length: int


class OwnModel:
    """A loaded model. It may be shared between threads.

    Args:
        folder: With `model.onnx` and `tokenizer.json`.
        settings: How it is used.
        workers: Threads; by default as many as the engine allows.

    Attributes:
        tier: For the column of that name.

    Raises:
        StopError: A file is absent, damaged or another one than the settings were made for; a
            package is not installed; an input is unknown; or the outputs are not the labels.
    """

    def __init__(self, folder: Path, settings: OwnSettings, workers: int | None = None) -> None:
        if digest_of(folder) != settings.digest:
            raise StopError("own_model_changed", folder=str(folder))
        try:
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise StopError("own_model_package", package=error.name or "onnxruntime") from None
        self.settings, self.tier = settings, tier_of(folder, settings)
        self._file, self._folder = folder / MODEL, folder
        # Runs side by side, each on one thread: threads within a run wait for each other.
        self._workers = workers or threads()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # What goes wrong is said by the errors raised here, in the language of the reader.
        options.log_severity_level = 4
        content = self._file.read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(
                # Only from a file are weights beside it found.
                str(self._file) if beside(folder) else content,
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # of many kinds, all its own
            raise _broken(self._file, error) from None
        self._kinds = self._inputs()
        rows, length = self._fixed()
        self._limit = min(settings.max_tokens, length or settings.max_tokens)
        self._length = length
        self._rows = rows or (1 if _OVER_BATCH in content else 0)
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
            padding = self._tokenizer.padding
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(self._limit)
        except Exception as error:  # bare exceptions
            raise _broken(folder / TOKENIZER, error) from None
        pads = [self._tokenizer.token_to_id(one) for one in _PADS]
        known = next((one for one in pads if one is not None), 0)
        self._pad = int(padding["pad_id"]) if padding else known
        outputs = [one.name for one in self._session.get_outputs()]
        self._output = "logits" if "logits" in outputs else outputs[0]
        self._try()

    def read(self, texts: Sequence[str]) -> Floats:
        """How probable each mood is.

        A text's result does not depend on what else is in the batch. It is read from its beginning
        as far as `max_tokens`.

        Args:
            texts: Texts as found.

        Returns:
            Shape (texts, 3): negative, neutral, positive; rows sum to one. A third each for a text
            without a letter, or of which the model gives no number.
        """
        found = np.full((len(texts), len(LABELS)), 1 / len(LABELS))
        fed = [self._tokens(n, text) for n, text in enumerate(texts) if text.strip()]
        fed.sort(key=lambda one: one.length)
        columns = [LABELS.index(one) for one in self.settings.labels]
        with ThreadPoolExecutor(self._workers) as pool:
            runs = list(self._runs(fed))
            for run, logits in zip(runs, pool.map(self._run, runs), strict=True):
                for one, row in zip(run, softmax(logits), strict=False):
                    if np.isfinite(row).all():
                        found[one.text] = 0
                        found[one.text, columns] = row
        return found

    def moods(self, texts: Sequence[str]) -> Moods:
        """Probabilities, labels and tier of texts."""
        found = self.read(texts)
        sure = found.max(axis=1) >= self.settings.unsure_below
        # A third each is what is said where nothing is known, however low the threshold.
        sure &= found.max(axis=1) > found.min(axis=1)
        labels = [
            LABELS[one] if enough else UNSURE
            for one, enough in zip(found.argmax(axis=1), sure, strict=True)
        ]
        return Moods(found, labels, [self.tier] * len(texts))

    def _inputs(self) -> dict[str, np.dtype[Any]]:
        kinds: dict[str, np.dtype[Any]] = {}
        for one in self._session.get_inputs():
            if one.name not in INPUTS or one.type not in _TYPES:
                raise self._input(f"{one.name} {one.type}")
            kinds[one.name] = _TYPES[one.type]
        if INPUTS[0] not in kinds:
            raise self._input(", ".join(kinds) or "-")
        return kinds

    def _input(self, received: str) -> StopError:
        allowed = ", ".join(INPUTS)
        return StopError(
            "own_model_input", file=str(self._file), received=received, allowed=allowed
        )

    def _fixed(self) -> tuple[int, int]:
        """Rows and tokens of a run where the export fixed them, else 0."""
        shape = next(one.shape for one in self._session.get_inputs() if one.name == INPUTS[0])
        if len(shape) != 2:
            raise self._input(f"{INPUTS[0]} {shape}")
        rows, length = (one if isinstance(one, int) else 0 for one in shape)
        return rows, length

    def _try(self) -> None:
        """Runs a longest text, so that what cannot work is said before anything is read."""
        trial = self._tokens(0, "가 a " * self._limit)
        try:
            logits = self._run([trial])
        except Exception as error:  # of many kinds, all its own
            raise StopError(
                "own_model_run", file=str(self._file), tokens=self._limit, reason=_reason(error)
            ) from None
        if logits.ndim != 2 or logits.shape[1] != len(self.settings.labels):
            raise StopError(
                "own_model_outputs",
                file=str(self._file),
                received=" x ".join(map(str, logits.shape[1:])) or "-",
                labels=", ".join(self.settings.labels),
            )

    def _tokens(self, number: int, text: str) -> _Tokens:
        # Half an emoji has no place in UTF-8; a sign stands for it.
        start = text[: self._limit * _CHARACTERS].encode("utf-8", "replace").decode("utf-8")
        encoded = self._tokenizer.encode(start)
        padded = min(-(-max(1, len(encoded.ids)) // _STEP) * _STEP, self._limit)
        return _Tokens(number, encoded.ids, encoded.type_ids, self._length or padded)

    def _runs(self, fed: Sequence[_Tokens]) -> Iterator[list[_Tokens]]:
        for length, group in groupby(fed, lambda one: one.length):
            same = list(group)
            rows = self._rows or max(2, _RUN // length)
            for at in range(0, len(same), rows):
                yield same[at : at + rows]

    def _run(self, texts: Sequence[_Tokens]) -> NDArray[np.floating]:
        # Never one row alone: a product with a single row is summed in another order.
        shape = (self._rows or max(2, len(texts)), texts[0].length)
        ids = np.full(shape, self._pad, np.int64)
        mask, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        # Rows that only fill up hold a token too: a mean over none is no number, and is warned of.
        mask[len(texts) :, 0] = 1
        for row, one in enumerate(texts):
            ids[row, : len(one.ids)] = one.ids
            types[row, : len(one.ids)] = one.types
            mask[row, : len(one.ids)] = 1
        given = dict(zip(INPUTS, (ids, mask, types), strict=True))
        fed = {name: given[name].astype(kind) for name, kind in self._kinds.items()}
        logits = np.asarray(self._session.run([self._output], fed)[0])
        return logits[: len(texts)]


def softmax(logits: NDArray[np.floating]) -> Floats:
    """Probabilities from logits, row by row; a row with a number that is none stays without.

    >>> softmax(np.array([[0.0, np.log(3.0)], [-1e9, 1e9]])).round(2).tolist()
    [[0.25, 0.75], [0.0, 1.0]]
    """
    wide = logits.astype(np.float64)
    with np.errstate(invalid="ignore"):
        raised = np.exp(wide - wide.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))


@cache
def loaded(folder: str, settings: str) -> OwnModel:
    """A model, loaded once a process.

    Args:
        folder: Its folder.
        settings: As `in_words` gives them.

    Raises:
        StopError: As `OwnModel`.
    """
    return OwnModel(Path(folder), from_words(Path(folder), settings))


def own_first(
    model: OwnModel,
    texts: Sequence[str],
    languages: Sequence[str],
    others: Callable[[Sequence[str], Sequence[str]], Moods],
) -> Moods:
    """Moods by a model of one's own where it reads the language, else by another.

    Args:
        model: The model.
        texts: Texts as found.
        languages: What `identify` said of each.
        others: Reads texts and their languages.
    """
    mine = [n for n, one in enumerate(languages) if model.settings.reads(one)]
    rest = [n for n, one in enumerate(languages) if not model.settings.reads(one)]
    found = np.zeros((len(texts), len(LABELS)))
    labels, tiers = [""] * len(texts), [""] * len(texts)
    for places, read in (
        (mine, lambda chosen, _: model.moods(chosen)),
        (rest, others),
    ):
        if not places:
            continue
        part = read([texts[n] for n in places], [languages[n] for n in places])
        found[places] = part.probabilities
        for n, label, tier in zip(places, part.labels, part.tiers, strict=True):
            labels[n], tiers[n] = label, tier
    return Moods(found, labels, tiers)


def _broken(file: Path, error: Exception) -> StopError:
    return StopError("own_model_broken", file=str(file), reason=_reason(error))


def _reason(error: Exception) -> str:
    """The first line of an error of ONNX Runtime or of the tokenizer; no text was read yet."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__
