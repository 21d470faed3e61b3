"""KOTE's emotions: their names, in the order of the encoder's outputs."""

import json
from pathlib import Path

import numpy as np
import pytest

from sonnim.language.emotions import KOTE, LEAST, named
from sonnim.language.reader import EMOTION, EMOTION_KO, EMOTIONS, INTENT, INTENTS, Reader

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.data
def test_names_are_those_of_the_data_set(shared_data: Path) -> None:
    """Oracle: KOTE's own list, in its order."""
    labels = json.loads((shared_data / "kote" / "labels.json").read_text(encoding="utf-8"))
    assert list(KOTE) == labels
    assert len(set(KOTE.values())) == len(labels) == 44


def test_the_encoder_has_an_output_for_each_name() -> None:
    found = Reader(workers=1).read(["정말 좋아요", ""], (EMOTION_KO, EMOTION, INTENT)).texts
    assert {task: logits.shape for task, logits in found.items()} == {
        EMOTION_KO: (2, len(KOTE)),
        EMOTION: (2, len(EMOTIONS)),
        INTENT: (2, len(INTENTS)),
    }


def test_the_likeliest_is_named_first() -> None:
    """Oracle: sorted by hand from the probabilities."""
    probabilities = np.full(44, 0.01)
    names = list(KOTE)
    probabilities[[3, 17, 40]] = LEAST + 0.001, 0.9, LEAST - 0.001
    logits = np.log(probabilities / (1 - probabilities)).astype(np.float32)
    assert named(logits) == [names[17], names[3]]
    assert named(np.full(44, -9, np.float32)) == []


def test_the_page_names_them_all() -> None:
    page = (ROOT / "docs" / "how-to" / "emotions-and-intents.md").read_text(encoding="utf-8")
    missing = [name for name, english in KOTE.items() if f"{name} {english}" not in page]
    assert missing == []
