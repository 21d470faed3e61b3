"""How many of what a world of a given size holds, day by day."""

from dataclasses import dataclass, field

from sonnim.workspace.world.network import Network
from sonnim.workspace.world.plan import Quota

REVIEWS, DELIVERY_REVIEWS, POSTS, TICKETS, SURVEY, ORDERS, ACTIVITY, STAFF = (
    "reviews.csv", "delivery_reviews.csv", "posts.csv", "tickets.csv", "survey.csv", "orders.csv",
    "activity.csv", "staff.csv",
)  # fmt: skip
CHANGES, MEMBERS, APP_USERS, PROFILES = (
    "changes.csv", "members.csv", "app_users.csv", "profiles.csv",
)  # fmt: skip
ENCODINGS = {
    REVIEWS: "utf-8-sig", DELIVERY_REVIEWS: "cp949", POSTS: "utf-8", TICKETS: "cp949",
    SURVEY: "utf-8", ORDERS: "utf-8", ACTIVITY: "utf-8", STAFF: "utf-8-sig", CHANGES: "utf-8-sig",
    MEMBERS: "cp949", APP_USERS: "utf-8", PROFILES: "utf-8",
}  # fmt: skip
"""How each file is encoded, by its name."""

_TEXTS = (REVIEWS, DELIVERY_REVIEWS, POSTS, TICKETS, SURVEY, STAFF)


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """A world's seed and size, and what follows from them.

    Attributes:
        seed: Seed of all chance.
        messages: Texts in all.
        customers: Customers.
        texts: Texts by file; they add up to `messages`.
        silent: Answers to the survey without a comment.
        quotas: How many texts fall on each day, by file; "silent" for answers without a comment.
            Tickets are not among them: they follow from what happens (`life`).
        network: Who talks to whom.
    """

    seed: int
    messages: int
    customers: int
    texts: dict[str, int] = field(hash=False)
    silent: int
    quotas: dict[str, Quota] = field(hash=False)
    network: Network

    @classmethod
    def of(cls, seed: int, messages: int) -> "Sizes":
        """The world of that seed and number of texts.

        Example:
            >>> sizes = Sizes.of(7, 6000)
            >>> sizes.texts["reviews.csv"], sum(sizes.texts.values())
            (1800, 6000)
        """
        shares = (30, 14, 22, 20, 12, 2)
        texts = {name: messages * share // 100 for name, share in zip(_TEXTS, shares, strict=True)}
        texts[REVIEWS] += messages - sum(texts.values())
        silent = texts[SURVEY] * 3 // 2
        customers = max(200, messages // 4)
        quotas = {name: Quota(texts[name]) for name in _TEXTS if name not in (TICKETS, SURVEY)}
        quotas[SURVEY] = Quota(texts[SURVEY], bumped=False)
        quotas["silent"] = Quota(silent, bumped=False)
        return cls(
            seed=seed,
            messages=messages,
            customers=customers,
            texts=texts,
            silent=silent,
            quotas=quotas,
            network=Network(seed=seed, customers=customers),
        )
