"""The demo world's texts: Korean that is spelt right, varied, and true to what is said of it."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.workspace.world.plan import BEANS, PRODUCTS
from sonnim.workspace.world.texts.compose import compose
from sonnim.workspace.world.texts.endings import ending, particle
from sonnim.workspace.world.texts.fragments import (
    Text,
    Voice,
    aspects,
    clauses_of,
    ordinary,
    words_of,
)

# Together they take longer than a quick look may.
pytestmark = pytest.mark.slow

KINDS = ("review", "delivery", "ticket", "verbatim", "post", "reply")
LABELS = ("negative", "neutral", "positive")


def voice(rng: Random, language: str = "ko", label: str = "", emoji: bool = True) -> Voice:
    label = label or rng.choices(LABELS, (4, 2, 4))[0]
    matters = aspects() if label == "negative" else ordinary()
    product = rng.choice(PRODUCTS)
    return Voice(
        language=language,
        label=label,
        aspects=tuple(rng.sample(matters, rng.choice((1, 1, 2)))),
        kind=rng.choice(KINDS),
        branch="판교점" if language == "ko" else "Pangyo",
        version="5.0.0",
        product=product.korean if language == "ko" else product.english,
        goods=product.goods,
        emoji=emoji,
        question=label == "neutral" and rng.random() < 0.3,
    )


def said(language: str, n: int, seed: int = 1, emoji: bool = True) -> list[tuple[Voice, Text]]:
    rng = Random(seed)
    made = []
    for _ in range(n):
        one = voice(rng, language, emoji=emoji)
        made.append((one, compose(rng, one)))
    return made


# The fragments


@pytest.mark.parametrize("language", ["ko", "en"])
def test_fragments_are_whole(language: str) -> None:
    table = clauses_of(language)
    assert len(ordinary()) >= 12
    assert set(table) == set(aspects())
    for aspect, pools in table.items():
        assert set(pools) == set(clauses_of("ko")[aspect]), aspect
        for pool, clauses in pools.items():
            assert len(set(clauses)) == len(clauses), f"{aspect}.{pool} says something twice"
            for clause in clauses:
                assert clause.count("{") == clause.count("}")
                if language == "ko" and pool not in ("sarcasm", "plea"):
                    assert re.search(r"다(/[vlsn])?$", clause), clause
                    # A verb in the present must say so, or its endings come out wrong.
                    if re.search(r"는다$|[간한된진긴온린난준]다$", clause):
                        assert re.search("않는다|/", clause), clause


@pytest.mark.parametrize("language", ["ko", "en"])
def test_there_are_words_for_every_mood(language: str) -> None:
    words = words_of(language)
    for use in ("opening", "tail", "short", "reply"):
        assert set(words[use]) >= set(LABELS)
    assert set(words["agent"]) >= set(aspects()), "an agent must have an answer to everything"


# Endings and particles


@pytest.mark.parametrize(
    ("clause", "form", "wanted"),
    [
        ("커피가 쓰다", "해요", "커피가 써요"),
        ("가격이 나쁘다", "해요", "가격이 나빠요"),
        ("매장이 더럽다", "음", "매장이 더러움"),
        ("매장이 더럽다", "는데", "매장이 더러운데"),
        ("매장이 좁다", "해요", "매장이 좁아요"),
        ("알림이 많다", "는데", "알림이 많은데"),
        ("맛이 없다", "는데", "맛이 없는데"),
        ("입맛에 맞다", "는데", "입맛에 맞는데"),
        ("위치를 못 잡는다/v", "해요", "위치를 못 잡아요"),
        ("전화를 안 받는다/v", "해", "전화를 안 받아"),
        ("결제가 안 된다/v", "해요", "결제가 안 돼요"),
        ("믿음이 간다/v", "습니다", "믿음이 갑니다"),
        ("늦게 왔다", "음", "늦게 왔음"),
        ("맛이 다르다", "해요", "맛이 달라요"),
        ("양이 줄었다", "고", "양이 줄었고"),
        ("줄이 줄어든다/l", "해요", "줄이 줄어들어요"),
        ("줄이 줄어든다/l", "습니다", "줄이 줄어듭니다"),
        ("엉망이다/n", "해요", "엉망이에요"),
        ("혜자다/n", "는데", "혜자인데"),
        ("편이다/n", "것 같아요", "편인 것 같아요"),
        ("보통이다/n", "고", "보통이고"),
        ("거기가 낫다", "긴 한데", "거기가 낫긴 한데"),
        ("배달이 느리다", "것 같아요", "배달이 느린 것 같아요"),
        ("앱이 꺼진다/v", "듯", "앱이 꺼지는 듯"),
        ("자리가 없다", "듯", "자리가 없는 듯"),
        ("늦게 왔다", "것 같아요", "늦게 왔어요"),
        ("이렇다", "해요", "이래요"),
        ("믿고 먹는다/s", "해요", "믿고 먹어요"),
        ("나쁘지 않다", "는데", "나쁘지 않은데"),
    ],
)
def test_korean_endings(clause: str, form: str, wanted: str) -> None:
    assert ending(clause, form) == wanted


@pytest.mark.parametrize(
    ("word", "wanted", "whole"),
    [
        ("빵", "은", "빵은"), ("커피", "은", "커피는"), ("app", "은", "app는"),
        ("서울", "으로", "서울로"), ("판교점", "으로", "판교점으로"), ("커피", "이", "커피가"),
        ("라떼", "과", "라떼와"), ("3", "이", "3이"), ("2", "이", "2가"),
    ],
)  # fmt: skip
def test_particles_fit_the_word(word: str, wanted: str, whole: str) -> None:
    assert particle(word, wanted) == whole


def closed(word: str) -> bool:
    """Whether a Korean word ends in a consonant, from how Unicode orders syllables."""
    return (ord(word[-1]) - 0xAC00) % 28 > 0


def test_particles_after_things_ordered_are_right() -> None:
    """By Unicode's own arithmetic, not by our tables."""
    goods = {product.korean for product in (*PRODUCTS, BEANS) if product.korean[-1] != "g"}
    for kind in ("hot", "cold", "bread", "cake"):
        goods |= set(words_of("ko")["fill"][kind])
    names = "|".join(sorted(goods, key=len, reverse=True))
    found = 0
    for _, text in said("ko", 6000):
        for word, follows in re.findall(rf"({names})(이|가|은|는|을|를) ", text.text):
            assert closed(word) == (follows in "이은을"), text.text
            found += 1
    assert found > 250


