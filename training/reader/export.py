"""Writes the reader as an ONNX graph with weights and activations of eight bits.

The graph is put together by hand from the operators that ONNX Runtime has for encoders: norms,
activations, and products of integers. Texts of a run have as many tokens each, so that nothing is
padded or masked. States are by tokens first, then by texts: products of attention find the numbers
of a head as they lie, and nothing is moved before them. Activations are rounded on scales fixed
beforehand on texts learned from, not on those of the batch: what is read from a text does not
depend on the texts beside it. Before rounding, channels that reach far are narrowed and their
weights widened by as much (SmoothQuant, Xiao et al. 2023).
"""

import math
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

OPSET, CONTRIB = 21, "com.microsoft"
# How much of the difficulty goes from activations to weights. The paper's 0.5 cost one to three
# points of accuracy here, 0.8 next to nothing (decision 0014).
MIGRATION = 0.8
DENSE = ("mix", "out", "widen", "narrow")
PARTS = ("query", "key", "value")
"""What the outputs of `mix` are, one behind the other; the graph has a product for each."""

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
    """The rounded inputs of a product: names of the numbers, of their step and of their zero."""

    numbers: str
    step: str
    zero: str


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

    def output(self, name: str, found: str, *, twice: bool) -> None:
        """Names what was found: of texts that come twice the first half, of tokens by texts."""
        if twice:
            halves = [name, f"{name}_again"]
            self.nodes.append(helper.make_node("Split", [found], halves, axis=0, num_outputs=2))
        else:
            self.nodes.append(helper.make_node("Transpose", [found], [name], perm=[1, 0, 2]))

    def rounded(self, given: str, dense: Dense) -> tuple[Rounded, Floats]:
        """Adds the rounding of a product's inputs.

        Args:
            given: Its inputs.
            dense: What it multiplies with.

        Returns:
            The inputs, and the weights that belong to them.
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
        step_name, zero_name = self.constant(np.array(step)), self.constant(np.array(zero))
        numbers = self.node("QuantizeLinear", given, step_name, zero_name)
        return Rounded(numbers, step_name, zero_name), weight

    def product(self, given: Rounded, weight: Floats, bias: Floats, name: str) -> str:
        """Adds a product of integers with its bias.

        Args:
            given: Its rounded inputs.
            weight: Shape (outputs, inputs).
            bias: Shape (outputs,).
            name: Of the product in the network.
        """
        scales = np.maximum(np.abs(weight).max(1) / 127, 1e-8).astype(np.float32)
        numbers = np.rint(weight / scales[:, None]).astype(np.int8)
        return self.node(
            "MatMulIntegerToFloat", given.numbers, self.constant(numbers.T, f"{name}.numbers"),
            given.step, self.constant(scales, f"{name}.scales"), given.zero,
            self.constant(np.zeros(len(scales), np.int8)), self.constant(bias, f"{name}.bias"),
            domain=CONTRIB,
        )  # fmt: skip

    def dense(self, given: str, dense: Dense) -> str:
        """Adds the rounding of inputs and their product."""
        rounded, weight = self.rounded(given, dense)
        return self.product(rounded, weight, dense.bias, dense.name)

    def norm(self, given: str, norm: nn.LayerNorm, name: str) -> str:
        """Adds a norm."""
        return self.node(
            "LayerNormalization", given, self.constant(values(norm.weight), f"{name}.weight"),
            self.constant(values(norm.bias), f"{name}.bias"), epsilon=float(norm.eps),
        )  # fmt: skip

    def layer(self, states: str, layer: Layer, number: int) -> str:
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
        seen = self.attention(states, mix, f"layers.{number}", layer.heads)
        added = self.node("Add", self.dense(seen, out), states)
        states = self.norm(added, layer.norm1, f"layers.{number}.norm1")
        wide = self.node("Gelu", self.dense(states, dense("widen")))
        added = self.node("Add", self.dense(wide, dense("narrow")), states)
        return self.norm(added, layer.norm2, f"layers.{number}.norm2")

    def attention(self, states: str, mix: Dense, name: str, heads: int) -> str:
        """Adds attention, (tokens, texts, heads * size).

        One operator for all of it (`QAttention`) takes a fifth longer: it moves every number twice.
        """
        given, weight = self.rounded(states, mix)
        split = self.constant(np.array([0, 0, heads, -1]))
        query, key, value = (
            self.node("Reshape", self.product(given, some, bias, f"{name}.{part}"), split)
            for part, some, bias in zip(
                PARTS, np.split(weight, len(PARTS)), np.split(mix.bias, len(PARTS)), strict=True
            )
        )
        near = self.node(
            "FusedMatMul", query, key, domain=CONTRIB, transB=1, transBatchA=1, transBatchB=1,
            alpha=1 / math.sqrt(len(weight) / len(PARTS) / heads),
        )  # fmt: skip
        shares = self.node("Softmax", near, axis=-1)
        seen = self.node("FusedMatMul", shares, value, domain=CONTRIB, transBatchB=1)
        moved = self.node("Transpose", seen, perm=[2, 0, 1, 3])
        return self.node("Reshape", moved, self.constant(np.array([0, 0, -1])))


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

    Input: `ids` (texts, tokens) int32. Outputs: one for each task, float32, (texts, outputs) or
    (texts, tokens, outputs).

    Args:
        model: A trained one.
        ranges: How far the inputs of its products reach.
        file: Where to.
    """
    graph = Graph(ranges)
    encoder = model.encoder
    states = _embedded(graph, values(encoder.word.weight), values(encoder.place.weight))
    states = graph.norm(states, encoder.norm, "norm")
    for number, layer in enumerate(encoder.layers):
        states = graph.layer(states, layer, number)
    text = graph.node("ReduceMean", states, graph.constant(np.array([0])), keepdims=0)
    # Never one row alone: a product with a single row is summed in another order, and what is read
    # from a text would depend on whether there is another.
    twice = graph.node("Concat", text, text, axis=0)
    outputs = []
    for name, head in model.heads.items():
        whole = name in model.tasks
        weight = graph.constant(values(head.weight).T, f"heads.{name}.weight")
        product = graph.node("MatMul", twice if whole else states, weight)
        bias = graph.constant(values(head.bias), f"heads.{name}.bias")
        graph.output(name, graph.node("Add", product, bias), twice=whole)
        shape = ["texts", head.out_features] if whole else ["texts", "tokens", head.out_features]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "tokens"])
    made = helper.make_model(
        helper.make_graph(graph.nodes, "reader", [ids], outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        ir_version=10,
    )
    file.write_bytes(made.SerializeToString())


def _embedded(graph: Graph, word: Floats, place: Floats) -> str:
    """Vectors of tokens and their places, (tokens, texts, hidden)."""
    ids = graph.node("Transpose", "ids", perm=[1, 0])
    scales = np.maximum(np.abs(word).max(1, keepdims=True) / 127, 1e-8).astype(np.float32)
    numbers = graph.constant(np.rint(word / scales).astype(np.int8), "word.numbers")
    rows = graph.node("Cast", graph.node("Gather", numbers, ids), to=TensorProto.FLOAT)
    scale = graph.node("Gather", graph.constant(scales, "word.scales"), ids)
    vectors = graph.node("Mul", rows, scale)
    zero, one = graph.constant(np.array([0])), graph.constant(np.array([1]))
    length = graph.node("Shape", "ids", start=1, end=2)
    places = graph.node("Slice", graph.constant(place, "place.weight"), zero, length, zero)
    return graph.node("Add", vectors, graph.node("Unsqueeze", places, one))
