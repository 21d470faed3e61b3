"""Makes a world: its exports and its truth."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sonnim.tables.errors import StopError
from sonnim.workspace.world import desk, life, network, orders, posts, recording, registers, surveys
from sonnim.workspace.world import reviews as review_files
from sonnim.workspace.world.plan import (
    CHANGES,
    COMPANY,
    COMPANY_KO,
    GAMING,
    ISSUES,
    RELEASE_DAY,
    TIMEZONE,
    TROUBLED,
)
from sonnim.workspace.world.recording import Sums
from sonnim.workspace.world.sizes import (
    ACTIVITY,
    APP_USERS,
    DELIVERY_REVIEWS,
    ENCODINGS,
    MEMBERS,
    ORDERS,
    POSTS,
    PROFILES,
    REVIEWS,
    STAFF,
    SURVEY,
    TICKETS,
    Sizes,
)
from sonnim.workspace.world.sizes import CHANGES as CHANGES_FILE
from sonnim.workspace.world.truth import (
    Cost,
    Effect,
    FileCount,
    PlantedIssue,
    PlantedTruth,
    UnitScore,
)
from sonnim.workspace.world.worker import Share, load, work

HEADERS: dict[str, tuple[str, ...]] = {
    REVIEWS: review_files.REVIEW_HEADER,
    DELIVERY_REVIEWS: review_files.DELIVERY_HEADER,
    POSTS: posts.HEADER,
    TICKETS: desk.HEADER,
    SURVEY: surveys.SURVEY_HEADER,
    ORDERS: orders.ORDER_HEADER,
    ACTIVITY: orders.ACTIVITY_HEADER,
    STAFF: surveys.STAFF_HEADER,
    CHANGES_FILE: registers.CHANGES_HEADER,
    MEMBERS: registers.MEMBERS_HEADER,
    APP_USERS: registers.APP_USERS_HEADER,
    PROFILES: registers.PROFILES_HEADER,
}
"""Columns of each exported file."""
TRUTH_HEADERS: dict[str, tuple[str, ...]] = {
    "truth/texts.csv": recording.TEXT_COLUMNS,
    "truth/opinions.csv": recording.OPINION_COLUMNS,
    "truth/ties.csv": recording.NETWORK_COLUMNS,
    "truth/people.csv": registers.PEOPLE_COLUMNS,
    "truth/accounts.csv": registers.ACCOUNT_COLUMNS,
    "truth/network.csv": registers.NETWORK_COLUMNS,
    "truth/sequences.csv": orders.SEQUENCE_COLUMNS,
    "truth/gamed.csv": ("file", "id"),
}
"""Columns of each table of the truth."""
_WORTH_TWO = 40_000
_LEAST = 20


def make_world(
    folder: Path, seed: int = 7, messages: int = 6000, *, processes: int = 0
) -> PlantedTruth:
    """Writes the exports of the company into `exports` and the truth into `truth`.

    The same seed and number of messages give the same bytes, however many processes work at it.
    Memory does not grow with the texts, only by some 40 bytes a customer.

    Args:
        folder: Where to; made if it does not exist. Exports and truth made there before are
            replaced.
        seed: Seed of all chance.
        messages: Texts in all; there are about twice as many orders.
        processes: How many work at it; 0: two from 40,000 messages on.

    Returns:
        What was hidden, and where.

    Raises:
        StopError: Too few messages to hold anything.
    """
    if messages < _LEAST:
        raise StopError("world_small", received=str(messages), least=str(_LEAST))
    sizes = Sizes.of(seed, messages)
    for name in ("exports", "truth", ".parts"):
        shutil.rmtree(folder / name, ignore_errors=True)
    parts = folder / ".parts"
    parts.mkdir(parents=True)
    if not processes:
        processes = min(2, os.cpu_count() or 1) if messages >= _WORTH_TWO else 1
    try:
        share = _shared(parts, sizes, processes)
        _joined(folder, parts)
    finally:
        shutil.rmtree(parts, ignore_errors=True)
    planted = _planted(folder, sizes, share)
    planted.save()
    return planted


def _shared(parts: Path, sizes: Sizes, processes: int) -> Share:
    """Lets the processes work, this one being the first."""
    others = [
        subprocess.Popen(
            [
                sys.executable, "-m", "sonnim.workspace.world.worker", str(parts),
                str(sizes.seed), str(sizes.messages), str(worker), str(processes),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        for worker in range(1, processes)
    ]  # fmt: skip
    try:
        share = work(parts, sizes, 0, processes)
        for worker, other in enumerate(others, 1):
            _, told = other.communicate()
            if other.returncode:
                raise StopError("world_worker", reason=told.strip().splitlines()[-1:] or "")
            theirs = load(parts / f"share{worker}.json")
            share.sums.add(theirs.sums)
            share.totals.update(theirs.totals)
    finally:
        for other in others:
            if other.poll() is None:
                other.kill()
                other.wait()
    return share


def _joined(folder: Path, parts: Path) -> None:
    """Puts the parts of each file together, under its header."""
    blocks = sorted(path for path in parts.iterdir() if path.is_dir())
    for name, header in (*HEADERS.items(), *TRUTH_HEADERS.items()):
        path = folder / (name if name.startswith("truth/") else f"exports/{name}")
        path.parent.mkdir(exist_ok=True)
        encoding = ENCODINGS.get(name, "utf-8")
        with path.open("w", encoding=encoding, newline="") as text:
            csv.writer(text).writerow(header)
        with path.open("ab") as whole:
            for block in blocks:
                part = block / name
                if part.exists():
                    with part.open("rb") as piece:
                        shutil.copyfileobj(piece, whole, 1 << 20)
                    part.unlink()


def _planted(folder: Path, sizes: Sizes, share: Share) -> PlantedTruth:
    talk = sizes.network
    sums = share.sums
    total = share.totals[""]
    influencers = [
        talk.handle(member)
        for member in range(talk.members)
        if talk.role(member) == network.INFLUENCER
    ]
    return PlantedTruth(
        seed=sizes.seed,
        messages=sizes.messages,
        company=COMPANY,
        company_ko=COMPANY_KO,
        what="Release 5.0 makes the app crash, and deliveries of Busan Haeundae come late",
        what_ko="앱 5.0 업데이트 후 앱이 자주 꺼지고, 부산 해운대점 배달이 늦어짐",
        where=TROUBLED,
        since=f"{RELEASE_DAY:%Y-%m}",
        release="5.0.0",
        release_day=RELEASE_DAY,
        timezone=TIMEZONE,
        exports=folder / "exports",
        folder=folder / "truth",
        files=tuple(FileCount(name=name, rows=sums.rows.get(name, 0)) for name in HEADERS),
        effects=_effects(sums),
        issues=tuple(
            PlantedIssue(
                issue_id=issue.issue_id, aspect=issue.aspect, branch=issue.branch,
                start=issue.start, end=issue.end, change_id=issue.change_id, title=issue.title,
                title_ko=issue.title_ko, keywords=issue.keywords,
                texts=sums.issues.get(issue.issue_id, 0),
            )
            for issue in ISSUES
        ),
        costs=tuple(
            Cost(
                change_id=change.change_id, kind=change.kind, title=change.title,
                title_en=change.english, branch=change.branch, end=change.end,
                start=change.start, orders=total.orders,
                orders_without=share.totals[change.change_id].orders, revenue=total.revenue,
                revenue_without=share.totals[change.change_id].revenue, left=total.left,
                left_without=share.totals[change.change_id].left,
            )
            for change in CHANGES
            if change.change_id in share.totals
        ),
        units=_units(sums),
        gaming=GAMING,
        gaming_from=surveys.GAMING_FROM,
        influencers=tuple(influencers),
        bots=talk.bots,
        groups=talk.groups,
        sequence=("delivery_late", "contact", "answer_slow", "cancel"),
        buying=(life.R, life.ALPHA, life.A, life.B),
    )  # fmt: skip


def _effects(sums: Sums) -> tuple[Effect, ...]:
    return tuple(
        Effect(
            file=file,
            metric=metric,
            unit=unit,
            before=round(before / max(n_before, 1), 4),
            after=round(after / max(n_after, 1), 4),
            n_before=n_before,
            n_after=n_after,
        )
        for (file, metric, unit), (before, n_before, after, n_after) in sorted(sums.effects.items())
        if "#" not in file
    )


def _units(sums: Sums) -> tuple[UnitScore, ...]:
    return tuple(
        UnitScore(
            unit=unit,
            month=month,
            nps=round(100 * points / max(n, 1), 2),
            n=n,
            nps_honest=round(100 * honest / max(n_honest, 1), 2),
            n_honest=n_honest,
        )
        for (unit, month), (points, n, honest, n_honest) in sorted(sums.units.items())
    )