# Whole texts


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_scaffolding_is_left_in_texts(language: str) -> None:
    for _, text in said(language, 3000):
        assert text.text.strip() == text.text != ""
        assert not re.search("[{}|*\ue000-\ue1ff]|/[vlsn]\\b|  ", text.text), text.text
        assert not re.search(r"[?.!], |\?\.(?!\.)", text.text), text.text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_opinions_stand_where_they_are_said_to(language: str) -> None:
    named = 0
    for one, text in said(language, 3000):
        for opinion in text.opinions:
            words = text.text[opinion.start : opinion.end]
            assert words and words.strip() == words
            assert opinion.category in aspects()
            if opinion.target_start >= 0:
                named += 1
                assert text.text[opinion.target_start : opinion.target_end].strip()
                assert opinion.target_end <= opinion.start or opinion.target_start >= opinion.start
        moods = {opinion.polarity for opinion in text.opinions}
        if not text.opinions:
            assert text.short or one.label == "neutral"
        elif text.contrast:
            assert moods == {"positive", "negative"}
        else:
            assert moods == {one.label}
    assert named > 1200


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    language=st.sampled_from(("ko", "en")),
    label=st.sampled_from(LABELS),
)
def test_any_seed_gives_a_text(seed: int, language: str, label: str) -> None:
    one = voice(Random(seed), language, label)
    text = compose(Random(seed), one)
    assert text == compose(Random(seed), one)
    assert text.text
    spans = [(opinion.start, opinion.end) for opinion in text.opinions]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text.text) for start, end in spans)


def test_no_emoji_where_the_place_takes_none() -> None:
    for _, text in said("ko", 2000, emoji=False):
        text.text.encode("cp949")


def test_contrast_negation_comparison_and_sarcasm_occur() -> None:
    texts = [text for _, text in said("ko", 6000)]
    assert sum(text.contrast for text in texts) > 300
    assert sum(text.negated for text in texts) > 150
    assert sum(text.compared for text in texts) > 80
    assert sum(text.sarcastic for text in texts) > 60
    assert any("나쁘지 않" in text.text for text in texts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "all_of", "long", "first"), [("ko", 0.92, 0.96, 0.75), ("en", 0.90, 0.94, 0.6)]
)
def test_texts_are_varied(language: str, all_of: float, long: float, first: float) -> None:
    """Few are the same.

    One review in ten is a word or two ("굿"), of which there are but some dozens with their marks:
    these repeat as they do among real reviews, and bound the distinct share of all texts at about
    nine tenths of a large number. Those with opinions must hardly ever repeat.
    """
    texts = [text for _, text in said(language, 12_000)]
    assert len({text.text for text in texts}) > all_of * len(texts)
    opinionated = [text.text for text in texts if text.opinions]
    assert len(set(opinionated)) > long * len(opinionated)
    openings = [" ".join(text.split()[:5]) for text in opinionated if len(text.split()) >= 5]
    assert len(set(openings)) > first * len(openings)
