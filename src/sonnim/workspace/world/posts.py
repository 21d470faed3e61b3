"""Posts on the social network: talk in groups, answers, mentions, shares, and bots together."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sonnim.workspace.world.chance import stream_of
from sonnim.workspace.world.network import (
    BRIDGE,
    CELEBRITY,
    INFLUENCER,
    OFFICIAL,
    TAKES_ON,
    Network,
)
from sonnim.workspace.world.people import language_of, person_id
from sonnim.workspace.world.plan import BRANCHES, HOMES, date_of
from sonnim.workspace.world.recording import Record, Said
from sonnim.workspace.world.reviews import times
from sonnim.workspace.world.sizes import POSTS, Sizes
from sonnim.workspace.world.speaking import Mood, mood, version_on, voice
from sonnim.workspace.world.texts.compose import clean, compose
from sonnim.workspace.world.texts.fragments import (
    NEUTRAL,
    POSITIVE,
    Text,
    filled,
    pick,
    words_of,
)

HEADER = (
    "게시물ID", "작성일시", "작성자", "내용", "언어", "답글대상", "공유원글", "대화ID", "좋아요수",
    "공유수", "조회수",
)  # fmt: skip
# Shares of negative and neutral posts while nothing is wrong.
_USUAL = (0.30, 0.22)
_RECENT = 14
_ANSWERED_WITHIN = 21
"""Days after which nobody answers a post any more."""
BOT_EVERY = 92
"""Days between two evenings on which the bots post together."""
_BOT_TEXTS = (
    "하루담 무료 쿠폰 {n}장 선착순! 프로필 링크 클릭하세요",
    "커피값 아끼는 법 나만 몰랐네 하루담 반값 이벤트 링크는 프로필에",
    "[긴급] 하루담 기프티콘 {n}명 증정 팔로우하고 리그램하세요",
    "get your free Harudam coupon now, {n} left, link in bio",
)
_REMEMBERS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class _Post:
    """A post that others may still answer."""

    key: str
    thread: str
    member: int
    handle: str
    meant: Mood
    text: str
    branch: int
    day: int


class Talk:
    """The talk of some months: what was said lately in each group, and who is moved."""

    def __init__(self, sizes: Sizes, record: Record) -> None:
        self.sizes, self.record = sizes, record
        self.network: Network = sizes.network
        self.recent: dict[int, deque[_Post]] = {}
        # Member to the mood they took on and the day until which they keep it.
        self.moved: dict[int, tuple[str, int]] = {}

    def write(self, day: int) -> None:
        """The day's posts."""
        rng = stream_of(self.sizes.seed, "posts", day)
        quota = self.sizes.quotas[POSTS]
        first, n = quota.before(day), quota.on(day)
        bots = min(self.network.bots, n // 2) if day % BOT_EVERY == BOT_EVERY - 7 else 0
        when = times(rng, day, n - bots)
        for i, time in enumerate(when):
            self._post(rng, day, time, f"PT{first + i + 1:09d}")
        evening = datetime.combine(date_of(day), datetime.min.time()) + timedelta(hours=21)
        text = _BOT_TEXTS[day // BOT_EVERY % len(_BOT_TEXTS)]
        for i in range(bots):
            self._bot(rng, evening, i, f"PT{first + len(when) + i + 1:09d}", text)

    def _post(self, rng: Random, day: int, time: datetime, key: str) -> None:
        network = self.network
        group = int(rng.random() * network.groups)
        member = self._speaker(rng, group)
        where = group
        if network.role(member) == BRIDGE and rng.random() < 0.5:
            where = (group + 1) % network.groups
        elif rng.random() < 0.05:
            where = int(rng.random() * network.groups)
        recent = self.recent.get(where)
        while recent and recent[0].day < day - _ANSWERED_WITHIN:
            recent.popleft()
        roll = rng.random()
        if not recent or roll < 0.34 or (network.role(member) == INFLUENCER and roll < 0.8):
            self._original(rng, day, time, key, group, member)
            return
        answered = self._chosen(rng, recent, member)
        if answered is None:
            self._original(rng, day, time, key, group, member)
        elif roll < 0.42:
            self._official(rng, time, key, answered)
        elif roll < 0.55:
            self._share(rng, time, key, member, answered)
        else:
            self._reply(rng, day, time, key, group, member, answered)

    def _speaker(self, rng: Random, group: int) -> int:
        network = self.network
        size = network.size(group)
        if rng.random() < 0.26:
            return network.member(group, int(rng.random() * min(3, size)))
        # Some talk far more than others.
        return network.member(group, int(rng.random() ** 1.4 * size))

    def _chosen(self, rng: Random, recent: deque[_Post], member: int) -> _Post | None:
        """Whose post is answered: those with a role are heard more than others."""
        network = self.network
        follows = network.follows(member)
        if rng.random() < 0.6:
            for post in reversed(recent):
                if post.member == follows:
                    return post
        for _ in range(5):
            post = recent[int(rng.random() * len(recent))]
            heard = network.role(post.member) in (INFLUENCER, CELEBRITY)
            if post.member != member and rng.random() < (0.7 if heard else 0.3):
                return post
        return None

    def _mood(self, rng: Random, day: int, member: int, branch: int) -> Mood:
        label, until = self.moved.get(member, ("", -1))
        keeps = until >= day and rng.random() < 0.6
        return mood(rng, branch, day, _USUAL, label=label if keeps else "")

    def _original(
        self, rng: Random, day: int, time: datetime, key: str, group: int, member: int
    ) -> None:
        customer = self.network.customer(member)
        branch = HOMES[customer % 100]
        meant = self._mood(rng, day, member, branch)
        role = self.network.role(member)
        if role in (INFLUENCER, CELEBRITY) and meant.label == NEUTRAL:
            # Whoever is listened to has an opinion.
            meant = mood(rng, branch, day, (0.45, 0.0))
        language = language_of(self.sizes.seed, customer)
        spoken = voice(meant, language=language, kind="post", branch=BRANCHES[branch],
                       version=version_on(rng, day))  # fmt: skip
        words = words_of(language)["post"]
        if meant.label == NEUTRAL and rng.random() < 0.5:
            text = Text(text=clean(filled(rng, pick(rng, words["ask"]), spoken, NEUTRAL)))
        else:
            text = compose(rng, spoken)
        ends = ""
        if rng.random() < 0.45:
            tags = {filled(rng, pick(rng, words["tags"]), spoken, NEUTRAL).replace(" ", "")
                    for _ in range(1 + int(rng.random() * 3))}  # fmt: skip
            ends = " " + " ".join(sorted(tags))
        mentioned = ""
        if rng.random() < 0.16:
            mentioned = self._friend(rng, group, member)
        elif rng.random() < 0.12:
            mentioned = OFFICIAL
        ends += f" @{mentioned}" if mentioned else ""
        self._written(rng, day, time, key, member, text, ends, meant, branch, language)
        if mentioned:
            self._tie(time, member, mentioned, "mention", key)

    def _friend(self, rng: Random, group: int, member: int) -> str:
        friend = self._speaker(rng, group)
        return self.network.handle(friend) if friend != member else OFFICIAL

    def _reply(
        self, rng: Random, day: int, time: datetime, key: str, group: int, member: int, to: _Post
    ) -> None:  # fmt: skip
        network = self.network
        customer = network.customer(member)
        branch = HOMES[customer % 100]
        if network.follows(member) == to.member and to.meant.label != NEUTRAL:
            label = to.meant.label if rng.random() < TAKES_ON else ""
            if label:
                self.moved[member] = (label, day + _REMEMBERS)
            meant = mood(rng, branch, day, _USUAL, label=label)
        else:
            meant = self._mood(rng, day, member, branch)
        # Most stay with what the other spoke of.
        if meant.label == to.meant.label and rng.random() < 0.6:
            meant = Mood(label=meant.label, aspects=to.meant.aspects, issue=to.meant.issue)
            branch = to.branch if meant.issue else branch
        language = language_of(self.sizes.seed, customer)
        spoken = voice(meant, language=language, kind="reply", branch=BRANCHES[branch],
                       version=version_on(rng, day))  # fmt: skip
        if rng.random() < 0.18:
            text = Text(text=pick(rng, words_of(language)["reply"][meant.label]), short=True)
        else:
            text = compose(rng, spoken)
        begins = f"@{to.handle} "
        self._written(rng, day, time, key, member, text, "", meant, branch, language, to, begins)
        self._tie(time, member, to.handle, "reply", key)

    def _share(self, rng: Random, time: datetime, key: str, member: int, of: _Post) -> None:
        quoted = of.text if len(of.text) < 120 else of.text[:117] + "..."
        text = Text(text=f"RT @{of.handle}: {quoted}")
        customer = self.network.customer(member)
        language = language_of(self.sizes.seed, customer)
        branch = of.branch
        self._row(rng, time, key, self.network.handle(member), text.text, language, "", of.key,
                  key, 0)  # fmt: skip
        # Whoever passes something on says it too, but in another's words.
        self._truth(time, key, customer, text, of.meant, branch, language)
        self._tie(time, member, of.handle, "share", key)

    def _official(self, rng: Random, time: datetime, key: str, to: _Post) -> None:
        words = pick(rng, words_of("ko")["reply"]["official"])
        text = Text(text=f"@{to.handle} {words}")
        self._row(rng, time, key, OFFICIAL, text.text, "ko", to.key, "", to.thread, 3)
        self.record.said(Said(
            file=OUT_FILE, key=key, time=time, language="ko", label=NEUTRAL, aspects=("staff",),
            branch=BRANCHES[to.branch], issue="", person=OFFICIAL, text=text,
        ))  # fmt: skip
        self.record.row("truth/ties.csv", (
            f"{time:%Y-%m-%d %H:%M:%S}", OFFICIAL, to.handle, "reply", key,
        ))  # fmt: skip

    def _written(
        self, rng: Random, day: int, time: datetime, key: str, member: int, text: Text, ends: str,
        meant: Mood, branch: int, language: str, to: _Post | None = None, begins: str = "",
    ) -> None:  # fmt: skip
        handle = self.network.handle(member)
        thread = to.thread if to else key
        role = self.network.role(member)
        loud = 40 if role == CELEBRITY else 12 if role == INFLUENCER else 2
        whole = begins + text.text + ends
        self._row(rng, time, key, handle, whole, language, to.key if to else "", "", thread, loud)
        shifted = text if not begins else _moved(text, whole, len(begins))
        customer = self.network.customer(member)
        self._truth(time, key, customer, shifted, meant, branch, language)
        post = _Post(key=key, thread=thread, member=member, handle=handle, meant=meant,
                     text=text.text, branch=branch, day=day)  # fmt: skip
        self.recent.setdefault(self.network.group(member), deque(maxlen=_RECENT)).append(post)

    def _truth(
        self, time: datetime, key: str, customer: int, text: Text, meant: Mood, branch: int,
        language: str,
    ) -> None:  # fmt: skip
        self.record.said(Said(
            file=POSTS, key=key, time=time, language=language, label=meant.label,
            aspects=meant.aspects, branch=BRANCHES[branch], issue=meant.issue,
            person=person_id(customer), text=text,
        ))  # fmt: skip

    def _row(
        self, rng: Random, time: datetime, key: str, handle: str, text: str, language: str,
        reply_to: str, shared: str, thread: str, loud: int,
    ) -> None:  # fmt: skip
        likes = int(rng.expovariate(1 / (loud + 0.5)))
        shares = int(rng.expovariate(4 / (loud + 0.5)))
        views = (likes + 1) * (10 + int(rng.random() * 40))
        self.record.row(POSTS, (
            key, f"{time:%Y-%m-%d %H:%M:%S}", handle, text, language, reply_to, shared, thread,
            likes, shares, views,
        ))  # fmt: skip

    def _tie(self, time: datetime, member: int, to: str, kind: str, key: str) -> None:
        self.record.row("truth/ties.csv", (
            f"{time:%Y-%m-%d %H:%M:%S}", self.network.handle(member), to, kind, key,
        ))  # fmt: skip

    def _bot(self, rng: Random, evening: datetime, bot: int, key: str, words: str) -> None:
        time = evening + timedelta(seconds=int(rng.random() * 540))
        words = words.replace("{n}", str(100 + 50 * int(rng.random() * 3)))
        text = Text(text=words + ("!", "", " !!", " 👉")[int(rng.random() * 4)])
        handle = self.network.bot_handle(bot)
        self._row(rng, time, key, handle, text.text, "ko", "", "", key, 0)
        self.record.said(Said(
            file=POSTS, key=key, time=time, language="ko", label=POSITIVE, aspects=("coupons",),
            branch=BRANCHES[0], issue="", person=handle, text=text, bot=True,
        ))  # fmt: skip


OUT_FILE = "posts.csv#out"
"""How the truth names what the company's own account wrote: no customer says it."""


def _moved(text: Text, whole: str, by: int) -> Text:
    """The text as it stands after a mention, its opinions moved with it."""
    return Text(
        text=whole,
        opinions=tuple(one.moved(by) for one in text.opinions),
        contrast=text.contrast,
        sarcastic=text.sarcastic,
        negated=text.negated,
        compared=text.compared,
        short=text.short,
    )
