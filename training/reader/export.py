"""Writes the reader as an ONNX graph with weights and activations of eight bits.

The graph is put together by hand from the operators that ONNX Runtime has for encoders: fused
attention, norms and activations, and products of integers. Activations are rounded on scales fixed
beforehand on texts learned from, not on those of the batch: what is read from a text does not
depend on the texts beside it. Before rounding, channels that reach far are narrowed and their
weights widened by as much (SmoothQuant, Xiao et al. 2023).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from training.reader.network import Layer, Reader
from training.reader.tokens import PAD

OPSET, CONTRIB = 21, "com.microsoft"
# How much of the difficulty goes from activations to weights; the paper's 0.5.
MIGRATION = 0.5
DENSE = ("mix", "out", "widen", "narrow")

Floats = NDArray[np.float32]


@dataclass
class Ranges:
    """How far the inputs of each product reach: lowest and highest of each channel."""

    low: dict[str, Floats] = field(default_factory=dict)
    high: dict[str, Floats] = field(default_factory=dict)

    def see(self, name: str, given: Tensor, there: Tensor) -> None:
        """Takes the inputs of one product; `there` is true where there is text."""
        rows = given[there].float().numpy()
        low, high = rows.min(0), rows.max(0)
        self.low[name] = np.minimum(self.low.get(name, low), low)
        self.high[name] = np.maximum(self.high.get(name, high), high)


def ranges(model: Reader, batches: Iterable[tuple[Tensor, Tensor]]) -> Ranges:
    """Reads batches (ids, lengths) and keeps how far the inputs of all products reach."""
    found = Ranges()
    there = torch.zeros(0)

    def watch(name: str) -> object:
        def hook(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            found.see(name, given[0], there)

        return hook

    hooks = [
        getattr(layer, part).register_forward_pre_hook(watch(f"{number}.{part}"))
        for number, layer in enumerate(model.encoder.layers)
        for part in DENSE
    ]
    model.eval()
    with torch.no_grad():
        for ids, length in batches:
            there = torch.arange(ids.shape[1])[None, :] < length[:, None]
            model.encoder(ids, length)
    for hook in hooks:
        hook.remove()
    return found


class Graph:
    """Nodes and weights, as they are added one after the other."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._count = 0

    def constant(self, value: object) -> str:
        """Adds weights; gives their name."""
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **more: object
    ) -> str:
        """Adds an operator; gives the name of its first output (others end in _1, _2…)."""
        self._count += 1
        name = f"t{self._count}"
        names = [name, *(f"{name}_{number}" for number in range(1, outputs))]
        made = helper.make_node(kind, inputs, names, name=f"n{name}", domain=domain, **more)
        self.nodes.append(made)
        return name

    def dense(self, given: str, layer: nn.Linear, name: str, *, bias: bool = False) -> str:
        """Adds a product of integers, and its bias if wanted."""
        weight = values(layer.weight)
        low, high = self.ranges.low[name], self.ranges.high[name]
        reach = np.maximum(np.maximum(-low, high), 1e-5)
        factors = reach**MIGRATION / np.maximum(np.abs(weight).max(0), 1e-5) ** (1 - MIGRATION)
        low, high, weight = low / factors, high / factors, weight * factors
        span = (min(float(low.min()), 0.0), max(float(high.max()), 0.0))
        step = np.float32((span[1] - span[0]) / 255)
        zero = np.uint8(round(-span[0] / float(step)))
        scales = np.maximum(np.abs(weight).max(1) / 127, 1e-8).astype(np.float32)
        numbers = np.rint(weight / scales[:, None]).astype(np.int8)
        narrowed = self.node("Mul", given, self.constant((1 / factors).astype(np.float32)))
        step_name, zero_name = self.constant(np.array(step)), self.constant(np.array(zero))
        quantised = self.node("QuantizeLinear", narrowed, step_name, zero_name)
        more = [self.constant(values(layer.bias))] if bias else []
        return self.node(
            "MatMulIntegerToFloat", quantised, self.constant(numbers.T), step_name,
            self.constant(scales), zero_name, self.constant(np.zeros(len(scales), np.int8)), *more,
            domain=CONTRIB,
        )  # fmt: skip

    def norm(self, given: str, before: str, norm: nn.LayerNorm, bias: Tensor) -> str:
        """Adds the sum of two with a bias, and its norm."""
        return self.node(
            "SkipLayerNormalization", given, before, self.constant(values(norm.weight)),
            self.constant(values(norm.bias)), self.constant(values(bias)), domain=CONTRIB,
            epsilon=float(norm.eps),
        )  # fmt: skip

    def layer(self, states: str, layer: Layer, number: int, mask: str) -> str:
        """Adds one layer of the encoder."""
        hidden = layer.norm1.weight.numel()
        mixed = self.dense(states, layer.mix, f"{number}.mix")
        query = self.node("Split", mixed, outputs=3, axis=-1, num_outputs=3)
        seen = self.node(
            "MultiHeadAttention", query, f"{query}_1", f"{query}_2",
            self.constant(values(layer.mix.bias)), mask, domain=CONTRIB, num_heads=layer.heads,
        )  # fmt: skip
        assert values(layer.mix.bias).size == 3 * hidden
        states = self.norm(
            self.dense(seen, layer.out, f"{number}.out"), states, layer.norm1, layer.out.bias
        )
        wide = self.dense(states, layer.widen, f"{number}.widen")
        wide = self.node("BiasGelu", wide, self.constant(values(layer.widen.bias)), domain=CONTRIB)
        narrow = self.dense(wide, layer.narrow, f"{number}.narrow")
        return self.norm(narrow, states, layer.norm2, layer.narrow.bias)


