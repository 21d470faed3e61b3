"""Writes the reader as an ONNX graph with weights and activations of eight bits.

The graph is put together by hand from the operators that ONNX Runtime has for encoders: fused
attention, norms and activations, and products of integers. Activations are rounded on scales fixed
beforehand on texts learned from, not on those of the batch: what is read from a text does not
depend on the texts beside it. Before rounding, channels that reach far are narrowed and their
weights widened by as much (SmoothQuant, Xiao et al. 2023).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
# How much of the difficulty goes from activations to weights. The paper's 0.5 cost one to three
# points of accuracy here, 0.8 next to nothing (decision 0014).
MIGRATION = 0.8
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


@dataclass(frozen=True)
class Dense:
    """A product with weights.

    Attributes:
        name: Its name in the network.
        weight: Shape (outputs, inputs).
        bias: Shape (outputs,).
        low: Lowest of each input, as seen.
        high: Highest of each input.
        narrow: Whether channels that reach far have still to be narrowed.
    """

    name: str
    weight: Floats
    bias: Floats
    low: Floats
    high: Floats
    narrow: bool = True

    def factors(self) -> Floats:
        """By how much each input is narrowed, and its weights widened."""
        reach = np.maximum(np.maximum(-self.low, self.high), 1e-5)
        widest = np.maximum(np.abs(self.weight).max(0), 1e-5)
        return np.asarray(reach**MIGRATION / widest ** (1 - MIGRATION), np.float32)


@dataclass(frozen=True)
class Rounded:
    """Names of what a product of integers takes."""

    given: str
    step: str
    zero: str
    numbers: str
    scales: str
    zeros: str
    bias: str


class Graph:
    """Nodes and weights, as they are added one after the other."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._count = 0

    def constant(self, value: object, name: str = "") -> str:
        """Adds weights; gives their name. Those of the network are named: `shipped` reads them."""
        name = name or f"w{len(self.weights)}"
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

    def rounded(self, given: str, dense: Dense) -> Rounded:
        """Adds the rounding of a product's inputs and weights.

        Args:
            given: Its inputs.
            dense: What it multiplies with.
        """
        weight, low, high = dense.weight, dense.low, dense.high
        if dense.narrow:
            factors = dense.factors()
            low, high, weight = low / factors, high / factors, weight * factors
            narrowing = self.constant((1 / factors).astype(np.float32), f"{dense.name}.narrowing")
            given = self.node("Mul", given, narrowing)
        span = (min(float(low.min()), 0.0), max(float(high.max()), 0.0))
        step = np.float32((span[1] - span[0]) / 255)
        zero = np.uint8(round(-span[0] / float(step)))
        scales = np.maximum(np.abs(weight).max(1) / 127, 1e-8).astype(np.float32)
        numbers = np.rint(weight / scales[:, None]).astype(np.int8)
        step_name, zero_name = self.constant(np.array(step)), self.constant(np.array(zero))
        return Rounded(
            given=self.node("QuantizeLinear", given, step_name, zero_name),
            step=step_name,
            zero=zero_name,
            numbers=self.constant(numbers.T, f"{dense.name}.numbers"),
            scales=self.constant(scales, f"{dense.name}.scales"),
            zeros=self.constant(np.zeros(len(scales), np.int8)),
            bias=self.constant(dense.bias, f"{dense.name}.bias"),
        )

    def product(self, given: str, dense: Dense) -> str:
        """Adds a product of integers with its bias."""
        one = self.rounded(given, dense)
        return self.node(
            "MatMulIntegerToFloat", one.given, one.numbers, one.step, one.scales, one.zero,
            one.zeros, one.bias, domain=CONTRIB,
        )  # fmt: skip

    def norm(self, given: str, norm: nn.LayerNorm, name: str) -> str:
        """Adds a norm."""
        return self.node(
            "LayerNormalization", given, self.constant(values(norm.weight), f"{name}.weight"),
            self.constant(values(norm.bias), f"{name}.bias"), epsilon=float(norm.eps),
        )  # fmt: skip

    def layer(self, states: str, layer: Layer, number: int, mask: str) -> str:
        """Adds one layer of the encoder.

        The sum and its norm are two operators: the one that does both adds up number by number and
        takes three times as long.
        """

        def dense(part: str) -> Dense:
            name = f"{number}.{part}"
            linear = getattr(layer, part)
            return Dense(
                f"layers.{name}", values(linear.weight), values(linear.bias),
                self.ranges.low[name], self.ranges.high[name],
            )  # fmt: skip

        mix, out = narrowed_before(dense("mix"), dense("out"))
        one = self.rounded(states, mix)
        seen = self.node(
            "QAttention", one.given, one.numbers, one.bias, one.step, one.scales, mask, one.zero,
            one.zeros, domain=CONTRIB, num_heads=layer.heads,
        )  # fmt: skip
        added = self.node("Add", self.product(seen, out), states)
        states = self.norm(added, layer.norm1, f"layers.{number}.norm1")
        wide = self.node("Gelu", self.product(states, dense("widen")))
        added = self.node("Add", self.product(wide, dense("narrow")), states)
        return self.norm(added, layer.norm2, f"layers.{number}.norm2")


def narrowed_before(mix: Dense, out: Dense) -> tuple[Dense, Dense]:
    """Both products around attention, the second's narrowing done by the first.

    What attention adds up are the first's last outputs: they can come out narrow already, and the
    second's inputs need no product of their own for it.
    """
    factors = out.factors()
    columns = np.ones(len(mix.weight), np.float32)
    columns[-len(factors) :] = 1 / factors
    return (
        replace(mix, weight=mix.weight * columns[:, None], bias=mix.bias * columns),
        replace(
            out,
            weight=out.weight * factors,
            low=out.low / factors,
            high=out.high / factors,
            narrow=False,
        ),
    )


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
    states = graph.norm(states, encoder.norm, "norm")
    for number, layer in enumerate(encoder.layers):
        states = graph.layer(states, layer, number, mask)
    text = _mean(graph, states, mask)
    outputs = []
    for name, head in model.heads.items():
        whole = name in model.tasks
        weight = graph.constant(values(head.weight).T, f"heads.{name}.weight")
        product = graph.node("MatMul", text if whole else states, weight)
        bias = graph.constant(values(head.bias), f"heads.{name}.bias")
        found = graph.node("Add", product, bias)
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
    numbers = graph.constant(np.rint(word / scales).astype(np.int8), "word.numbers")
    rows = graph.node("Cast", graph.node("Gather", numbers, "ids"), to=TensorProto.FLOAT)
    scale = graph.node("Gather", graph.constant(scales, "word.scales"), "ids")
    vectors = graph.node("Mul", rows, scale)
    zero = graph.constant(np.array([0]))
    length = graph.node("Shape", "ids", start=1, end=2)
    places = graph.node("Slice", graph.constant(place, "place.weight"), zero, length, zero)
    empty = graph.node("Equal", "ids", graph.constant(np.array(PAD, np.int32)))
    mask = graph.node("Cast", graph.node("Not", empty), to=TensorProto.INT32)
    return graph.node("Add", vectors, places), mask


def _mean(graph: Graph, states: str, mask: str) -> str:
    one, two = graph.constant(np.array([1])), graph.constant(np.array([2]))
    weights = graph.node("Cast", mask, to=TensorProto.FLOAT)
    counted = graph.node("Mul", states, graph.node("Unsqueeze", weights, two))
    total = graph.node("ReduceSum", counted, one, keepdims=0)
    return graph.node("Div", total, graph.node("ReduceSum", weights, one, keepdims=1))
