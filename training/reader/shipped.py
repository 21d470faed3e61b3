"""The reader that ships, taken back from its graph of integers to go on learning from.

What rounding took away stays away; the first steps of training make it good.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

Arrays = dict[str, NDArray[np.generic]]


def weights(file: Path) -> dict[str, Tensor]:
    """The weights of a graph that `training.reader.export` wrote, by their names in the network.

    Args:
        file: The graph.

    Raises:
        ValueError: It is no graph of the reader.
    """
    graph = onnx.load(str(file)).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found: Arrays = {}
    for name, value in _embeddings(graph, arrays):
        found[f"encoder.{name}"] = value
    for name, value in _layers(graph, arrays):
        found[f"encoder.layers.{name}"] = value
    for name, value in _heads(graph, arrays):
        found[f"heads.{name}"] = value
    if "encoder.word.weight" not in found:
        raise ValueError(f"{file.name} is no graph of the reader")
    return {
        name: torch.from_numpy(np.array(value, np.float32, copy=True))
        for name, value in found.items()
    }


def _of(graph: onnx.GraphProto, *kinds: str) -> list[onnx.NodeProto]:
    return [node for node in graph.node if node.op_type in kinds]


def _embeddings(
    graph: onnx.GraphProto, arrays: Arrays
) -> Iterator[tuple[str, NDArray[np.generic]]]:
    numbers, scales = (arrays[node.input[0]] for node in _of(graph, "Gather")[:2])
    yield "word.weight", numbers.astype(np.float32) * scales
    yield "place.weight", arrays[_of(graph, "Slice")[0].input[0]]
    norm = _of(graph, "LayerNormalization")[0]
    yield "norm.weight", arrays[norm.input[1]]
    yield "norm.bias", arrays[norm.input[2]]


def _layers(graph: onnx.GraphProto, arrays: Arrays) -> Iterator[tuple[str, NDArray[np.generic]]]:
    made = {name: node for node in graph.node for name in node.output}
    products = _of(graph, "MatMulIntegerToFloat")
    for place, node in enumerate(products):
        layer, part = divmod(place, 4)
        narrowed = made[made[node.input[0]].input[0]]
        numbers, scales = arrays[node.input[1]].T.astype(np.float32), arrays[node.input[3]]
        weight = numbers * scales[:, np.newaxis] * arrays[narrowed.input[1]]
        yield f"{layer}.{('mix', 'out', 'widen', 'narrow')[part]}.weight", weight
    for layer, node in enumerate(_of(graph, "MultiHeadAttention")):
        yield f"{layer}.mix.bias", arrays[node.input[3]]
    for layer, node in enumerate(_of(graph, "BiasGelu")):
        yield f"{layer}.widen.bias", arrays[node.input[1]]
    for place, node in enumerate(_of(graph, "SkipLayerNormalization")):
        layer, second = divmod(place, 2)
        norm = "norm2" if second else "norm1"
        yield f"{layer}.{norm}.weight", arrays[node.input[2]]
        yield f"{layer}.{norm}.bias", arrays[node.input[3]]
        yield f"{layer}.{'narrow' if second else 'out'}.bias", arrays[node.input[4]]


def _heads(graph: onnx.GraphProto, arrays: Arrays) -> Iterator[tuple[str, NDArray[np.generic]]]:
    made = {name: node for node in graph.node for name in node.output}
    for node in _of(graph, "Identity"):
        sum_ = made[node.input[0]]
        yield f"{node.output[0]}.weight", arrays[made[sum_.input[0]].input[1]].T
        yield f"{node.output[0]}.bias", arrays[sum_.input[1]]
