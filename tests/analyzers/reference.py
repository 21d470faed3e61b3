"""The analyzers once more, in plain Python, NumPy and scipy, row by row and without any SQL.

Written from the papers and the analyzers' pages, not from their SQL: values are kept as lists and
never as sums, quantiles and corrections come from scipy.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy import stats

from sonnim.language.confusions import Confusion

Z = stats.norm.ppf(0.975)
WINDOWS = {"day": (7, 28, 14), "week": (4, 26, 8), "month": (3, 12, 4), "quarter": (1, 4, 3),
           "year": (1, 4, 3)}  # fmt: skip
FAMILIES = (
    ("p_value", "q_value", "significant", "change"),
    ("usual_p_value", "usual_q_value", "unusual", "usual"),
)
PLACES = ("unit", "subject", "channel")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One value of one metric, with where and when it was said."""

    metric: str
    value: float
    time: datetime
    unit: str | None = None
    subject: str | None = None
    channel: str | None = None
    scale: tuple[float, float] = (0.0, 0.0)


@dataclass(kw_only=True)
class Cell:
    """One row of an answer, worked out by hand; names are those of the columns."""

    level: str
    place: str | None
    period: datetime | None
    metric: str
    scale: tuple[float, float]
    values: list[float]
    columns: dict[str, float | int | bool | None] = field(default_factory=dict)


def start_of(time: datetime, period: str) -> datetime:
    """The start of the calendar period in UTC."""
    day = time.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    if period == "year":
        return day.replace(month=1, day=1)
    return day


def end_of(start: datetime, period: str) -> datetime:
    """The start of the next period."""
    days = {"day": 1, "week": 7, "month": 32, "quarter": 94, "year": 370}[period]
    return start_of(start + timedelta(days=days), period)


def cells_of(said: Sequence[Said], period: str, least: int) -> list[Cell]:
    """Every cell with its values: in all and per place, over the whole time and per period."""
    groups: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for one in said:
        for level in ("all", *PLACES):
            place = None if level == "all" else getattr(one, level)
            if level != "all" and not place:
                continue
            for when in (None, start_of(one.time, period)):
                groups[level, place, when, one.metric, one.scale].append(one.value)
    return [
        Cell(level=str(key[0]), place=key[1], period=key[2], metric=str(key[3]), scale=key[4],
             values=values)  # type: ignore[arg-type]
        for key, values in groups.items()
        if key[0] == "all" or len(values) >= least
    ]  # fmt: skip


def permutation_p(one: Sequence[float], other: Sequence[float]) -> float:
    """Two-sided p of the difference of means by a Pearson III curve (Wilson-Hilferty)."""
    every = np.concatenate([np.asarray(one, float), np.asarray(other, float)])
    n, m, size = len(one), len(other), len(every)
    if np.ptp(every) == 0:
        return 1.0
    # Mean of n drawn without replacement: variance and third moment by Cochran (1977), 2.
    centred = every - every.mean()
    m2, m3 = np.mean(centred**2), np.mean(centred**3)
    variance = m2 * m / (n * (size - 1))
    z = centred[:n].mean() / math.sqrt(variance)
    skew = 0.0
    if size > 2:
        skew = m3 * m * (size - 2 * n) / (n**2 * (size - 1) * (size - 2)) / variance**1.5
    if abs(skew) < 1e-3:
        normal = z - skew * (z * z - 1) / 6
    else:
        normal = 6 / skew * (np.cbrt(max(1 + skew * z / 2, 0)) - 1) + skew / 6
    return float(2 * stats.norm.sf(abs(normal)))


def with_comparisons(
    cells: Sequence[Cell],
    period: str,
    value: Callable[[Cell, Sequence[float]], float],
    interval: Callable[[Cell, Sequence[float]], tuple[float, float]],
    alpha: float = 0.05,
) -> list[Cell]:
    """The cells with value, interval, change, recent, usual and what is significant."""
    recent, usual, least = WINDOWS[period]
    series: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        low, high = interval(cell, cell.values)
        cell.columns = {"value": value(cell, cell.values), "low": low, "high": high,
                        "n": len(cell.values)}  # fmt: skip
        for name in ("change", "p_value", "recent", "recent_low", "recent_high", "recent_n",
                     "usual", "usual_low", "usual_high", "usual_n", "usual_p_value"):  # fmt: skip
            cell.columns[name] = None
        if cell.period:
            series[cell.level, cell.place, cell.metric, cell.scale].append(cell)
    for line in series.values():
        line.sort(key=lambda cell: cell.period or datetime.min)
        for i, cell in enumerate(line):
            if i:
                before = line[i - 1].values
                change = value(cell, cell.values) - value(cell, before)
                cell.columns["change"] = change
                cell.columns["p_value"] = permutation_p(cell.values, before)
            first = max(0, i - recent + 1)
            past = line[max(0, first - usual) : first] if i >= recent - 1 else []
            if len(past) < least:
                continue
            here = [v for one in line[first : i + 1] for v in one.values]
            there = [v for one in past for v in one.values]
            for name, values in (("recent", here), ("usual", there)):
                low, high = interval(cell, values)
                cell.columns |= {name: value(cell, values), f"{name}_low": low,
                                 f"{name}_high": high, f"{name}_n": len(values)}  # fmt: skip
            cell.columns["usual_p_value"] = permutation_p(here, there)
    return corrected(cells, alpha)


