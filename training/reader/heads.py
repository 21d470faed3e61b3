"""Fits the heads of emotions and intents anew: `python -m training.reader.heads --language en`.

The network stays as it is; on its vector of each text a logistic regression is fitted for each
label (linear probes; Alain and Bengio 2017). Few texts teach these tasks, and beside half a million
others their heads learn too slowly; here they learn from all of theirs at once. Everything else of
the graph stays bit for bit.
"""

import argparse
import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from scipy import sparse

from sonnim.language.reader import CARD, EMOTION, INTENT, MODEL, TOKENIZER, Reader
from sonnim.language.weights import digest
from training.mood.data import SHARED
from training.mood.fit import logistic
from training.reader.data import korean, learned
from training.reader.evaluate import write_card
from training.reader.ship import FOLDERS

_LOG = logging.getLogger("sonnim.training")
_VECTOR = "text_vector"
# Chosen by five folds of the texts learned from.
_PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
_FOLDS = 5
# Texts of customers, whose labels were given one by one, are few beside KOTE's comments.
_WRITTEN_COUNT = 8.0

Floats = NDArray[np.float64]


def refitted(folder: Path, data: Path, language: str) -> None:
    """Writes the heads into the model of the folder, and its digest into the card."""
    model = onnx.load(str(folder / MODEL))
    taught = [
        one
        for one in learned(data)
        if max(*one.intents, *one.emotions) >= 0 and (language == "ko" or not korean(one.text))
    ]
    vectors = text_vectors(folder, model, [one.text for one in taught])
    counts = np.array(
        [_WRITTEN_COUNT if one.source.startswith("written") else 1.0 for one in taught]
    )
    for task in (INTENT, EMOTION):
        known = np.array([one.intents if task == INTENT else one.emotions for one in taught])
        weights, biases = fitted(vectors, known, counts)
        _put(model, task, weights, biases)
    (folder / MODEL).write_bytes(model.SerializeToString())
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["files"][MODEL] = digest(folder / MODEL)
    write_card(folder, card)


def text_vectors(folder: Path, model: onnx.ModelProto, texts: Sequence[str]) -> Floats:
    """The network's vector of each text, (texts, width), as the heads see it."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    (product, _) = _head(shown, INTENT)
    (weight,) = (one for one in shown.graph.initializer if one.name == product.input[1])
    # The heads see every text twice.
    halves = [_VECTOR, f"{_VECTOR}_again"]
    again = helper.make_node("Split", [product.input[0]], halves, axis=0, num_outputs=2)
    shown.graph.node.append(again)
    shape = ["texts", int(weight.dims[0])]
    shown.graph.output.append(helper.make_tensor_value_info(_VECTOR, TensorProto.FLOAT, shape))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / MODEL).write_bytes(shown.SerializeToString())
        (place / TOKENIZER).write_bytes((folder / TOKENIZER).read_bytes())
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        card["files"][MODEL] = digest(place / MODEL)
        (place / CARD).write_text(json.dumps(card), encoding="utf-8")
        found = Reader(place, workers=2).read(texts, [_VECTOR]).texts[_VECTOR]
    return np.asarray(found, np.float64)


def fitted(vectors: Floats, known: NDArray[np.int64], counts: Floats) -> tuple[Floats, Floats]:
    """Weights (width, labels) and biases of one regression for each label.

    Args:
        vectors: Shape (texts, width).
        known: Shape (texts, labels): 1, 0, or -1 where nobody knows.
        counts: How much each text counts.
    """
    weights, biases = [], []
    for column in known.T:
        there = np.flatnonzero(column >= 0)
        rows, answers, count = vectors[there], column[there] == 1, counts[there]
        folds = np.arange(len(there)) % _FOLDS
        losses = []
        for penalty in _PENALTIES:
            loss = 0.0
            for fold in range(_FOLDS):
                rest, here = folds != fold, folds == fold
                one = logistic(sparse.csr_matrix(rows[rest]), answers[rest], count[rest], penalty)
                odds = rows[here] @ one.weights + one.bias
                loss += float(count[here] @ np.logaddexp(0, np.where(answers[here], -odds, odds)))
            losses.append(loss / count.sum())
        best = _PENALTIES[int(np.argmin(losses))]
        _LOG.info("penalty %s, loss %.4f of %d texts", best, min(losses), len(there))
        one = logistic(sparse.csr_matrix(rows), answers, count, best)
        weights.append(one.weights)
        biases.append(one.bias)
    return np.array(weights).T, np.array(biases)


def _head(model: onnx.ModelProto, task: str) -> tuple[onnx.NodeProto, onnx.NodeProto]:
    made = {name: node for node in model.graph.node for name in node.output}
    total = made[made[task].input[0]]
    return made[total.input[0]], total


def _put(model: onnx.ModelProto, task: str, weights: Floats, biases: Floats) -> None:
    product, total = _head(model, task)
    values = {product.input[1]: weights, total.input[1]: biases}
    for one in model.graph.initializer:
        if one.name in values:
            new = numpy_helper.from_array(values[one.name].astype(np.float32), one.name)
            assert list(new.dims) == list(one.dims)
            one.CopyFrom(new)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=sorted(FOLDERS), required=True)
    parser.add_argument("--model", type=Path, help="by default the shipped one")
    parser.add_argument("--data", type=Path, default=SHARED)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    refitted(given.model or FOLDERS[given.language], given.data, given.language)


if __name__ == "__main__":
    main()
