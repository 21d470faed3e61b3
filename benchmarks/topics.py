"""Topics: do they cohere, do they come again, do they find what was planted, and how fast.

`python -m benchmarks topics`

Coherence is the mean NPMI of a topic's ten best words on texts that the topics were not found in;
stability, how much alike (Jaccard of the ten best words, matched one to one) the topics of two
random halves are. Peers, on the same words of the same texts and with as many topics: NMF of tf-idf
and LDA from scikit-learn, if it is installed. In the demo world the issues are known: each is
looked for among the topics, and the topic that holds it best is measured by the messages of the
issue's days and branch.
"""

import importlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
from numpy.typing import NDArray
from training.mood.data import SHARED

from benchmarks.measuring import measured
from benchmarks.sheet import Figure
from sonnim.analyzers.topics_fit import Said, npmi, said, together
from sonnim.analyzers.topics_found import FINE, HALF, SCALE, Topic, Wanted, find
from sonnim.language.terms import concepts, terms
from sonnim.workspace.demo_run import Demo
from sonnim.workspace.world.truth import PlantedTruth

ROWS = 100_000
_TEXTS = 40_000
_BEST = 10
_SEED = 7
_CORPORA = {
    "films, ko": ("nsmc/reviews_to_2014.parquet", "text"),
    "tweets, en": ("tweeteval/sentiment.csv", "text"),
    "support tweets, en": ("twcs_sample/twcs_5000.csv", "text"),
}
_FILES = ("reviews.csv", "delivery_reviews.csv", "posts.csv", "tickets.csv", "survey.csv")

Words = Sequence[Sequence[str]]
"""Terms of texts, or best words of topics."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """How well one topic holds one planted issue.

    Attributes:
        precision: Share of the topic's messages, of the issue's days and branch, that are of it.
        recall: Share of the issue's messages that are of the topic.
        label: The topic's label.
    """

    precision: float
    recall: float
    label: str

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures topics; `folder` is for scratch, `rows` a smaller number for a quick look."""
    count = rows or ROWS
    tell(f"topics: a demo world of {count:,} messages")
    demo = Demo.begin(folder / "demo", seed=_SEED, messages=count)
    for added in demo.adding():
        if added.problem:
            raise RuntimeError(added.problem)
    tell("topics: run")
    first = measured("run", demo.workspace.folder, "topics")
    found = [
        Figure(
            "topics: time for 100,000 messages",
            first.seconds * 100_000 / count,
            "s",
            f"demo world, {count:,} messages; from texts to committed tables",
            most=300,
        ),
        Figure("topics: most memory", first.peak / 2**20, "MiB", "process and children", most=1536),
    ]
    found += _planted(demo)
    texts = _said_in(demo)
    found += compared("demo world", texts[: min(len(texts), _TEXTS)], tell)
    for name, (file, column) in _CORPORA.items():
        if not (SHARED / file).is_file():
            note = "skipped: the texts are not here; set SONNIM_SHARED_DATA to their folder"
            found.append(Figure(f"topics, {name}", None, "NPMI", note))
            continue
        found += compared(name, _read(SHARED / file, column, min(count, _TEXTS)), tell)
    return found


def compared(name: str, texts: Sequence[str], tell: Callable[[str], None]) -> Iterator[Figure]:
    """Coherence and stability of the topics of texts, beside those of the peers."""
    tell(f"topics: {name}, {len(texts):,} texts")
    words = [row for start in range(0, len(texts), 4_000) for row in terms(texts[start:][:4_000])]
    # Three parts: two to find topics in, the third to judge them by.
    part = np.array([zlib.crc32(f"{_SEED}:{at}".encode()) % 3 for at in range(len(words))])
    sides = [[words[at] for at in np.flatnonzero(part == side)] for side in range(3)]
    topics = [
        [one for one in find(side, _halves(side), (), Wanted()) if one.level == FINE]
        for side in sides[:2]
    ]
    vocabularies = [_vocabulary(side) for side in sides[:2]]
    note = f"{len(texts):,} texts, a third to judge by; {len(topics[0])} topics"
    peers: dict[str, list[Words] | None] = {
        "sonnim": [[_meant(one.terms[:_BEST]) for one in side] for side in topics]
    }
    for peer in ("NMF", "LDA"):
        peers[peer] = _peer(peer, vocabularies, [len(side) for side in topics])
    for who, best in peers.items():
        if best is None:
            yield Figure(f"topics, {name}, {who}: coherence", None, "NPMI", "not installed")
            continue
        judged = float(np.mean([coherence(side, sides[2]) for side in best]))
        yield Figure(f"topics, {name}, {who}: coherence", judged, "NPMI", note)
        yield Figure(f"topics, {name}, {who}: stability", stability(*best), "Jaccard", note)
    yield Figure(
        f"topics, {name}, sonnim: about no topic", outliers(topics[0], sides[2]), "share", note
    )


