"""What exactly do they like and dislike: which aspect of what, in which words?

Method: where opinions stand in a message was found by `reading`; here each is shown with its words,
    and the catalogue of aspects (the default one, or the company's own in `sonnim.toml`) names its
    category. A message may hold several, also of opposite polarity; where what is spoken of is
    only implied, the words alone are an opinion. Polarity is the mean of what target and words say.
Source: Pontiki et al. 2014 (SemEval-2014 Task 4: the task and its measures).
Limits: needs the extra `accurate`; accuracy by kind of text is in docs/models/reader.md. Categories
    are looked up by words: an aspect that the catalogue does not know has none. What is shown of a
    message is masked as quotes are.
Quality: measured
"""

import json
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.engines.base import Engine
from sonnim.language.aspect_list import Category, Own
from sonnim.language.aspects import Catalogue
from sonnim.language.opinions import Opinion, unpacked
from sonnim.language.pii import mask
from sonnim.language.reader import PACKAGES
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import OPINION, READING
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_READ = TableSchema(
    name="opinions_read",
    version=1,
    meaning="A message with where its opinions stand",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="title", meaning="Its title"),
        Column(name="text", meaning="Its text"),
        Column(name="opinions", type=ColumnType.STRINGS, meaning="Where its opinions stand"),
    ),
)
_JOIN = ". "
"""Between title and text, as `texts_step` joins them."""


@dataclass(frozen=True, kw_only=True)
class OpinionsParameters:
    """Parameters of `opinions`."""

    aspects: str = parameter(
        "", Limit(meaning="The company's own catalogue as JSON; filled in from sonnim.toml")
    )
    probability: float = parameter(
        0.0, Limit(meaning="Least probability of the polarity", low=0, high=1)
    )


@dataclass(frozen=True)
class _Shown:
    """One opinion as it is shown.

    Attributes:
        place: "title" or "text".
        start: First character of the target, or of the words where there is no target.
        end: Behind the last.
        target: What is spoken of.
        words: What is said of it.
    """

    place: str
    start: int
    end: int
    target: str
    words: str


@cache
def catalogue(aspects: str) -> Catalogue:
    """The default catalogue with the company's own, loaded once a process.

    Args:
        aspects: An `Own` as JSON, as `in_words` writes it; "" for none.

    Example:
        >>> own = Own(categories=(Category(id="ours", ko="우리 앱", en="our app",
        ...                                targets=("마이샵앱",)),))
        >>> catalogue(in_words(own)).category("마이샵앱", "느려요").category
        'ours'
    """
    if not aspects:
        return Catalogue.load()
    said: dict[str, Any] = json.loads(aspects)
    categories = [Category(**_tuples(one)) for one in said.pop("categories")]
    return Catalogue.load(Own(categories=tuple(categories), **_tuples(said)))


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no tuples."""
    return {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}


def in_words(own: Own) -> str:
    """The company's own catalogue as the value of the parameter `aspects`; "" for none."""
    return "" if own == Own() else json.dumps(asdict(own), ensure_ascii=False, sort_keys=True)


def shown(title: str, text: str, one: Opinion) -> _Shown:
    """An opinion in its title or text.

    Example:
        >>> shown("배송 최악", "맛은 좋아요", Opinion((7, 8), (10, 13), "positive", 0.9))
        _Shown(place='text', start=0, end=1, target='맛', words='좋아요')
    """
    behind = len(title) + len(_JOIN) if title else 0
    whole = title + _JOIN + text if title else text
    start, end = one.target if one.target[1] else one.words
    in_title = start < behind
    first = 0 if in_title else behind
    last = len(title) if in_title else len(whole)
    return _Shown(
        place="title" if in_title else "text",
        start=start - first,
        end=min(end, last) - first,
        target=mask(whole[slice(*one.target)]),
        words=mask(whole[slice(*one.words)]),
    )


def unfold(read: RecordBatch, parameters: OpinionsParameters) -> RecordBatch:
    """The opinions of a batch of messages, a row each."""
    ids = read.column("message_id").to_pylist()
    titles, texts = strings(read, "title"), strings(read, "text")
    rows: list[tuple[str, int, _Shown, Opinion, str]] = []
    for at, found in enumerate(read.column("opinions").to_pylist()):
        kept = [
            one
            for one in unpacked([piece for piece in found or () if piece])
            if one.probability >= parameters.probability
        ]
        rows += [
            (ids[at], number, shown(titles[at], texts[at], one), one, texts[at])
            for number, one in enumerate(kept, 1)
        ]
    named = catalogue(parameters.aspects).find(
        [one.target for _, _, one, _, _ in rows],
        [one.words for _, _, one, _, _ in rows],
        [text for *_, text in rows],
    )
    return batch(
        OPINION,
        {
            "message_id": [row[0] for row in rows],
            "number": [row[1] for row in rows],
            "place": [row[2].place for row in rows],
            "start": [row[2].start for row in rows],
            "end": [row[2].end for row in rows],
            "target": [row[2].target or None for row in rows],
            "category": [one.category or None for one in named],
            "category_probability": [one.sure if one.category else None for one in named],
            "words": [row[2].words or None for row in rows],
            "polarity": [row[3].polarity for row in rows],
            "probability": [row[3].probability for row in rows],
        },
    )


def step() -> Step:
    """Messages that hold an opinion, with their texts."""
    return Step(
        name="opinions_read",
        sql=(
            "SELECT m.message_id, m.title, m.text, r.opinions FROM reading r "
            "JOIN message m ON m.message_id = r.message_id WHERE size(r.opinions) > 0"
        ),
        inputs=("reading", "message"),
        output=_READ,
        note="Where opinions stand, beside the texts they stand in",
    )


def analyze(engine: Engine, parameters: OpinionsParameters) -> Answer:
    """Shows and names every opinion."""
    reading = step()
    read = engine.run([reading])
    table = engine.map(partial(unfold, parameters=parameters), read, OPINION, name=OPINION.name)
    return Answer(tables=(table,), steps=(reading,), caveats=(Caveat(key="caveat_opinions"),))


ANALYZER = Analyzer(
    name="opinions",
    version="1",
    reads=(
        Reads(schema=READING, columns=("opinions",)),
        Reads(schema=MESSAGE, columns=("text",), also=("title",)),
    ),
    writes=(OPINION,),
    analyze=analyze,
    parameters=OpinionsParameters,
    packages=PACKAGES,
    quality="measured",
)
