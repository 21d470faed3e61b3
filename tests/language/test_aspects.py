"""The catalogue of aspects: whose each term is, in whatever form it comes."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.checks.samples import HOSTILE
from sonnim.language.aspect_list import INDUSTRIES, KINDS, Category, Own, defaults
from sonnim.language.aspects import NOTHING, Catalogue, Found
from sonnim.language.terms import is_korean, stems
from sonnim.workspace.world.texts.compose import compose
from sonnim.workspace.world.texts.fragments import NEGATIVE, POSITIVE, Voice, aspects, ordinary

DEFAULT = Catalogue.load()
# Said alone, Kiwi takes these for nouns (새: a bird; 속: an inside). The list may only shrink.
TAKEN_FOR_NOUNS = {"새다", "속이다", "조이다", "촌스럽다"}
IDS = {one.id: one for one in defaults()}


def industries(category: Category) -> set[str]:
    return set(category.industries or INDUSTRIES)


# The list itself


def test_there_are_two_levels() -> None:
    for one in defaults():
        if one.parent:
            above = IDS[one.parent]
            assert not above.parent, one.id
            assert industries(one) <= industries(above), f"{one.id} is where {above.id} is not"
        assert set(one.industries) <= set(INDUSTRIES), one.id


def test_every_industry_has_categories_of_its_own() -> None:
    own = Counter(name for one in defaults() for name in one.industries)
    assert set(own) == set(INDUSTRIES)


def test_every_category_speaks_both_languages() -> None:
    for one in defaults():
        assert is_korean(one.ko), one.id
        assert not is_korean(one.en), one.id
        for terms in (one.targets, one.words):
            korean = [term for term in terms if is_korean(term)]
            assert korean, one.id
            assert len(korean) < len(terms), one.id
        assert len(set(one.terms)) == len(one.terms) >= 15, one.id


def test_no_term_is_of_two_categories_of_one_industry() -> None:
    """Compared in their plain forms: 비싸다 and 비싸요 are one term."""
    terms = [(one, term) for one in defaults() for term in one.terms]
    whose: dict[tuple[str, ...], list[tuple[Category, str]]] = {}
    for pair, row in zip(terms, stems([term for _, term in terms]), strict=True):
        assert row, f"{pair[0].id}: {pair[1]} has no word"
        whose.setdefault(tuple(row), []).append(pair)
    twice = [
        (first.id, one, second.id, two)
        for pairs in whose.values()
        for (first, one), (second, two) in combinations(pairs, 2)
        if first.id != second.id and industries(first) & industries(second)
    ]
    assert not twice


def test_what_the_demo_speaks_of_is_in_it() -> None:
    assert set(aspects()) <= set(IDS)


# Looking up


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_each_term_is_of_its_category(industry: str) -> None:
    catalogue = Catalogue.load(Own(industries=(industry,)))
    for kind in KINDS:
        rows = [(one.id, term) for one in catalogue.categories for term in one.by(kind)]
        empty = [""] * len(rows)
        names = [term for _, term in rows]
        found = catalogue.find(empty, names) if kind == "words" else catalogue.find(names, empty)
        wrong = {
            (term, id, one.category)
            for (id, term), one in zip(rows, found, strict=True)
            if one.category != id and term not in TAKEN_FOR_NOUNS
        }
        assert not wrong


@pytest.mark.parametrize(
    ("target", "words", "category"),
    [
        ("배송이", "너무 늦었어요", "delays"),
        ("배송은", "늦네요 ㅠㅠ", "delays"),
        ("배송도", "빨랐습니다", "delivery"),
        ("기사님께서", "친절하셨어요", "courier"),
        ("배달비가", "아까웠어요", "delivery_fee"),
        ("앱이", "자꾸 튕겨요", "crashes"),
        ("앱", "켜자마자 꺼졌음", "crashes"),
        ("결제가", "계속 안 됐어요", "payfail"),
        ("결제는", "빨라서 좋네요", "payment"),
        ("커피가", "비쌌어요", "price"),
        ("커피가", "또 올랐더라고요", "dearer"),
        ("커피에서", "탄 맛이 났어요", "taste"),
        ("커피", "별로였어요", "taste"),
        ("직원분들이", "불친절하셨어요", "staff"),
        ("뚜껑에서", "줄줄 샜어요", "leaks"),
        ("알림이", "안 와요", "notifications"),
        ("", "짜요", "taste"),
        ("", "벌레가 나왔어요", "flies"),
        ("", "시끄러워서 집중이 안 됐습니다", "noise"),
        ("Deliveries", "were late", "delays"),
        ("the app", "keeps crashing", "crashes"),
        ("The coffee", "was overpriced", "price"),
        ("my checked bags", "never showed up", "baggage"),
        ("battery life", "is great", "battery"),
        ("The waiters", "ignored us", "staff"),
        ("", "doesn\u2019t fit", "size_fit"),
        ("", "It doesnt fit", "size_fit"),
        ("", "way too salty!!", "taste"),
        ("배송", "was so late", "delays"),
    ],
)
def test_forms_do_not_matter(target: str, words: str, category: str) -> None:
    assert DEFAULT.category(target, words).category == category


@pytest.mark.parametrize(
    ("target", "words"),
    [("", ""), ("하늘이", "파랗다"), ("My uncle", "sings"), ("😡", "!!!"), ("注文", "遅い"),
     ("ㅇㅏㄴ", "ㅋㅋㅋ"), ("", "최고예요"), ("", "so good")],
)  # fmt: skip
def test_the_unknown_stays_unknown(target: str, words: str) -> None:
    assert DEFAULT.category(target, words) == NOTHING == Found("", 0.0)


def test_around_is_looked_at_last_and_trusted_least() -> None:
    assert DEFAULT.category("", "최고예요", "배송 최고예요").category == "delivery"
    around = DEFAULT.category("", "최고예요", "배송 최고예요")
    assert 0 < around.sure < DEFAULT.category("배송", "최고예요").sure
    assert DEFAULT.category("직원", "최고예요", "배송 최고예요").category == "staff"


def test_industries_decide_what_a_word_means() -> None:
    cabin = Catalogue.load(Own(industries=("airline",)))
    cafe = Catalogue.load(Own(industries=("restaurant",)))
    assert cabin.category("the seat", "was narrow").category == "cabin"
    assert cafe.category("the seat", "was narrow").category == "seats"
    assert "loan" not in cafe
    assert cafe.category("대출", "거절당했어요") == NOTHING
    # Not told which, what stands beside decides; where nothing does, the answer is less sure.
    both = DEFAULT.category("the seat", "was narrow")
    assert both.category in ("cabin", "seats")
    assert both.sure < cabin.category("the seat", "was narrow").sure


def test_what_the_company_says_goes_before() -> None:
    mine = Category(
        id="our_app", ko="우리 앱", en="Our app", parent="app", targets=("마이샵앱", "로그인"),
        words=("짜다",),
    )  # fmt: skip
    catalogue = Catalogue.load(Own(categories=(mine,)))
    assert catalogue.category("마이샵앱은", "느려요").category == "our_app"
    assert catalogue.category("로그인이", "느려요").category == "our_app"
    assert catalogue.category("", "너무 짜요").category == "our_app"
    assert catalogue["our_app"].path == "app.our_app"
    assert catalogue.within("our_app", "app")
    assert not catalogue.within("app", "our_app")
    assert DEFAULT.category("로그인이", "느려요").category == "login"


def test_a_default_takes_the_companys_terms_and_keeps_its_own() -> None:
    more = Category(id="courier", ko="", en="", targets=("번개맨", "환불"))
    catalogue = Catalogue.load(Own(categories=(more,)))
    for target in ("번개맨이", "환불", "라이더가"):
        assert catalogue.category(target, "최고").category == "courier", target
    assert catalogue["courier"].ko == IDS["courier"].ko


def test_what_is_not_wanted_goes_with_all_under_it() -> None:
    catalogue = Catalogue.load(Own(without=("delivery", "price")))
    left = {one.id for one in catalogue.categories}
    gone = {one.id for one in defaults() if {one.id, one.parent} & {"delivery", "price"}}
    assert left == set(IDS) - gone
    assert catalogue.category("", "비싸요") == NOTHING


def test_rows_do_not_depend_on_those_beside_them() -> None:
    targets = ["배송이", "", "the app", "배송이", "하늘"]
    words = ["늦어요", "overpriced", "crashes", "빨라요", "파래요"]
    texts = ["", "", "", "", "하늘이 파래요, 배송은 별로"]
    together = DEFAULT.find(targets, words, texts)
    rows = list(zip(targets, words, texts, strict=True))
    assert together == [DEFAULT.category(*row) for row in rows]
    order = [3, 0, 4, 2, 1]
    turned = DEFAULT.find(*([column[i] for i in order] for column in (targets, words, texts)))
    assert turned == [together[i] for i in order]
    assert DEFAULT.find([], []) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_has_an_answer(target: str, words: str, text: str) -> None:
    found = DEFAULT.category(target, words, text)
    assert (found.category == "") == (found.sure == 0)
    assert 0 <= found.sure <= 1
    assert not found.category or found.category in DEFAULT


def test_hostile_texts_have_an_answer() -> None:
    rows = list(HOSTILE)
    assert len(DEFAULT.find(rows, rows, rows)) == len(rows)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_opinions_of_the_demo_world_fall_into_their_families(language: str) -> None:
    """Its texts name their category by construction; many name no aspect at all, or two."""
    rng = Random(3)
    catalogue = Catalogue.load(Own(industries=("restaurant", "delivery", "app")))
    rows = []
    for aspect in aspects():
        for _ in range(15):
            voice = Voice(
                language=language,
                label=rng.choice([NEGATIVE, POSITIVE]) if aspect in ordinary() else NEGATIVE,
                aspects=(aspect,),
                kind="review",
                branch="해운대점" if language == "ko" else "Haeundae",
                version="5.0",
            )
            text = compose(rng, voice)
            for one in text.opinions:
                target = text.text[max(one.target_start, 0) : max(one.target_end, 0)]
                rows.append((target, text.text[one.start : one.end], one.category))
    found = catalogue.find([row[0] for row in rows], [row[1] for row in rows])

    def family(category: str) -> str:
        return catalogue[category].parent or category

    named = [(f.category, row[2]) for f, row in zip(found, rows, strict=True) if f.category]
    right = sum(family(one) == family(two) for one, two in named)
    assert len(named) / len(rows) > 0.85
    assert right / len(named) > 0.75
    # Were it all the same category, this is what would be right.
    most = Counter(family(row[2]) for row in rows).most_common(1)[0][1]
    assert right > 2 * most


# Growing it


def test_suggested_is_what_is_often_said_and_unknown() -> None:
    counts = {"배송": 90, "볶음밥": 30, "이율": 40, "비싸다": 70, "late": 9, "zzzz": 2, "123": 80}
    found = DEFAULT.suggest(counts)
    assert [(one.term, one.n) for one in found] == [("이율", 40), ("볶음밥", 30), ("zzzz", 2)]
    near = {one.term: one for one in found}
    assert near["이율"].category in ("banking", "loan")
    assert near["볶음밥"].category == "taste"
    assert near["볶음밥"].near
    assert near["zzzz"].category == ""
    assert DEFAULT.suggest(counts, most=1) == found[:1]
    assert DEFAULT.suggest({}) == []


def test_english_is_suggested_by_words_in_common() -> None:
    mine = Category(id="pets", ko="반려동물", en="Pets", targets=("pet carrier", "litter box"))
    found = Catalogue.load(Own(categories=(mine,))).suggest({"litter": 4})
    assert [(one.category, one.near) for one in found] == [("pets", ("litter box",))]
