"""The people and groups that were planted in a demo world's network beside those found."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from arro3.core import Table as ArrowTable

from sonnim.connectors.shape import pseudonym_here
from sonnim.graphs.agreement import nmi
from sonnim.workspace.world.network import BOT, COMPANY
from sonnim.workspace.world.truth import PlantedTruth

FIRST = 10
"""As many people are looked at as a marketer would."""
MEASURE = "mood"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """How well the network was read.

    Attributes:
        first: How many of those whose mood is taken on most were looked at.
        right: How many of them were planted.
        groups: How many groups were found.
        agreement: Normalised mutual information of the groups with those planted.
    """

    first: int
    right: int
    groups: int
    agreement: float


def heard(truth: PlantedTruth, influence: ArrowTable, community: ArrowTable) -> Heard:
    """Holds what was found against what was planted.

    Args:
        truth: What was planted.
        influence: Rows of the table `influence`.
        community: Rows of the table `community`.
    """
    people, measures, ranks = (
        influence.column(name).to_pylist() for name in ("person_id", "measure", "rank")
    )
    ranked = sorted(
        (rank, person)
        for person, measure, rank in zip(people, measures, ranks, strict=True)
        if measure == MEASURE
    )
    planted = {pseudonym_here(one) for one in truth.influencers}
    found = dict(
        zip(
            community.column("person_id").to_pylist(),
            community.column("community_id").to_pylist(),
            strict=True,
        )
    )
    members = {
        pseudonym_here(row["handle"]): row["group"]
        for row in truth.rows("network")
        if row["role"] not in (BOT, COMPANY)
    }
    both = [person for person in members if person in found]
    numbers = {name: place for place, name in enumerate(Counter(members[one] for one in both))}
    return Heard(
        first=len(ranked[:FIRST]),
        right=sum(person in planted for _, person in ranked[:FIRST]),
        groups=len(set(found.values())),
        agreement=nmi(
            np.array([found[one] for one in both], np.int64),
            np.array([numbers[members[one]] for one in both], np.int64),
        ),
    )
