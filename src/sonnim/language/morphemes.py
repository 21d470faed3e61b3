"""Korean morphemes from Kiwi (`kiwipiepy`: Lee 2024, "Kiwi: Developing a Korean Morphological
Analyzer Based on Statistical Language Models and Skip-Bigram").
"""

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from sonnim.engines.base import threads

WORKERS_VARIABLE = "SONNIM_KIWI_WORKERS"


def morphemes(
    texts: Sequence[str], workers: int | None = None, *, names: bool = True
) -> list[list[str]]:
    """Cuts Korean texts into morphemes.

    Args:
        texts: Cleaned texts.
        workers: Threads of Kiwi. By default the environment variable `SONNIM_KIWI_WORKERS`, else
            what the engine allows: one where it runs a process for each core already.
        names: Whether Kiwi also knows names of several words (titles of works and the like). They
            take 200 MB and two seconds to load.

    Returns:
        For each text its morphemes as `form/tag`, in order; tags after Sejong.

    >>> morphemes(["재미없어요"])
    [['재미없/VA', '어요/EF']]
    """
    if not texts:
        return []
    kiwi = _kiwi(workers or int(os.environ.get(WORKERS_VARIABLE) or threads()), names)
    return [[f"{one.form}/{one.tag}" for one in row] for row in kiwi.tokenize(list(texts))]


def alike(morpheme: str, others: Sequence[str]) -> list[float]:
    """How near in meaning others are to one, by the embeddings of Kiwi's language model.

    Good for "what is it about", not for "is it well or badly spoken of": 비싸다 is near to 싸다.

    Args:
        morpheme: As `form/tag`.
        others: As `morpheme`.

    Returns:
        A cosine for each; 0 where the model does not know one of the two.

    >>> near, far = alike("배송/NNG", ["택배/NNG", "버터/NNG"])
    >>> near > far
    True
    """
    kiwi = _kiwi(1, False)

    def pair(other: str) -> float:
        try:
            return float(kiwi.morpheme_similarity(_split(morpheme), _split(other)))
        except ValueError:  # unknown to the model
            return 0.0

    return [pair(other) for other in others]


def _split(morpheme: str) -> tuple[str, str]:
    form, _, tag = morpheme.rpartition("/")
    return form, tag


@cache
def _kiwi(workers: int, names: bool) -> Any:
    # Loading takes one to three seconds and 300 to 500 MB: only when Korean is really read.
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=workers, load_multi_dict=names)
