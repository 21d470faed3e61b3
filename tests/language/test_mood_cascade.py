"""The tiers of moods together."""

import numpy as np
import pytest
from training.reader.data import written

from sonnim.checks.samples import HOSTILE, TEXTS
from sonnim.language.identify import identify
from sonnim.language.mood_cascade import (
    REST,
    TIERS,
    Cascade,
    Stack,
    Weights,
    alone,
    columns,
    encoder_features,
    language_shares,
    of_language,
    polar_columns,
    stacked,
    stacks,
    turned,
)
from sonnim.language.mood_model import LABELS, UNSURE, moods
from sonnim.language.reader import MOOD, RATING

GIVEN = [*(text for _, _, text in TEXTS), *HOSTILE]
LANGUAGES = list(identify(GIVEN)[0])


@pytest.fixture(scope="module")
def cascade() -> Cascade:
    return Cascade.load()


def test_each_text_ends_at_the_first_tier_that_is_sure(cascade: Cascade) -> None:
    """Each tier's answers are worked out here from the parts; mixed texts weigh both languages."""
    found = cascade.read(GIVEN, LANGUAGES)
    linear = alone(cascade.fast, GIVEN, LANGUAGES).probabilities
    features = encoder_features(cascade.reader, GIVEN, LANGUAGES)
    shares = language_shares(GIVEN, LANGUAGES)
    linear_odds, turns = cascade.fast.log_odds(GIVEN, LANGUAGES), turned(GIVEN)
    every = moods(stacked(cascade.known, linear_odds, features, turns, shares))
    stack = cascade.known["en"]
    assert stack.own is not None
    english = moods(stack.own.odds(*columns(linear_odds, features, turns)))
    tiers = set()
    for number, language in enumerate(LANGUAGES):
        turn = int(turns[number])
        ways = of_language(cascade.known, language)
        least = max(one.first.pass_on[turn] for one in ways)
        wanted, tier = linear[number], "fast"
        if language != "other" and linear[number].max() < least:
            wanted, tier = every[number], "accurate"
            if language == "en" and english[number].max() >= stack.all.pass_on[turn]:
                wanted, tier = english[number], "english"
        assert found.tiers[number] == f"{cascade.tier}:{tier}"
        assert found.probabilities[number] == pytest.approx(wanted, abs=1e-5)
        tiers.add(tier)
    assert tiers == set(TIERS)


def test_of_english_alone_the_other_reader_counts_nothing(cascade: Cascade) -> None:
    """What it says is not known yet when these factors are used."""
    own = cascade.known["en"].own
    assert own is not None
    assert not np.take(own.polarity, [1, 2, 6, 7]).any() and own.neutrality[1] == 0


def test_a_text_is_read_alone_as_among_others(cascade: Cascade) -> None:
    together = cascade.read(GIVEN, LANGUAGES)
    for number, (text, language) in enumerate(zip(GIVEN, LANGUAGES, strict=True)):
        alone = cascade.read([text], [language])
        assert alone.tiers == [together.tiers[number]]
        assert alone.labels == [together.labels[number]]
        assert alone.probabilities[0] == pytest.approx(together.probabilities[number], abs=1e-12)


def test_english_is_heard_twice(cascade: Cascade) -> None:
    """Oracle: each reader asked alone; log odds worked from the softmax of its logits."""
    found = encoder_features(cascade.reader, GIVEN, LANGUAGES)
    for reader, place in ((cascade.reader.everyone, 0), (cascade.reader.english, 3)):
        for number, (text, language) in enumerate(zip(GIVEN, LANGUAGES, strict=True)):
            if place and language != "en":
                assert not found[number, place:].any()
                continue
            alone = reader.read([text], (MOOD, RATING)).texts
            weights = np.exp(alone[MOOD][0].astype(np.float64))
            negative, neutral, positive = weights / weights.sum()
            wanted = (positive / negative, np.exp(alone[RATING][0, 0]), neutral / (1 - neutral))
            assert found[number, place : place + 3] == pytest.approx(np.log(wanted), abs=1e-3)


def test_everything_goes_on_if_asked_for(cascade: Cascade) -> None:
    found = cascade.read(GIVEN, LANGUAGES, everything=True)
    for language, tier, label in zip(LANGUAGES, found.tiers, found.labels, strict=True):
        assert tier.endswith(":fast" if language == "other" else ":accurate")
        assert label in (*LABELS, UNSURE)
        assert language != "other" or label == UNSURE
    assert found.probabilities.sum(axis=1) == pytest.approx(1)


