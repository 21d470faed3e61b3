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


@cache
def _kiwi(workers: int, names: bool) -> Any:
    # Loading takes one to three seconds and 300 to 500 MB: only when Korean is really read.
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=workers, load_multi_dict=names)
