"""Writes the tiny classifiers beside it: each word weighs so much for each mood, and is summed up.

    python tests/language/own_model/make.py

needs the package `onnx`, which nothing else here does; so what it writes is committed.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# For each word what it adds to the logits of negative, neutral and positive.
WORDS = {
    "[PAD]": (9.0, 9.0, 9.0),
    "[UNK]": (0.0, 0.5, 0.0),
    "[CLS]": (0.0, 0.0, 0.0),
    "[SEP]": (0.0, 0.25, 0.0),
    "good": (0.0, 0.0, 2.0),
    "bad": (3.0, 0.0, 0.0),
    "tea": (0.0, 1.0, 0.0),
    "좋아요": (0.0, 0.0, 2.5),
    "별로예요": (2.5, 0.0, 0.5),
}
POSITIONS = 32


def main() -> None:
    write("model.onnx")
    write("two.onnx", labels=(0, 2), kind="INT32", inputs=("input_ids", "attention_mask",
                                                           "token_type_ids"))  # fmt: skip
    write("fixed.onnx", shape=(1, 16))
    write("other_input.onnx", inputs=("input_ids", "attention_mask", "pixel_values"))
    write("short.onnx", positions=POSITIONS)
    write("dynamic.onnx", quantised=True)
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "BertProcessing",
            "sep": ["[SEP]", list(WORDS).index("[SEP]")],
            "cls": ["[CLS]", list(WORDS).index("[CLS]")],
        },
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: number for number, word in enumerate(WORDS)},
            "unk_token": "[UNK]",
        },
    }
    text = json.dumps(tokenizer, ensure_ascii=False, indent=1) + "\n"
    (HERE / "tokenizer.json").write_text(text, encoding="utf-8")


def write(
    name: str,
    *,
    labels: tuple[int, ...] = (0, 1, 2),
    kind: str = "INT64",
    inputs: tuple[str, ...] = ("input_ids", "attention_mask"),
    shape: tuple[int | str, int | str] = ("batch", "tokens"),
    positions: int = 0,
    quantised: bool = False,
) -> None:
    """One classifier.

    With `positions` it reads that many tokens and no more; `quantised`, its numbers are rounded by
    the range of all that is read together, as dynamic quantisation does.
    """
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = np.array(list(WORDS.values()), np.float32)[:, labels]
    constants = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([1], np.int64), "tokens_axis"),
        numpy_helper.from_array(np.array([2], np.int64), "last_axis"),
    ]
    nodes: list[Any] = [
        helper.make_node("Gather", ["weights", "input_ids"], ["looked_up"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last_axis"], ["column"]),
        helper.make_node("Mul", ["looked_up", "column"], ["counted"]),
    ]
    if quantised:
        nodes[-1] = helper.make_node("Mul", ["rounded", "column"], ["counted"])
        numbers = ["whole", "scale", "zero"]
        nodes[1:1] = [
            helper.make_node("DynamicQuantizeLinear", ["looked_up"], numbers),
            helper.make_node("DequantizeLinear", numbers, ["rounded"]),
        ]
    last = "counted"
    if positions:
        zeros = np.zeros((positions, len(labels)), np.float32)
        constants.append(numpy_helper.from_array(zeros, "positions"))
        constants.append(numpy_helper.from_array(np.array(1, np.int64), "one"))
        nodes += [
            helper.make_node("Equal", ["input_ids", "input_ids"], ["always"]),
            helper.make_node("Cast", ["always"], ["ones"], to=TensorProto.INT64),
            helper.make_node("CumSum", ["ones", "one"], ["places"], exclusive=1),
            helper.make_node("Gather", ["positions", "places"], ["added"]),
            helper.make_node("Add", ["counted", "added"], ["placed"]),
        ]
        last = "placed"
    nodes.append(helper.make_node("ReduceSum", [last, "tokens_axis"], ["logits"], keepdims=0))
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info(one, getattr(TensorProto, kind), shape) for one in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (shape[0], len(labels)))],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    (HERE / name).write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
