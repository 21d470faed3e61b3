"""The 44 emotions of KOTE, and which of them a Korean text shows.

KOTE (Jeon, Lee and Kim 2022, "User Guide for KOTE: Korean Online Comments Emotions Dataset") asked
five people of each comment which of 43 emotions it shows, or none. The encoder has an output for
each. The eight emotions of `reader.EMOTIONS` are common to Korean and English; these are finer, and
Korean only.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sonnim.language.mood_model import sigmoid

KOTE: Mapping[str, str] = {
    "불평/불만": "complaint",
    "환영/호의": "welcome",
    "감동/감탄": "admiration",
    "지긋지긋": "being fed up",
    "고마움": "gratitude",
    "슬픔": "sadness",
    "화남/분노": "anger",
    "존경": "respect",
    "기대감": "expectation",
    "우쭐댐/무시함": "condescension",
    "안타까움/실망": "disappointment",
    "비장함": "resolve",
    "의심/불신": "distrust",
    "뿌듯함": "pride",
    "편안/쾌적": "comfort",
    "신기함/관심": "curiosity",
    "아껴주는": "care",
    "부끄러움": "shame",
    "공포/무서움": "fear",
    "절망": "despair",
    "한심함": "contempt",
    "역겨움/징그러움": "disgust",
    "짜증": "irritation",
    "어이없음": "disbelief",
    "없음": "none",
    "패배/자기혐오": "defeat",
    "귀찮음": "reluctance to bother",
    "힘듦/지침": "exhaustion",
    "즐거움/신남": "excitement",
    "깨달음": "realisation",
    "죄책감": "guilt",
    "증오/혐오": "hatred",
    "흐뭇함(귀여움/예쁨)": "fondness",
    "당황/난처": "embarrassment",
    "경악": "shock",
    "부담/안_내킴": "unwillingness",
    "서러움": "sorrow",
    "재미없음": "boredom",
    "불쌍함/연민": "pity",
    "놀람": "surprise",
    "행복": "happiness",
    "불안/걱정": "anxiety",
    "기쁨": "joy",
    "안심/신뢰": "relief",
}
"""KOTE's names in the order of the outputs of `reader.EMOTION_KO`, and ours in English."""
LEAST = 0.3
"""From this probability an emotion is named: KOTE's raters rarely agree, and its paper, too,
settles on 0.3."""

_NAMES = tuple(KOTE)


def named(logits: NDArray[np.float32]) -> list[str]:
    """The emotions of a text with a probability of `LEAST` or more, likeliest first.

    Args:
        logits: Shape (44,), in the order of `KOTE`.

    Example:
        >>> logits = np.full(44, -5.0, np.float32)
        >>> logits[[4, 42]] = 0.1, 2
        >>> named(logits)
        ['기쁨', '고마움']
    """
    probabilities = sigmoid(logits.astype(np.float64))
    order = np.argsort(-probabilities, kind="stable")
    return [_NAMES[place] for place in order if probabilities[place] >= LEAST]
