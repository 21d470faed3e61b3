"""The shipped readers, and which of them reads a text: one English, the other all the rest.

English has a reader of its own: an encoder that learned from English alone knows what is spoken of
as well as one of a hundred languages that is twice as deep, in half the time. Of moods both are
asked (`mood_cascade`), as each is wrong about other texts (docs/decisions/0012-the-reader.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sonnim.language.identify import identify
from sonnim.language.reader import CARD, PACKAGES, SHIPPED, Reader, Reading

ENGLISH = SHIPPED.with_name("reader_en")
"""Folder of the shipped model for English."""


@dataclass(frozen=True)
class Readers:
    """Both models; they may be shared between threads.

    Attributes:
        everyone: Reads all languages; alone it reads Korean, mixed texts and all but English.
        english: Reads what was identified as English.
    """

    everyone: Reader
    english: Reader

    @classmethod
    def load(
        cls, everyone: Path = SHIPPED, english: Path = ENGLISH, workers: int | None = None
    ) -> "Readers":
        """The models of two folders, by default those that ship.

        Raises:
            StopError: A file is absent or damaged, or a package is not installed.
        """
        return cls(Reader(everyone, workers), Reader(english, workers))

    @cached_property
    def tier(self) -> str:
        """Names and versions of both in one word, for the column of that name."""
        return f"{self.everyone.tier}+{self.english.tier}"

    def read(
        self, texts: Sequence[str], tasks: Sequence[str], languages: Sequence[str] | None = None
    ) -> Reading:
        """Reads texts for some of the tasks, each text with the reader of its language.

        A text's result does not depend on what else is in the batch. A task that a text's reader
        does not know gives it zeros.

        Args:
            texts: Texts as found.
            tasks: Names of tasks.
            languages: What `identify` says of each, if that is known already.

        Raises:
            ValueError: If there are not as many languages as texts.
        """
        known = identify(texts)[0] if languages is None else languages
        english = [language == "en" for _, language in zip(texts, known, strict=True)]
        outputs = self.everyone.outputs
        whole = Reading(
            texts={
                task: np.zeros((len(texts), outputs[task][1]), np.float32)
                for task in tasks
                if not outputs[task][0]
            },
            tokens={
                task: [np.zeros((0, outputs[task][1]), np.float32)] * len(texts)
                for task in tasks
                if outputs[task][0]
            },
            offsets=[[] for _ in texts],
        )
        for reader, here in ((self.english, True), (self.everyone, False)):
            places = [at for at, one in enumerate(english) if one == here]
            there = [task for task in tasks if task in reader.outputs]
            part = reader.read([texts[at] for at in places], there)
            for task, logits in part.texts.items():
                whole.texts[task][places] = logits
            for number, at in enumerate(places):
                whole.offsets[at] = part.offsets[number]
                for task, tags in part.tokens.items():
                    whole.tokens[task][at] = tags[number]
        return whole


def installed() -> bool:
    """Whether the packages of the accurate tier are there, and the models too."""
    return all(find_spec(one) for one in PACKAGES) and all(
        (folder / CARD).is_file() for folder in (SHIPPED, ENGLISH)
    )


@cache
def shipped() -> Readers:
    """The shipped models, loaded once a process."""
    return Readers.load()
