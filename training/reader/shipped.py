"""The reader that ships, taken back from its graph of integers to go on learning from.

What rounding took away stays away; the first steps of training make it good.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from training.reader.export import PARTS

Arrays = dict[str, NDArray[np.generic]]


def weights(file: Path) -> dict[str, Tensor]:
    """The weights of a graph that `training.reader.export` wrote, by their names in the network.

    Args:
        file: The graph.

    Raises:
        ValueError: It is no graph of the reader.
    """
    arrays = {
        one.name: numpy_helper.to_array(one) for one in onnx.load(str(file)).graph.initializer
    }
    found: Arrays = {}
    for name, value in arrays.items():
        base, _, part = name.rpartition(".")
        if name.startswith("heads."):
            found[name] = value.T
        elif part == "numbers":
            found[f"encoder.{base}.weight"] = _weight(base, value, arrays)
        elif part in ("weight", "bias"):
            found[f"encoder.{name}"] = value
    _joined(found)
    if "encoder.word.weight" not in found:
        raise ValueError(f"{file.name} is no graph of the reader")
    return {
        name: torch.from_numpy(np.array(value, np.float32, copy=True))
        for name, value in found.items()
    }


def _joined(found: Arrays) -> None:
    """Puts the parts of attention's first product behind one another again."""
    first, *_ = PARTS
    for name in [one for one in found if one.rsplit(".", 2)[1] == first]:
        base, _, kind = name.rsplit(".", 2)
        whole = np.concatenate([found.pop(f"{base}.{part}.{kind}") for part in PARTS])
        found[f"{base}.mix.{kind}"] = whole


def _weight(name: str, numbers: NDArray[np.generic], arrays: Arrays) -> NDArray[np.generic]:
    """Weights of a product (outputs, inputs), or vectors of tokens, from their integers."""
    scales = arrays[f"{name}.scales"]
    if name == "word":
        return numbers.astype(np.float32) * scales
    weight = numbers.T.astype(np.float32) * scales[:, np.newaxis]
    base, _, part = name.rpartition(".")
    narrowed = f"{base}.mix" if part in PARTS else name
    return weight * arrays.get(f"{narrowed}.narrowing", np.float32(1))
