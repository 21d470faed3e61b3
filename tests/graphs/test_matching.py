"""Groups over time: events made by hand, and the choice one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.matching import followed
from sonnim.tables.errors import StopError

PAIRS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), max_size=30)


def groups(*sizes: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """So many people, each with the group before and after."""
    n, before, after = np.array(sizes).T
    return np.repeat(before, n), np.repeat(after, n)


def test_what_stays_keeps_its_id_whatever_its_number() -> None:
    found = followed(*groups((10, 0, 1), (5, 1, 0)), ids=np.array([7, 3]))
    assert found.ids.tolist() == [3, 7]
    assert found.came.tolist() == ["kept", "kept"] == found.went.tolist()
    assert found.likeness.tolist() == [1, 1]


def test_two_equal_groups_merge_into_the_one_named_first() -> None:
    found = followed(*groups((50, 0, 0), (50, 1, 0)))
    assert found.ids.tolist() == [0] and found.came.tolist() == ["kept"]
    assert found.went.tolist() == ["kept", "merged"] and found.heir.tolist() == [0, 0]


def test_a_small_group_merges_into_a_large_one() -> None:
    found = followed(*groups((90, 0, 0), (10, 1, 0)))
    assert found.went.tolist() == ["kept", "merged"]


def test_many_equal_groups_merge_and_part_again() -> None:
    """None of four quarters is alike enough to be the whole (Jaccard .25)."""
    one = followed(*groups(*((25, i, 0) for i in range(4))))
    assert one.came.tolist() == ["merged"] and one.went.tolist() == ["merged"] * 4
    assert one.ids.tolist() == [4] and one.heir.tolist() == [0] * 4
    other = followed(*groups(*((25, 0, i) for i in range(4))))
    assert other.came.tolist() == ["split"] * 4 and other.went.tolist() == ["split"]
    assert other.origin.tolist() == [0] * 4 and other.ids.tolist() == [1, 2, 3, 4]


def test_one_who_is_left_of_a_hundred_is_no_merger() -> None:
    found = followed(*groups((99, 1, -1), (1, 1, 0), (20, 0, 0)))
    assert found.went.tolist() == ["kept", "gone"]


def test_a_group_splits_and_the_larger_part_goes_on() -> None:
    found = followed(*groups((40, 0, 0), (60, 0, 1)))
    assert found.came.tolist() == ["split", "kept"] and found.ids.tolist() == [1, 0]
    assert found.origin.tolist() == [0, 0] and found.went.tolist() == ["kept"]


def test_groups_are_born_and_gone() -> None:
    found = followed(*groups((10, 0, 0), (8, 1, -1), (9, -1, 1)))
    assert found.went.tolist() == ["kept", "gone"] and found.heir.tolist() == [0, -1]
    assert found.came.tolist() == ["kept", "born"] and found.origin.tolist() == [0, -1]
    assert found.ids.tolist() == [0, 2]


def test_a_group_that_scatters_is_gone_and_one_from_everywhere_is_born() -> None:
    scattered = followed(
        *groups((30, 0, 0), (30, 1, 1), (30, 2, 2), *((2, 3, i) for i in range(3)))
    )
    assert scattered.went.tolist() == ["kept", "kept", "kept", "gone"]
    gathered = followed(*groups((30, 0, 0), (30, 1, 1), (30, 2, 2), *((2, i, 3) for i in range(3))))
    assert gathered.came.tolist() == ["kept", "kept", "kept", "born"]


def test_ids_of_groups_long_gone_are_not_given_again() -> None:
    """Three periods: the second group goes, and a new one comes later."""
    first, second = groups((10, 0, 0), (10, 1, -1), (10, -1, -1))
    third = np.repeat([0, -1, 1], 10)
    one = followed(first, second)
    assert one.ids.tolist() == [0]
    two = followed(second, third, ids=one.ids, unused=2)
    assert two.ids.tolist() == [0, 2]


def one_by_one(before: np.ndarray, after: np.ndarray, least: float) -> dict[int, int]:
    found = []
    for b in set(before.tolist()) - {-1}:
        for a in set(after.tolist()) - {-1}:
            one = set(np.flatnonzero(before == b).tolist())
            other = set(np.flatnonzero(after == a).tolist())
            found.append((-len(one & other) / len(one | other), b, a))
    chosen: dict[int, int] = {}
    for alike, b, a in sorted(found):
        if -alike >= least and b not in chosen and a not in chosen.values():
            chosen[b] = a
    return chosen


@settings(max_examples=150)
@given(PAIRS, st.sampled_from([0.1, 0.3, 0.6]))
def test_the_likest_are_matched_first(pairs: list[tuple[int, int]], least: float) -> None:
    """Oracle: the rule, pair by pair; and each id stands once, each event fits its numbers."""
    before = np.array([b for b, _ in pairs], np.int64)
    after = np.array([a for _, a in pairs], np.int64)
    found = followed(before, after, least=least)
    kept = {b: int(found.heir[b]) for b in np.flatnonzero(found.went == "kept").tolist()}
    assert kept == one_by_one(before, after, least)
    there = found.ids[found.ids >= 0]
    assert len(set(there.tolist())) == len(there)
    for a, how in enumerate(found.came.tolist()):
        assert (how == "") == (not (after == a).any())
        assert (found.origin[a] == -1) == (how in ("", "born", "merged"))
    for b, how in enumerate(found.went.tolist()):
        assert (how == "") == (not (before == b).any())
        assert (found.heir[b] == -1) == (how in ("", "gone", "split"))


def test_nobody_at_all() -> None:
    nobody = np.zeros(0, np.int64)
    assert followed(nobody, nobody).ids.tolist() == []


def test_what_is_not_allowed_is_said() -> None:
    before, after = groups((3, 0, 0), (3, 1, 1))
    with pytest.raises(StopError, match="least"):
        followed(before, after, least=0)
    with pytest.raises(StopError, match="ids"):
        followed(before, after, ids=np.array([1]))
    with pytest.raises(StopError, match="unused"):
        followed(before, after, unused=1)
    with pytest.raises(StopError):
        followed(before, after[:3])