def coherence(topics: Words, texts: Words) -> float:
    """Mean over topics of the mean NPMI of pairs of their words, counted in these texts.

    A word that these texts do not have is never together with another (-1).

    >>> coherence([["a", "b"]], [["a", "b"], ["a", "b"], ["c"], ["d"]])
    1.0
    """
    same = concepts()
    every = sorted({word for topic in topics for word in topic})
    place = {word: at for at, word in enumerate(every)}
    rows = [
        sorted({place[same.get(word, word)] for word in text if same.get(word, word) in place})
        for text in texts
    ]
    with np.errstate(invalid="ignore"):
        information = npmi(together(rows, len(every)), len(rows))
    means = []
    for topic in topics:
        at = [place[word] for word in topic]
        pairs = information[np.ix_(at, at)][np.triu_indices(len(at), 1)]
        means.append(float(pairs.mean()) if pairs.size else 0.0)
    return float(np.mean(means)) if means else 0.0


def stability(one: Words, other: Words) -> float:
    """Mean Jaccard of the words of topics, matched one to one, best pair first.

    Topics of the larger side that find no match count as 0.

    >>> stability([["a", "b"], ["c", "d"]], [["c", "d"]])
    0.5
    """
    alike = sorted(
        (
            (len({*left} & {*right}) / len({*left} | {*right}), i, j)
            for i, left in enumerate(one)
            for j, right in enumerate(other)
            if left or right
        ),
        key=lambda pair: (-pair[0], pair[1:]),
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    total = 0.0
    for value, i, j in alike:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            total += value
    return total / max(len(one), len(other), 1)


def outliers(topics: Sequence[Topic], texts: Words) -> float:
    """Share of texts that are about none of the topics."""
    strengths: dict[str, list[tuple[int, int]]] = {}
    for topic in topics:
        for term, strength in topic.strengths:
            strengths.setdefault(term, []).append((topic.topic_id, strength))
    none = 0
    for text in texts:
        total: dict[int, int] = {}
        for word in text:
            for topic_id, strength in strengths.get(word, ()):
                total[topic_id] = total.get(topic_id, 0) + strength
        none += max(total.values(), default=0) < HALF * SCALE
    return none / max(len(texts), 1)


def held(
    truth: PlantedTruth, about: Mapping[str, set[str]], labels: Mapping[str, str], read: set[str]
) -> dict[str, Held]:
    """For each planted issue the topic that holds it best.

    Args:
        truth: What was planted.
        about: Of each topic its messages.
        labels: Of each topic its label.
        read: The messages that were read.
    """
    issues: dict[str, set[str]] = {}
    places = {}
    zone = ZoneInfo(truth.timezone)
    for row in truth.rows("texts"):
        key = f"{row['file'].removesuffix('.csv')}:{row['id']}"
        if row["file"] not in _FILES or key not in read:
            continue
        places[key] = (datetime.fromisoformat(row["time"]).replace(tzinfo=zone), row["branch"])
        if row["issue"]:
            issues.setdefault(row["issue"], set()).add(key)
    found = {}
    for issue in truth.issues:
        of_it = issues.get(issue.issue_id, set())
        begin = datetime.combine(issue.start, time(), tzinfo=zone)
        end = datetime.combine(issue.end, time(), tzinfo=zone) + timedelta(days=1) if (
            issue.end
        ) else datetime.max.replace(tzinfo=UTC)  # fmt: skip
        # What is said of it elsewhere or later (by who moved, of who heard) is of it, too.
        there = of_it | {
            key
            for key, (when, branch) in places.items()
            if begin <= when < end and issue.branch in ("", branch)
        }
        best = Held(precision=0.0, recall=0.0, label="-")
        for topic, messages in about.items():
            both = len(messages & of_it)
            if both:
                one = Held(
                    precision=both / max(len(messages & there), 1),
                    recall=both / len(of_it),
                    label=labels[topic],
                )
                best = max(best, one, key=lambda held: held.f1)
        found[issue.title] = best
    return found


def _planted(demo: Demo) -> Iterator[Figure]:
    topic, topics = (demo.workspace.table(name) for name in ("topic", "topics"))
    fine = {
        str(key): label
        for key, label, level in zip(
            *(topics.column(name).to_pylist() for name in ("topic_id", "label", "level")),
            strict=True,
        )
        if level == FINE
    }
    about: dict[str, set[str]] = {key: set() for key in fine}
    ids, keys = (topic.column(name).to_pylist() for name in ("message_id", "topic_id"))
    for message_id, key in zip(ids, keys, strict=True):
        if key is not None:
            about[str(key)].add(message_id)
    read = set(ids)
    found = held(demo.truth, about, fine, read)
    for title, one in found.items():
        note = f"topic “{one.label}”"
        yield Figure(f"topics, planted, {title}: precision", one.precision, "share", note)
        yield Figure(f"topics, planted, {title}: recall", one.recall, "share", note)
    mean = float(np.mean([one.f1 for one in found.values()]))
    yield Figure("topics, planted: mean F1", mean, "share", f"{len(found)} issues")
    none = sum(key is None for key in keys)
    note = f"{len(fine)} fine topics"
    yield Figure("topics, demo world: about no topic", none / len(read), "share", note)


def _said_in(demo: Demo) -> list[str]:
    messages = demo.workspace.table("message", order=("message_id",))
    texts, sides = (messages.column(name).to_pylist() for name in ("text", "direction"))
    return [text for text, side in zip(texts, sides, strict=True) if text and side != "out"]


def _read(file: Path, column: str, count: int) -> list[str]:
    rows = duckdb.execute(
        f"SELECT {column} FROM '{file}' WHERE {column} IS NOT NULL "
        f"ORDER BY md5({column} || '{_SEED}') LIMIT {count}"
    ).fetchall()
    return [str(text) for (text,) in rows]


def _halves(side: Words) -> list[int]:
    return [zlib.crc32(str(at).encode()) & 1 for at in range(len(side))]


def _vocabulary(side: Words) -> Said:
    return said(side, _halves(side), least=max(5, round(len(side) * 0.0003)), most=2_500)


def _meant(words: Sequence[str]) -> list[str]:
    same = concepts()
    return list(dict.fromkeys(same.get(word, word) for word in words))


def _peer(name: str, given: Sequence[Said], counts: Sequence[int]) -> list[Words] | None:
    """Best words of the topics that a peer finds in the same words of the same texts."""
    try:
        models = importlib.import_module("sklearn.decomposition")
        weighting = importlib.import_module("sklearn.feature_extraction.text")
        sparse = importlib.import_module("scipy.sparse")
    except ImportError:
        return None
    found: list[Words] = []
    for one, count in zip(given, counts, strict=True):
        flat = np.array([at for row in one.rows for at in row], dtype=np.int64)
        owner = np.repeat(np.arange(len(one.rows)), [len(row) for row in one.rows])
        matrix = sparse.csr_matrix(
            (np.ones(len(flat)), (owner, flat)), shape=(len(one.rows), len(one.vocabulary))
        )
        if name == "NMF":
            model = models.NMF(max(count, 1), init="nndsvd", random_state=0, max_iter=400)
            matrix = weighting.TfidfTransformer().fit_transform(matrix)
        else:
            model = models.LatentDirichletAllocation(
                max(count, 1), learning_method="online", random_state=0
            )
        model.fit(matrix)
        weights: NDArray[np.float64] = model.components_
        best = np.argsort(-weights, axis=1, kind="stable")[:, :_BEST]
        found.append([[one.vocabulary[at] for at in row] for row in best])
    return found
