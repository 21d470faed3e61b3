"""The file of a shipped model: weights of linear heads, pruned and packed.

One `.npz` a language holds, for each head, the buckets whose weight is not zero (as gaps between
them, which pack well), their weights in 16 bits, and the numbers around them. `numpy.load` reads it
with pickling off, so a file can never run code, and the model card holds each file's SHA-256, so a
damaged or exchanged one is refused.
"""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonnim.tables.errors import StopError

# More buckets or longer n-grams than this are a damaged file, not a model.
_MOST_BITS, _LONGEST = 24, 40


@dataclass(frozen=True)
class Head:
    """One yes-or-no question to a text, answered in calibrated log odds.

    Attributes:
        tokens: Weights of token n-grams; shape (2**token_bits,).
        characters: Weights of character n-grams; shape (2**character_bits,).
        bias: Log odds of a text without known features.
    """

    tokens: NDArray[np.float32]
    characters: NDArray[np.float32]
    bias: float


@dataclass(frozen=True)
class LanguageWeights:
    """What is known of one language.

    Attributes:
        token_sizes: The n of the token n-grams; none where tokens are not asked.
        character_sizes: The n of the character n-grams.
        token_bits: There are 2**token_bits buckets of token n-grams.
        character_bits: There are 2**character_bits buckets of character n-grams.
        polarity: Is it positive, given that it is not neutral?
        neutrality: Is it neutral?
        threshold: Below this probability of the likeliest label a text is "unsure".
        confusion: Share of the texts of each true mood (negative, neutral, positive) that get each
            label (those three, and unsure); shape (3, 4).
    """

    token_sizes: tuple[int, ...]
    character_sizes: tuple[int, ...]
    token_bits: int
    character_bits: int
    polarity: Head
    neutrality: Head
    threshold: float
    confusion: NDArray[np.float64]


def save(weights: LanguageWeights, file: Path) -> None:
    """Writes one language's weights.

    Args:
        weights: Weights; zeros are not stored.
        file: The `.npz` to write.
    """
    arrays: dict[str, NDArray[np.generic]] = {
        "token_sizes": np.array(weights.token_sizes, dtype=np.int64),
        "character_sizes": np.array(weights.character_sizes, dtype=np.int64),
        "bits": np.array([weights.token_bits, weights.character_bits], dtype=np.int64),
        "threshold": np.array(weights.threshold),
        "confusion": weights.confusion,
    }
    for name, head in (("polarity", weights.polarity), ("neutrality", weights.neutrality)):
        arrays[f"{name}_bias"] = np.array(head.bias)
        for part, dense in (("tokens", head.tokens), ("characters", head.characters)):
            small = dense.astype(np.float16)
            used = np.flatnonzero(small)
            gaps = np.diff(used, prepend=0)
            # In Korean no gap is larger than 31: a byte each instead of four.
            smallest = np.min_scalar_type(int(gaps.max(initial=0)))
            arrays[f"{name}_{part}_gaps"] = gaps.astype(smallest)
            arrays[f"{name}_{part}_values"] = small[used]
    np.savez_compressed(file, allow_pickle=False, **arrays)


def digest(file: Path) -> str:
    """The SHA-256 of a file, as the model card states it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def verified(file: Path, expected: str | None) -> bytes:
    """What a file holds, if its SHA-256 is the expected one.

    Raises:
        OSError: It cannot be read.
        ValueError: It is another file.
    """
    content = file.read_bytes()
    if expected is not None and hashlib.sha256(content).hexdigest() != expected:
        raise ValueError("its SHA-256 is not that of the model card")
    return content


def load(file: Path, expected: str | None = None) -> LanguageWeights:
    """Reads what `save` wrote.

    Args:
        file: The `.npz`.
        expected: The file's SHA-256, where it is known.

    Returns:
        Weights, spread out to one number a bucket.

    Raises:
        StopError: If the file is absent, is not the expected one, or does not hold such weights.
    """
    try:
        with np.load(io.BytesIO(verified(file, expected)), allow_pickle=False) as stored:
            return _unpacked({name: stored[name] for name in stored.files})
    except (OSError, EOFError, KeyError, ValueError, IndexError, TypeError, AttributeError,
            NotImplementedError, RuntimeError, zipfile.BadZipFile,
            zlib.error) as error:  # fmt: skip
        reason = f"{type(error).__name__}: {error}"
        raise StopError("model_file_damaged", file=str(file), reason=reason) from error


def _unpacked(arrays: dict[str, NDArray[np.generic]]) -> LanguageWeights:
    token_bits, character_bits = map(int, arrays["bits"])
    sizes = {name: tuple(map(int, arrays[f"{name}_sizes"])) for name in ("token", "character")}
    if not (0 < token_bits <= _MOST_BITS and 0 < character_bits <= _MOST_BITS):
        raise ValueError(f"bits are {token_bits} and {character_bits}, expected 1 to {_MOST_BITS}")
    for name, lengths in sizes.items():
        wrong = [one for one in lengths if not 1 <= one <= _LONGEST]
        if wrong or (name == "character" and not lengths):
            raise ValueError(f"{name} n-grams are {lengths}, expected 1 to {_LONGEST} long")
    confusion = arrays["confusion"].astype(np.float64)
    if confusion.shape != (3, 4):
        raise ValueError(f"confusion has the shape {confusion.shape}, expected (3, 4)")

    def spread(name: str, bits: int) -> NDArray[np.float32]:
        dense = np.zeros(1 << bits, dtype=np.float32)
        values = arrays[f"{name}_values"].astype(np.float32)
        if not np.isfinite(values).all():
            raise ValueError(f"{name} holds numbers that are not finite")
        dense[np.cumsum(arrays[f"{name}_gaps"].astype(np.int64))] = values
        return dense

    def head(name: str) -> Head:
        return Head(
            tokens=spread(f"{name}_tokens", token_bits),
            characters=spread(f"{name}_characters", character_bits),
            bias=float(arrays[f"{name}_bias"].astype(np.float64)),
        )

    return LanguageWeights(
        token_sizes=sizes["token"],
        character_sizes=sizes["character"],
        token_bits=token_bits,
        character_bits=character_bits,
        polarity=head("polarity"),
        neutrality=head("neutrality"),
        threshold=float(arrays["threshold"].astype(np.float64)),
        confusion=confusion,
    )