def corrected(cells: Sequence[Cell], alpha: float) -> list[Cell]:
    """q-values by scipy within each level and metric, and what they make significant."""
    families: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        families[cell.level, cell.metric].append(cell)
    for family in families.values():
        for p, q, said, known in FAMILIES:
            tested = [cell for cell in family if cell.columns[p] is not None]
            found = stats.false_discovery_control([cell.columns[p] for cell in tested] or [1.0])
            for cell in family:
                cell.columns[q] = None
                cell.columns[said] = None if cell.columns[known] is None else False
            for cell, value in zip(tested, found, strict=False):
                cell.columns[q] = float(value)
                if cell.columns[said] is not None:
                    cell.columns[said] = bool(value < alpha)
    return list(cells)


# satisfaction


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson's interval; scipy's, where the successes are whole."""
    if float(successes).is_integer():
        found = stats.binomtest(round(successes), n).proportion_ci(0.95, "wilson")
        return float(found.low), float(found.high)
    p = successes / n
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return middle - half, middle + half


def adjusted_wald(scores: Sequence[float]) -> tuple[float, float]:
    """Rocks (2016): 3 answers more, 3/4 of them promoters and 3/4 detractors."""
    n = len(scores) + 3
    p = (sum(s > 0 for s in scores) + 0.75) / n
    d = (sum(s < 0 for s in scores) + 0.75) / n
    half = Z * math.sqrt((p + d - (p - d) ** 2) / n)
    return max(-100.0, 100 * (p - d - half)), min(100.0, 100 * (p - d + half))


def satisfaction_interval(cell: Cell, values: Sequence[float]) -> tuple[float, float]:
    if cell.metric == "nps":
        return adjusted_wald(values)
    if cell.metric in ("csat", "rating_csat"):
        return wilson(sum(values), len(values))
    low, high = cell.scale
    mean = float(np.mean(values))
    if len(values) < 2 or np.ptp(values) == 0:
        ends = wilson(len(values) * (mean - low) / (high - low), len(values))
        return low + (high - low) * ends[0], low + (high - low) * ends[1]
    found = stats.t.interval(0.95, len(values) - 1, mean, stats.sem(values))
    return max(low, float(found[0])), min(high, float(found[1]))


def satisfaction(said: Sequence[Said], period: str = "month", least: int = 5) -> list[Cell]:
    """What `satisfaction` must say of these values."""
    return with_comparisons(
        cells_of(said, period, least), period,
        lambda cell, values: float(np.mean(values)), satisfaction_interval,
    )  # fmt: skip


# voices


def worth(confusion: np.ndarray, side: int) -> np.ndarray:
    """Weighted least squares by the pseudo-inverse (Moore-Penrose)."""
    root = np.diag(1 / np.sqrt(confusion.mean(axis=0)))
    found: np.ndarray = (np.linalg.pinv(root @ confusion.T) @ root)[side]
    return found


class Worth(float):
    """What one message counts for a share: also how far it lies from that, and how sure it is.

    Attributes:
        noise: Variance of the message's own mood around the value.
        doubt: Standard error of the value.
    """

    noise: float
    doubt: float

    def __new__(cls, value: float, noise: float = 0.0, doubt: float = 0.0) -> "Worth":
        made = super().__new__(cls, value)
        made.noise, made.doubt = noise, doubt
        return made


def doubt(
    confusion: np.ndarray, texts: Sequence[int], side: int, apart: Sequence[float] = (0, 0, 0)
) -> np.ndarray:
    """Standard error of each label's worth: one multinomial sample for each true mood.

    `apart` is how far kinds of texts differ there.
    """
    every = np.array([worth(confusion, one) for one in range(3)])
    rows = [np.diag(row) - np.outer(row, row) for row in confusion]
    errors = [math.sqrt(every[side] @ row @ every[side] / n + more**2)
              for row, n, more in zip(rows, texts, apart, strict=True)]  # fmt: skip
    found: np.ndarray = np.array(errors) @ every
    return found


def apart(
    languages: dict[str, tuple[np.ndarray, Sequence[Confusion]]], language: str, side: int
) -> list[float]:
    """For each true mood, how far what its texts add to a share is off on another kind of texts.

    By analysis of variance between the sets of each language: their variance, less that by chance;
    and once more for the mean of the language's own sets, each weighing by its texts.
    """
    found = []
    for true in range(3):
        squares, freedom = 0.0, 0
        for confusion, sets in languages.values():
            values = worth(confusion, side)
            known = [one for one in sets if one.measured_on[true] >= 50]
            means = [float(one.shares[true] @ values) for one in known]
            # Not around the mean: a card's rows are rounded, and sum to one but for that.
            chance = [
                (float(one.shares[true] @ values**2) - mean**2) / one.measured_on[true]
                for one, mean in zip(known, means, strict=True)
            ]
            if len(known) > 1:
                squares += (len(known) - 1) * (np.var(means, ddof=1) - np.mean(chance))
                freedom += len(known) - 1
        means_off = []
        for name in [language] if language in languages else languages:
            texts = np.array([one.measured_on[true] for one in languages[name][1]])
            means_off.append(sum((n / texts.sum()) ** 2 for n in texts))
        found.append(math.sqrt(max(squares, 0.0) / freedom * (1 + max(means_off))))
    return found


def share_interval(values: Sequence[float], prior: Sequence[float]) -> tuple[float, float]:
    """One message of each label more, then Wald's interval, within 0 and 1 and around the value.

    Wider by the noise of messages and by the doubt they share.
    """
    every = np.concatenate([values, prior])
    said = [one for one in values if isinstance(one, Worth)]
    noise = sum(one.noise for one in said) / len(every)
    shared = sum(one.doubt for one in said) / len(values)
    half = Z * math.sqrt((np.var(every) + noise) / len(every) + shared**2)
    value = share(values)
    low, high = (min(1.0, max(0.0, float(np.mean(every) + s * half))) for s in (-1, 1))
    return min(low, value), max(high, value)


def share(values: Sequence[float]) -> float:
    """The corrected share, which chance may push beyond its bounds."""
    return min(1.0, max(0.0, float(np.mean(values))))


def voices(
    said: Sequence[Said], prior: dict[str, Sequence[float]], period: str = "month", least: int = 5
) -> list[Cell]:
    """What `voices` must say: `said` holds a `volume` of 1 a message and the worth of its label."""
    shares = with_comparisons(
        cells_of([one for one in said if one.metric != "volume"], period, least), period,
        lambda cell, values: share(values),
        lambda cell, values: share_interval(values, prior[cell.metric]),
    )  # fmt: skip
    counted = [one for one in said if one.metric == "volume"]
    times = [one.time for one in counted]
    volume = cells_of(counted, period, least)
    _volumes(volume, period, min(times), max(times))
    return [*shares, *corrected(volume, 0.05)]


def _volumes(cells: Sequence[Cell], period: str, first: datetime, last: datetime) -> None:
    recent, usual, least = WINDOWS[period]
    series: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        n = len(cell.values)
        low, high = _poisson(n)
        cell.columns = dict.fromkeys(
            ("change", "p_value", "recent", "recent_low", "recent_high", "recent_n", "usual",
             "usual_low", "usual_high", "usual_n", "usual_p_value")
        )  # fmt: skip
        cell.columns |= {"value": float(n), "low": low, "high": high, "n": n}
        if cell.period:
            series[cell.level, cell.place].append(cell)

    def days(cell: Cell) -> float:
        assert cell.period
        begin, end = max(cell.period, first), min(end_of(cell.period, period), last + _DAY)
        return max(1.0, (end - begin) / _DAY)

    for line in series.values():
        line.sort(key=lambda cell: cell.period or datetime.min)
        for i, cell in enumerate(line):
            n = len(cell.values)
            if i:
                before = line[i - 1]
                total = n + len(before.values)
                part = days(cell) / (days(cell) + days(before))
                cell.columns["change"] = float(n - len(before.values))
                z = (n - total * part) / math.sqrt(total * part * (1 - part))
                cell.columns["p_value"] = float(2 * stats.norm.sf(abs(z)))
            start = max(0, i - recent + 1)
            past = line[max(0, start - usual) : start] if i >= recent - 1 else []
            if len(past) < least:
                continue
            here = line[start : i + 1]
            count, length = sum(len(c.values) for c in here), sum(map(days, here)) / recent
            rates = [len(c.values) / days(c) for c in past]
            mean = float(np.mean(rates))
            spread = max(float(np.var(rates, ddof=1)), mean / length)
            half = stats.t.ppf(0.975, len(past) - 1) * math.sqrt(spread / len(past))
            t = (count / recent / length - mean) / math.sqrt(spread * (1 / recent + 1 / len(past)))
            low, high = _poisson(count)
            cell.columns |= {
                "recent": count / recent, "recent_low": low / recent, "recent_high": high / recent,
                "recent_n": count, "usual": mean * length,
                "usual_low": max(0.0, mean - half) * length, "usual_high": (mean + half) * length,
                "usual_n": sum(len(c.values) for c in past),
                "usual_p_value": float(2 * stats.t.sf(abs(t), len(past) - 1)),
            }  # fmt: skip


def _poisson(n: int) -> tuple[float, float]:
    return max(0.0, math.sqrt(n) - Z / 2) ** 2, (math.sqrt(n + 1) + Z / 2) ** 2


_DAY = timedelta(days=1)
