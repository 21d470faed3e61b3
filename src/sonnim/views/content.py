"""What a report holds: frozen values, ready to be shown, in one language."""

from dataclasses import dataclass
from datetime import datetime

from sonnim.tables.answer import InputVersion
from sonnim.tables.step import Step
from sonnim.views.base import ChartSpec, TableSpec
from sonnim.views.findings import Finding


@dataclass(frozen=True, kw_only=True)
class SourceCount:
    """How much of one table came in.

    Attributes:
        table: Name of the canonical table.
        rows: Rows taken.
        rejected: Rows that could not be taken.
        first: Earliest time in it, or None.
        last: Latest time in it, or None.
    """

    table: str
    rows: int
    rejected: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What one customer wrote.

    Attributes:
        text: The text, shown as it is and never read as HTML.
        date: When it was said, or None.
        channel: Where it was said.
        rating: Rating given with it, or None.
        label: negative, neutral, positive or unsure; "" where it was not read.
        probability: How sure the label is, or None.
        message_id: Which message.
        rating_max: Greatest rating possible, or None.
        subject: What it is about.
    """

    text: str
    date: datetime | None
    channel: str
    rating: float | None
    label: str
    probability: float | None
    message_id: str
    rating_max: float | None = None
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class HowDoWeKnow:
    """The answer to "how do you know?" for one chart.

    Attributes:
        n: Answers or messages behind it.
        interval: What the interval means.
        method: How the numbers are computed, one sentence each.
        source: Name of the answer table.
        analyzer: Name and version of the analysis, or "".
        parameters: Its parameters as `name=value`.
        engine: What computed it, or "".
        steps: The SQL that was run.
        snapshots: The tables read, with their versions.
        model: The model that read the texts (name, or the text of its card), or "".
        caveats: What to beware of.
    """

    n: int
    interval: str
    method: tuple[str, ...]
    source: str
    analyzer: str = ""
    parameters: tuple[str, ...] = ()
    engine: str = ""
    steps: tuple[Step, ...] = ()
    snapshots: tuple[InputVersion, ...] = ()
    model: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SparkPoint:
    """One period of a card's small line."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Move:
    """A significant change of a key figure.

    Attributes:
        text: Its size.
        when: The period it happened in, or the one it is measured from.
        tone: `better`, `worse` or `same` (nobody can say).
        rising: Whether it went up.
    """

    text: str
    when: str
    tone: str
    rising: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """One key figure.

    Attributes:
        label: What it is.
        value: Its latest value, as text.
        sure: Interval and n, as text.
        when: The period it is of.
        move: The significant change against the period before, or None.
        steady: The words for no clear change; "" where there is one, or nothing before.
        last_move: The latest significant change before that: a fall may be months old.
        spark: Its course, oldest first.
    """

    label: str
    value: str
    sure: str
    when: str
    move: Move | None
    steady: str
    last_move: Move | None
    spark: tuple[SparkPoint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One chart with its "how do you know?"."""

    chart: ChartSpec
    how: HowDoWeKnow


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the report.

    Attributes:
        id: Anchor in the page.
        title: Its heading.
        lead: What it shows, in one sentence.
        headline: Its most important number in one sentence, or "".
        exhibits: Its charts.
        tables: Tables of all numbers.
        quotes: What customers wrote.
        notes: What to beware of here.
    """

    id: str
    title: str
    lead: str
    headline: str = ""
    exhibits: tuple[Exhibit, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportContent:
    """Everything a report shows.

    Attributes:
        company: Name of the company.
        language: Language of its texts.
        generated: When it was made, in the time zone of all its dates.
        period: The time it covers, as text; "" where nobody knows.
        cards: The key figures.
        findings: The headline findings, most important first.
        sections: The parts, in order.
        sources: Tables that say what came in and which analyses were run.
    """

    company: str
    language: str
    generated: datetime
    period: str
    cards: tuple[Card, ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    sources: tuple[TableSpec, ...]

    @property
    def zone(self) -> str:
        """Name of the time zone of its dates."""
        return self.generated.tzname() or "UTC"