def test_no_text_is_no_trouble(cascade: Cascade) -> None:
    assert cascade.read([], []).labels == []


def test_a_stack_is_two_logistic_regressions() -> None:
    """Worked by hand.

    Polarity: 1*2 + 2*1 + 3*0 + 9*1 + 8*0 - 10 = 3, and where it turns 4*2 + 5*1 + 6*0 - 7*1 + 8*0
    + 7 = 13 more; neutrality: 1*0.5 + 1*0 + 2*0.25 + 0 = 1.
    """
    one, other = (
        Stack(Weights(polarity, neutrality, 0.5), None, 0.5, np.zeros((3, 4)))
        for polarity, neutrality in (
            ((1, 2, 3, 9, 8, 4, 5, 6, -7, 8, 7, -10), (1, 1, 2, 0)),
            ((0,) * 12, (0, 0, 0, 0)),
        )
    )
    linear, encoder = np.array([[2.0, 0.5]] * 2), np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.25]] * 2)
    turns = np.array([0.0, 1.0])
    for korean, wanted in (
        (1.0, [[3, 1], [16, 1]]),
        (0.0, [[0, 0]] * 2),
        (0.5, [[1.5, 0.5], [8, 0.5]]),
    ):
        shares = {"ko": np.array([korean] * 2), "en": np.array([1 - korean] * 2)}
        found = stacked({"ko": one, "en": other}, linear, encoder, turns, shares)
        assert found.tolist() == wanted


def test_what_turns_a_text_round() -> None:
    turning = [
        "맛은 있는데 양이 적어요",
        "나쁘지 않아요",
        "I wouldn't go",
        "Good BUT slow",
        "isn’t",
    ]
    straight = ["정말 좋아요", "Great phone", "Knotted cord", "butter", ""]
    assert turned([*turning, *straight]).tolist() == [1.0] * 5 + [0.0] * 5


def test_a_stack_of_another_shape_is_no_stack() -> None:
    weights = {"polarity": [1, 2, 3, 4], "neutrality": [1, 2, 3], "pass_on": [1, 1]}
    known = {"all": weights, "threshold": 0, "confusion": [], "measured_on": []}
    with pytest.raises(ValueError, match="4 numbers, not 12"):
        Stack.of(known)


@pytest.mark.parametrize("name", ["ko", "en", REST])
def test_the_models_add_to_each_other(cascade: Cascade, name: str) -> None:
    """No model counts against what it finds good, in texts that turn and in others.

    Mood and rating of a reader go together, on scales of their own: they are weighed as they come,
    on customers' texts that say plainly how they feel.
    """
    language = "ko" if name == "ko" else "en"
    source = f"written_{language}"
    chosen = [one for one in written("learn") if one.source == source and one.mood != 1][:300]
    texts, good = [one.text for one in chosen], np.array([one.mood > 1 for one in chosen])
    assert good.sum() > 50 and (~good).sum() > 50
    linear = cascade.fast.log_odds(texts, [language] * len(texts))
    features = encoder_features(cascade.reader, texts, [name] * len(texts))
    columns = polar_columns(linear, features, np.zeros(len(texts)))[:, :5]
    weights = np.array(cascade.known[name].all.polarity)
    for factors in (weights[:5], weights[:5] + weights[5:10]):
        for model in ([0], [1, 2], [3, 4]):
            said = columns[:, model] @ factors[model]
            unread = model == [3, 4] and name != "en"
            assert not said.any() if unread else said[good].mean() > said[~good].mean(), model


def test_the_shipped_stacks_are_whole() -> None:
    for name, stack in stacks().items():
        for levels in (stack.first.pass_on, stack.all.pass_on):
            assert all(0 < level <= 1.01 for level in levels)
        assert (stack.own is None) == (name != "en")
        assert 1 / 3 <= stack.threshold < 1
        assert stack.confusion.sum(axis=1) == pytest.approx(1, abs=2e-4)
        straight, turning = np.array(stack.all.polarity[:5]), np.array(stack.all.polarity[5:10])
        for factors in (straight, straight + turning):
            assert factors[0] > 0
            # Of two readers the scales differ too much for this: they are weighed as they come.
            if name != "en":
                assert factors[1] + factors[2] > 0 and factors[3] + factors[4] >= 0
