"""The last checkpoint: as a model to go on with, and as the graph that ships."""

from pathlib import Path

import numpy as np
import torch

from training.reader.data import SIZES, TOKEN_SIZES
from training.reader.export import exported, ranges
from training.reader.network import Encoder, Reader
from training.reader.train import Tokens, batches, padded_ids

_CALIBRATING = 24


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
