"""The file of a shipped model: weights of linear heads, pruned and packed.

One `.npz` a language holds, for each head, the buckets whose weight is not zero (as gaps between
them, which pack well), their weights in 16 bits, and the numbers around them. `numpy.load` reads it
with pickling off, so a tampered file can only give wrong numbers, not run code.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


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
        token_sizes: The n of the token n-grams.
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
            arrays[f"{name}_{part}_gaps"] = np.diff(used, prepend=0).astype(np.uint32)
            arrays[f"{name}_{part}_values"] = small[used]
    np.savez_compressed(file, allow_pickle=False, **arrays)


def load(file: Path) -> LanguageWeights:
    """Reads what `save` wrote.

    Args:
        file: The `.npz`.

    Returns:
        Weights, spread out to one number a bucket.
    """
    with np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    token_bits, character_bits = map(int, arrays["bits"])

    def spread(name: str, bits: int) -> NDArray[np.float32]:
        dense = np.zeros(1 << bits, dtype=np.float32)
        dense[np.cumsum(arrays[f"{name}_gaps"], dtype=np.int64)] = arrays[f"{name}_values"]
        return dense

    def head(name: str) -> Head:
        return Head(
            tokens=spread(f"{name}_tokens", token_bits),
            characters=spread(f"{name}_characters", character_bits),
            bias=float(arrays[f"{name}_bias"]),
        )

    return LanguageWeights(
        token_sizes=tuple(map(int, arrays["token_sizes"])),
        character_sizes=tuple(map(int, arrays["character_sizes"])),
        token_bits=token_bits,
        character_bits=character_bits,
        polarity=head("polarity"),
        neutrality=head("neutrality"),
        threshold=float(arrays["threshold"]),
        confusion=arrays["confusion"].astype(np.float64),
    )
