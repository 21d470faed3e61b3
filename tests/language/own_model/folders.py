"""Folders of the tiny classifiers that `make.py` wrote, as a person would lay them out."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sonnim.language.mood_model import LABELS
from tests.language.own_model.make import HERE, WORDS


def folder_of(place: Path, model: str = "model.onnx", named: Sequence[str] | None = None) -> Path:
    """A folder with that model, its tokenizer, and a `config.json` if labels are named."""
    place.mkdir(parents=True)
    shutil.copy(HERE / model, place / "model.onnx")
    shutil.copy(HERE / "tokenizer.json", place)
    if named is not None:
        config = {"id2label": {str(n): one for n, one in enumerate(named)}}
        (place / "config.json").write_text(json.dumps(config), "utf-8")
    return place


def by_hand(text: str, labels: Sequence[str] = LABELS) -> list[float]:
    """Softmax of the summed weights of a text's words, special ones included."""
    words = [one if one in WORDS else "[UNK]" for one in text.lower().split()]
    sums = np.array([WORDS[one] for one in ("[CLS]", *words, "[SEP]")]).sum(axis=0)
    shares = np.exp(sums) * [one in labels for one in LABELS]
    return [float(one) for one in shares / shares.sum()]
