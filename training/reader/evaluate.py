"""How well the reader reads what it did not learn from: `python -m training.reader.evaluate`.

The checkpoint is written as the graph that would ship, and read by ONNX Runtime: what is measured
is what users get.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.mood import data as mood
from training.mood.measures import counts, macro_f1
from training.reader import opinions, tokens
from training.reader.data import (
    EMOTION_KO,
    MOOD,
    SIZES,
    TARGET,
    TOKEN_SIZES,
)
from training.reader.export import exported, ranges
from training.reader.network import Encoder, Reader
from training.reader.train import Tokens, batches, padded_ids

Floats = NDArray[np.float32]
_CALIBRATING = 24
_LONGEST = 256
_BATCH_TOKENS = 4_096


def model_of(work: Path) -> Reader:
    """The reader of the last checkpoint."""
    state = torch.load(work / "checkpoint.pt")
    weights = state["model"]
    vocabulary, hidden = weights["encoder.word.weight"].shape
    inner = weights["encoder.layers.0.widen.weight"].shape[0]
    encoder = Encoder(vocabulary, hidden, state["layers"], 12, inner, 1e-12)
    model = Reader(encoder, SIZES, TOKEN_SIZES)
    model.load_state_dict(weights)
    return model.eval()


def written(work: Path) -> Path:
    """The graph of the last checkpoint, in the folder."""
    model = model_of(work)
    with np.load(work / "tokens.npz") as arrays:
        given = Tokens(**{name: arrays[name] for name in Tokens.__annotations__})
    source = batches(given, 1)
    seen = (padded_ids(given, next(source)) for _ in range(_CALIBRATING))
    file = work / "reader.onnx"
    exported(
        model, ranges(model, ((torch.from_numpy(i), torch.from_numpy(n)) for i, n in seen)), file
    )
    return file


class Reading:
    """The graph with its tokenizer."""

    def __init__(self, work: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            str(work / "reader.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
        self.tokenizer.enable_truncation(_LONGEST)
        self.names = [one.name for one in self.session.get_outputs()]

    def read(
        self, texts: Sequence[str], wanted: Sequence[str]
    ) -> tuple[dict[str, list[Floats]], list[list[tuple[int, int]]]]:
        """Logits of each text by task, and where its tokens stand in it."""
        encoded = self.tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda n: len(encoded[n].ids))
        found: dict[str, list[Floats]] = {
            name: [np.zeros(0, np.float32)] * len(texts) for name in wanted
        }
        at = 0
        while at < len(order):
            size = max(1, _BATCH_TOKENS // len(encoded[order[min(at + 63, len(order) - 1)]].ids))
            chosen = order[at : at + size]
            at += size
            longest = max(len(encoded[n].ids) for n in chosen)
            ids = np.full((len(chosen), longest), tokens.PAD, np.int32)
            for row, number in enumerate(chosen):
                ids[row, : len(encoded[number].ids)] = encoded[number].ids
            for name, logits in zip(
                wanted, self.session.run(list(wanted), {"ids": ids}), strict=True
            ):
                for row, number in enumerate(chosen):
                    one = logits[row]
                    found[name][number] = one[: len(encoded[number].ids)] if one.ndim == 2 else one
        return found, [one.offsets for one in encoded]


def moods(reading: Reading, examples: Sequence[mood.Example]) -> dict[str, float]:
    """Accuracy, macro-F1 and AUC of positive against negative; macro recall of all three."""
    logits = np.stack(reading.read([one.text for one in examples], [MOOD])[0][MOOD])
    labels = np.array([one.label for one in examples])
    polar = labels != mood.NEUTRAL
    score = logits[:, mood.POSITIVE] - logits[:, mood.NEGATIVE]
    positive, said = labels[polar] == mood.POSITIVE, score[polar] > 0
    found = {
        "n": int(polar.sum()),
        "accuracy": float((positive == said).mean()),
        "macro_f1": macro_f1(counts(positive.astype(np.int64), said.astype(np.int64), 2)),
        "auc": _auc(score[polar], positive),
    }
    if len(set(labels)) == 3:
        likeliest = logits.argmax(1)
        found["macro_recall"] = float(
            np.mean([(likeliest[labels == one] == one).mean() for one in range(3)])
        )
    return found


def _auc(score: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    order = np.argsort(score, kind="stable")
    rank = np.empty(len(score))
    rank[order] = np.arange(1, len(score) + 1)
    n = positive.sum()
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


def spans(tags: Sequence[int], offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Pieces (start, end, polarity) that tags say; the reverse of `opinions.tags`.

    Example:
        >>> spans([0, 5, 6, 0], [(0, 3), (3, 7), (7, 11), (11, 12)])
        [(3, 11, 2)]
    """
    found: list[tuple[int, int, int]] = []
    inside = False
    for tag, (start, end) in zip(tags, offsets, strict=True):
        if tag == 0 or end <= start:
            inside = False
        elif tag % 2 == 1 or not inside:
            found.append((start, end, (tag - 1) // 2))
            inside = True
        else:
            found[-1] = (found[-1][0], end, found[-1][2])
    return found


def targets(reading: Reading, sentences: Sequence[opinions.Marked]) -> dict[str, float]:
    """F1 of targets by exact place, and accuracy of the polarity of the true targets."""
    texts = [one.text for one in sentences]
    logits, offsets = reading.read(texts, [TARGET])
    hit = said = wanted = right = polar = 0
    for one, scores, places in zip(sentences, logits[TARGET], offsets, strict=True):
        tags = scores.argmax(1).tolist()
        found = {_trimmed(one.text, a, b) for a, b, _ in spans(tags, places)}
        true = {(span.start, span.end) for span in one.targets}
        hit, said, wanted = hit + len(found & true), said + len(found), wanted + len(true)
        for span in one.targets:
            inside = [n for n, (a, b) in enumerate(places) if a < span.end and b > span.start]
            if inside:
                sums = scores[inside][:, 1:].reshape(len(inside), 3, 2).max(2).sum(0)
                right += int(sums.argmax() == span.polarity)
                polar += 1
    return {
        "sentences": len(sentences),
        "target_f1": 2 * hit / max(said + wanted, 1),
        "polarity_accuracy": right / max(polar, 1),
    }


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    return start, end


def emotions(reading: Reading, data: Path) -> dict[str, float]:
    """KOTE: macro-F1 of the 44 emotions at one half."""
    rows = list(mood.rows(data / "kote" / "test_half.csv"))
    logits = np.stack(reading.read([row["text"] for row in rows], [EMOTION_KO])[0][EMOTION_KO])
    wanted = np.zeros(logits.shape, bool)
    for place, row in enumerate(rows):
        wanted[place, [int(one) for one in row["labels"].split(",") if one.strip()]] = True
    said = logits > np.log(0.3 / 0.7)
    both = 2 * (wanted & said).sum(0)
    scores = both / np.maximum(wanted.sum(0) + said.sum(0), 1)
    return {"n": len(rows), "macro_f1": float(np.mean(scores))}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=mood.SHARED)
    parser.add_argument("--most", type=int, default=4_000, help="texts of each set")
    given = parser.parse_args()
    written(given.work)
    reading = Reading(given.work)

    def tell(name: str, found: dict[str, float]) -> None:
        rounded = {key: round(value, 4) for key, value in found.items()}
        print(json.dumps({"set": name, **rounded}), flush=True)

    examples = [
        one
        for one in (*mood.korean(given.data), *mood.english(given.data))
        if one.part == "measure"
    ]
    for source in dict.fromkeys(one.source for one in examples):
        chosen = [one for one in examples if one.source == source]
        step = max(1, len(chosen) // given.most)
        if any(one.label != mood.NEUTRAL for one in chosen):
            tell(source, moods(reading, chosen[::step]))
    tell("kote, emotions", emotions(reading, given.data))
    for source in ("restaurant14", "laptop14", "mams"):
        tell(source, targets(reading, opinions.measured(given.data, source)))


if __name__ == "__main__":
    main()
