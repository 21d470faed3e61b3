"""What the other tables of networks know of the people and groups in a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sonnim.views.communities import groups_of, tones
from sonnim.views.figures import ArrowTable
from sonnim.views.influence import by_turns, ranked
from sonnim.views.writing import phrase, value_and_sure

HEARD = 16
"""So many people are named: those that the chart of influence shows."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is said of people and groups beside where they stand.

    Attributes:
        words: Group to the words that it uses more than others.
        tones: Group to `worse`, `better` or `same`: its negative share against all together.
        negative: Group to its negative share, with interval and n.
        heard: Those who move moods most and those whom most turn to, by turns.
    """

    words: Mapping[int, str] = field(default_factory=dict)
    tones: Mapping[int, str] = field(default_factory=dict)
    negative: Mapping[int, str] = field(default_factory=dict)
    heard: tuple[str, ...] = ()


NOTHING = Beside()


def beside_of(
    influence: ArrowTable | None, communities: ArrowTable | None, language: str
) -> Beside:
    """What rows of `influence` and `communities` say, as far as they are there."""
    groups = groups_of(communities) if communities is not None else []
    told = tones(groups)
    heard = by_turns(ranked(influence))[:HEARD] if influence is not None else []
    return Beside(
        words={one.number - 1: one.label for one in groups if one.label},
        tones={one.number - 1: told[one.number] for one in groups if one.number in told},
        negative={
            one.number - 1: value_and_sure(
                "share", one.negative or 0.0, None, one.low, one.high, one.messages, language
            )
            for one in groups
            if one.known
        },
        heard=tuple(one.person_id for one in heard),
    )


def group_name(group: int, beside: Beside, language: str) -> str:
    """What a group is called: people count from one."""
    words = beside.words.get(group, "")
    name = phrase("view_group", language, group=f"{group + 1:,}")
    return f"{name}: {words}" if words else name