def values(tensor: Tensor) -> Floats:
    """A tensor as an array."""
    return np.asarray(tensor.detach().float().numpy(), np.float32)


def exported(model: Reader, ranges: Ranges, file: Path) -> None:
    """Writes the model.

    Input: `ids` (texts, tokens) int32, padded with `PAD`. Outputs: one for each task, float32,
    (texts, outputs) or (texts, tokens, outputs).

    Args:
        model: A trained one.
        ranges: How far the inputs of its products reach.
        file: Where to.
    """
    graph = Graph(ranges)
    encoder = model.encoder
    states, mask = _embedded(graph, values(encoder.word.weight), values(encoder.place.weight))
    states = graph.node(
        "LayerNormalization", states, graph.constant(values(encoder.norm.weight)),
        graph.constant(values(encoder.norm.bias)), epsilon=float(encoder.norm.eps),
    )  # fmt: skip
    for number, layer in enumerate(encoder.layers):
        states = graph.layer(states, layer, number, mask)
    text = _mean(graph, states, mask)
    outputs = []
    for name, head in model.heads.items():
        whole = name in model.tasks
        product = graph.node(
            "MatMul", text if whole else states, graph.constant(values(head.weight).T)
        )
        found = graph.node("Add", product, graph.constant(values(head.bias)))
        graph.nodes.append(helper.make_node("Identity", [found], [name]))
        shape = ["texts", head.out_features] if whole else ["texts", "tokens", head.out_features]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "tokens"])
    made = helper.make_model(
        helper.make_graph(graph.nodes, "reader", [ids], outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        ir_version=10,
    )
    file.write_bytes(made.SerializeToString())


def _embedded(graph: Graph, word: Floats, place: Floats) -> tuple[str, str]:
    """Vectors of tokens and their places; the mask (texts, tokens) int32, 1 where there is text."""
    scales = np.maximum(np.abs(word).max(1, keepdims=True) / 127, 1e-8).astype(np.float32)
    rows = graph.node("Gather", graph.constant(np.rint(word / scales).astype(np.int8)), "ids")
    rows = graph.node("Cast", rows, to=TensorProto.FLOAT)
    vectors = graph.node("Mul", rows, graph.node("Gather", graph.constant(scales), "ids"))
    zero = graph.constant(np.array([0]))
    length = graph.node("Shape", "ids", start=1, end=2)
    places = graph.node("Slice", graph.constant(place), zero, length, zero)
    empty = graph.node("Equal", "ids", graph.constant(np.array(PAD, np.int32)))
    mask = graph.node("Cast", graph.node("Not", empty), to=TensorProto.INT32)
    return graph.node("Add", vectors, places), mask


def _mean(graph: Graph, states: str, mask: str) -> str:
    one, two = graph.constant(np.array([1])), graph.constant(np.array([2]))
    weights = graph.node("Cast", mask, to=TensorProto.FLOAT)
    counted = graph.node("Mul", states, graph.node("Unsqueeze", weights, two))
    total = graph.node("ReduceSum", counted, one, keepdims=0)
    return graph.node("Div", total, graph.node("ReduceSum", weights, one, keepdims=1))
