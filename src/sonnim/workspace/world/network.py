"""Who talks to whom on the social network: groups, bridges, people who are listened to, bots.

Every eighth customer has an account there. They form groups of some thirty to some hundreds. In
each group two people are influencers: a third of the group follows each, and a follower who answers
takes on their mood. In every second group somebody is a celebrity: liked and answered as much, yet
nobody's mood moves. Bridges answer in the next group as often as in their own. Bots post together.
"""

from dataclasses import dataclass
from math import sqrt

from sonnim.workspace.world.chance import uniform_one
from sonnim.workspace.world.people import handle

OFFICIAL = "harudam_official"
INFLUENCER, CELEBRITY, BRIDGE, PLAIN, BOT, COMPANY = (
    "influencer", "celebrity", "bridge", "plain", "bot", "company",
)  # fmt: skip
_FOLLOWS, _OF_EIGHT = 60, 61
_PER_GROUP = 2
TAKES_ON = 0.85
"""Chance that a follower who answers an influencer takes on the influencer's mood."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """The social network of a world.

    Attributes:
        seed: Seed of all chance.
        customers: How many customers the world has.
    """

    seed: int
    customers: int

    @property
    def members(self) -> int:
        """How many customers have an account."""
        return max(24, self.customers // 8)

    @property
    def groups(self) -> int:
        """How many groups they form."""
        return max(3, round(self.members / max(30.0, 2 * sqrt(self.members))))

    @property
    def bots(self) -> int:
        """How many accounts belong to bots."""
        return max(6, self.members // 40)

    def customer(self, member: int) -> int:
        """The customer behind a member."""
        if self.customers < 8 * self.members:
            return member
        return member * 8 + int(uniform_one(self.seed, _OF_EIGHT, member) * 8)

    def group(self, member: int) -> int:
        """The group a member belongs to."""
        return member % self.groups

    def rank(self, member: int) -> int:
        """Place of a member in the group; the first ones have roles."""
        return member // self.groups

    def member(self, group: int, rank: int) -> int:
        """The member at a place of a group."""
        return rank * self.groups + group

    def size(self, group: int) -> int:
        """How many members a group has."""
        return (self.members - group - 1) // self.groups + 1

    def role(self, member: int) -> str:
        """What a member is to the group."""
        rank = self.rank(member)
        if rank < _PER_GROUP:
            return INFLUENCER
        if rank == _PER_GROUP and self.group(member) % 2 == 0:
            return CELEBRITY
        return BRIDGE if rank == _PER_GROUP + 1 else PLAIN

    def follows(self, member: int) -> int:
        """The influencer whose mood a member takes on, or -1."""
        if self.role(member) in (INFLUENCER, CELEBRITY):
            return -1
        roll = uniform_one(self.seed, _FOLLOWS, member)
        if roll < 0.3:
            return -1
        return self.member(self.group(member), int(roll * 1000) % _PER_GROUP)

    def handle(self, member: int) -> str:
        """The member's name on the network."""
        return handle(self.seed, self.customer(member))

    def bot_handle(self, bot: int) -> str:
        """The name of a bot on the network."""
        word = ("coupon", "deal", "hot", "event", "free", "best")[bot % 6]
        return f"{word}{(bot * 7_919 + 1_009) % 1_000_003:06d}"
