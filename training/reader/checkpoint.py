"""The last checkpoint: as a model to go on with, and as the graph that ships."""

from pathlib import Path

import numpy as np
import torch

from sonnim.language.reader import EMOTION_KO
from training.reader.export import exported, ranges
from training.reader.network import Reader, reader_of
from training.reader.train import Tokens, batches, padded_ids, weights_of

_CALIBRATING = 24


def model_of(work: Path) -> Reader:
    """The reader of the last checkpoint."""
    return reader_of(weights_of(work)).eval()


def tokens_of(work: Path) -> Tokens:
    """The texts of the folder."""
    with np.load(work / "tokens.npz") as arrays:
        return Tokens(**{name: arrays[name] for name in Tokens.__annotations__})


def written(work: Path, language: str) -> Path:
    """The graph of the last checkpoint, in the folder.

    The English reader learned nothing of KOTE's emotions, which are Korean only.
    """
    model = model_of(work)
    if language == "en":
        del model.heads[EMOTION_KO]
    given = tokens_of(work)
    source = batches(given, 1, language)
    seen = (padded_ids(given, next(source)) for _ in range(_CALIBRATING))
    file = work / "reader.onnx"
    exported(
        model, ranges(model, ((torch.from_numpy(i), torch.from_numpy(n)) for i, n in seen)), file
    )
    return file
