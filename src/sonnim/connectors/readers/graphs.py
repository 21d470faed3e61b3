"""What files of networks share: nodes and edges pass by, and become ties between people.

A row of the table is a tie from one person to another. An edge without a direction gives two, one
each way, of its full weight each; several edges between the same two, at the same time and of the
same kind, are one tie with the sum of their weights.

Who somebody is: the id of their node; but where ids only count the nodes (`0`, `n1`, …) and every
node has a label, the label. A label that several nodes bear has the id behind it.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import duckdb

from sonnim.connectors.base import ROW, Rejection
from sonnim.connectors.encodings import as_utf8, encoding_of
from sonnim.connectors.names import normal
from sonnim.connectors.readers.base import Handed, Opened
from sonnim.connectors.readers.scans import as_parquet, connected, temporary_file
from sonnim.connectors.readers.xml_events import Reading, passing
from sonnim.tables.errors import SkipError
from sonnim.tables.step import quoted

COLUMNS = (
    "from_id", "to_id", "from_label", "to_label", "time", "kind", "weight", "message_id",
    "directed",
)  # fmt: skip
"""Raw columns of a network; the preset `network` knows them."""

_HEAD = 8192

_ROLES = {
    "weight": ("weight", "가중치"),
    "kind": ("kind", "type", "relation", "relationship", "interaction", "종류", "관계"),
    "time": ("time", "date", "datetime", "timestamp", "createdat", "일시", "시간"),
    "message_id": ("messageid", "tweetid", "postid"),
    "label": ("label", "name", "이름"),
}
_RAW = ("number", "from_id", "to_id", "directed", "time", "kind", "weight", "message_id")
# A node is a row without a number, its label in the place of the other end.
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"(19|20)\d{6}|(19|20)\d{12}")
_COUNTING = "[A-Za-z]{0,2}[0-9]{1,15}"
_SPARSE = 10
"""Numbers of nodes up to so many times their count only count them."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_EPOCH, _SECOND, _MILLISECOND, _MICROSECOND = 1e8, 1e11, 1e14, 1e17


@lru_cache(maxsize=1024)
def place_of(name: str) -> tuple[str, int] | None:
    """What an attribute of a node or edge of that name is, and its place among its like, or None.

    Example:
        >>> place_of("Weight"), place_of("created_at"), place_of("x")
        (('weight', 0), ('time', 4), None)
    """
    plain = normal(name)
    return next(
        ((role, names.index(plain)) for role, names in _ROLES.items() if plain in names), None
    )


def by_role(attributes: dict[str, str]) -> dict[str, str]:
    """What attributes are; of several that are the same the first in our list is taken.

    Example:
        >>> by_role({"type": "b", "Kind": "a", "x": "c"})
        {'kind': 'a'}
    """
    found: dict[str, tuple[int, str]] = {}
    for name, text in attributes.items():
        place = place_of(name) if text else None
        if place is not None:
            role, rank = place
            found[role] = min(found.get(role, (rank, text)), (rank, text))
    return {role: text for role, (_, text) in found.items()}


def moment(text: str | None) -> str | None:
    """A time of an edge as text: numbers are seconds, or thousands or millions of them, since 1970.

    Numbers too small for that count from a beginning that nobody names: no time.

    Example:
        >>> moment("1.7E9"), moment("2024-03-05"), moment("3.0"), moment("-Infinity")
        ('2023-11-14T22:13:20+00:00', '2024-03-05', None, None)
    """
    text = (text or "").strip()
    if not text or _DATE.fullmatch(text):
        return text or None
    try:
        value = float(text)
    except ValueError:
        return text
    for most, unit in ((_SECOND, 1.0), (_MILLISECOND, 1e3), (_MICROSECOND, 1e6)):
        if _LEAST_EPOCH <= value < most:
            return (_EPOCH + timedelta(seconds=value / unit)).isoformat()
    return None


class Gathered:
    """Nodes and edges of a file, as they pass by.

    Attributes:
        edges: How many edges passed.
        rejected: Those that cannot be taken.
    """

    def __init__(self) -> None:
        self.edges = 0
        self.rejected: list[Rejection] = []
        self._rows: list[list[str | None]] = []

    def node(self, identity: str | None, label: str | None) -> None:
        """A node; one without an id is none that an edge could name."""
        if identity is not None:
            self._rows.append([None, identity, label])

    def edge(
        self,
        source: str | None,
        target: str | None,
        *,
        directed: bool,
        values: dict[str, str],
        times: tuple[str | None, ...] = (),
        wrong: str = "",
    ) -> None:
        """An edge.

        Args:
            source: Where it begins.
            target: Where it ends.
            directed: Whether it leads one way only.
            values: Its `time`, `kind`, `weight` and `message_id`, as far as it has them.
            times: When it was, if that is said apart from `values`; a tie for each.
            wrong: Why it cannot be taken, if that is known.
        """
        self.edges += 1
        weight = (values.get("weight") or "").strip()
        if not wrong and not (source and target):
            wrong = "from_id: missing" if not source else "to_id: missing"
        if not wrong and weight and not _is_number(weight):
            wrong = "weight: not a number"
        if wrong:
            self.reject(wrong, source, target)
            return
        for time in dict.fromkeys(map(moment, times or (values.get("time"),))):
            self._rows.append([
                str(self.edges), source, target, "true" if directed else "false", time,
                (values.get("kind") or "").strip() or None, weight or None,
                (values.get("message_id") or "").strip() or None,
            ])  # fmt: skip

    def reject(self, reason: str, source: str | None = None, target: str | None = None) -> None:
        """Rejects the edge that passed last."""
        self.rejected.append(Rejection(row=self.edges, reason=reason, raw=_ends(source, target)))

    def taken(self) -> list[list[str | None]]:
        """What passed since this was last asked."""
        rows, self._rows = self._rows, []
        return rows


def _ends(source: str | None, target: str | None) -> str:
    """The ends of an edge as JSON, as other rows are kept: whoever is erased is found there."""
    ends = {"from_id": source, "to_id": target}
    there = {name: end for name, end in ends.items() if end}
    return json.dumps(there, ensure_ascii=False) if there else ""


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and math.isfinite(float(text))


def opened(
    handed: Handed,
    gathered: Gathered,
    read: Callable[[Path], Iterator[None]],
    *,
    counted: bool = False,
) -> Iterator[Opened]:
    """The table of a file of a network.

    Args:
        handed: The file.
        gathered: What is read goes there.
        read: Reads it, in UTF-8; yields now and then, to bound memory.
        counted: Whether nodes are numbers by the format; those without a label need not be there.
    """
    path, _ = as_utf8(handed.path)

    def rows() -> Iterator[list[str | None]]:
        for _ in read(path):
            yield from gathered.taken()
        yield from gathered.taken()

    try:
        file, scan = as_parquet(list(_RAW), rows())
    finally:
        if path != handed.path:
            path.unlink(missing_ok=True)
    ties = temporary_file(".parquet")
    try:
        with connected() as connection:
            _name(connection, scan, counted)
            if not counted:
                _reject_missing(connection, scan, gathered)
            _write(connection, scan, ties, "LEFT" if counted else "INNER")
    except BaseException:
        ties.unlink(missing_ok=True)
        raise
    finally:
        file.unlink(missing_ok=True)
    yield Opened(
        label=handed.label,
        scan=f"read_parquet({quoted(str(ties))})",
        rejections=(*gathered.rejected, *handed.rejections),
        temporary=(ties,),
        numbered=True,
    )


class NetworkReading(Reading, Protocol):
    """A reading of a network that is XML."""

    @property
    def is_network(self) -> bool:
        """Whether the document is of that kind, as far as it was read."""
        ...


def likely_xml(root: str) -> Callable[[bytes, str], int]:
    """How much a file looks like XML with this root, which is its ending, too."""
    element = re.compile(rf"<(?:\w+:)?{root}[\s>]", re.IGNORECASE)

    def likeness(head: bytes, suffix: str) -> int:
        text = head[:_HEAD].decode(encoding_of(head[:_HEAD]), errors="replace")
        if text.lstrip("\ufeff \r\n\t").startswith("<") and element.search(text):
            return 3
        return 2 if suffix == f".{root}" else 0

    return likeness


def xml_read(
    label: str, kind: str, reading: NetworkReading, gathered: Gathered
) -> Callable[[Path], Iterator[None]]:
    """How `opened` reads a network that is XML.

    Args:
        label: Name of the file.
        kind: What people call the kind of file.
        reading: Is told of elements and texts.
        gathered: Where they go.
    """

    def read(path: Path) -> Iterator[None]:
        for broken in passing(path, label, reading):
            if broken and not reading.is_network:
                raise SkipError("files_broken", file=label, kind=kind)
            if broken:
                # What came before is good.
                gathered.edges += 1
                gathered.reject(broken)
            yield
        if not reading.is_network:
            raise SkipError("files_broken", file=label, kind=kind)

    return read


def _name(connection: duckdb.DuckDBPyConnection, scan: str, counted: bool) -> None:
    """Makes the table `named`: each node, its label, and who it is."""
    connection.execute(
        "CREATE TABLE nodes AS SELECT from_id AS id, min(nullif(trim(to_id), '')) AS label "
        f"FROM {scan} WHERE number IS NULL GROUP BY from_id"
    )
    number = "TRY_CAST(regexp_extract(id, '[0-9]+') AS BIGINT)"
    only_counts = connection.execute(
        "SELECT count(*) = count(label) AND coalesce(bool_and(regexp_full_match(id, "
        f"'{_COUNTING}')), false) AND max({number}) < {_SPARSE} * count(*) FROM nodes"
    ).fetchall()[0][0]
    who = "id"
    if counted or only_counts:
        # As people are told apart: without case, and blanks around.
        same = "count(*) OVER (PARTITION BY lower(trim(label)))"
        who = (
            f"CASE WHEN label IS NULL THEN id WHEN {same} > 1 THEN label || ' (' || id || ')' "
            "ELSE label END"
        )
    connection.execute(f"CREATE TABLE named AS SELECT id, label, {who} AS who FROM nodes")


def _reject_missing(connection: duckdb.DuckDBPyConnection, scan: str, gathered: Gathered) -> None:
    missing = connection.execute(
        "SELECT DISTINCT CAST(number AS BIGINT) AS n, coalesce(f.who, e.from_id), "
        f"coalesce(t.who, e.to_id) FROM (SELECT * FROM {scan} WHERE number IS NOT NULL) e "
        "LEFT JOIN named f ON f.id = e.from_id LEFT JOIN named t ON t.id = e.to_id "
        "WHERE f.id IS NULL OR t.id IS NULL ORDER BY n"
    ).fetchall()
    gathered.rejected += [
        Rejection(row=n, reason="the file has no such node", raw=_ends(source, target))
        for n, source, target in missing
    ]


def _write(connection: duckdb.DuckDBPyConnection, scan: str, file: Path, join: str) -> None:
    """Writes the ties: nodes by who they are, both ways where there is no direction."""
    rest = "time, kind, weight, message_id, directed"
    connection.execute(
        "COPY (WITH edges AS (SELECT CAST(e.number AS BIGINT) AS n, "
        "coalesce(f.who, e.from_id) AS from_id, coalesce(t.who, e.to_id) AS to_id, "
        f"f.label AS from_label, t.label AS to_label, {rest} "
        f"FROM (SELECT * FROM {scan} WHERE number IS NOT NULL) e "
        f"{join} JOIN named f ON f.id = e.from_id {join} JOIN named t ON t.id = e.to_id), "
        f"ways AS (SELECT n, from_id, to_id, from_label, to_label, {rest} FROM edges UNION ALL "
        f"SELECT n, to_id, from_id, to_label, from_label, {rest} FROM edges "
        "WHERE directed = 'false' AND from_id <> to_id) "
        f"SELECT min(n) AS {ROW}, from_id, to_id, min(from_label) AS from_label, "
        "min(to_label) AS to_label, time, kind, CASE WHEN count(*) = 1 THEN min(weight) "
        # Sums depend on their order in the last digits, and the same file must give the same rows.
        "ELSE printf('%.12g', sum(coalesce(CAST(weight AS DOUBLE), 1e0))) END AS weight, "
        "message_id, min(directed) AS directed FROM ways "
        f"GROUP BY from_id, to_id, time, kind, message_id ORDER BY {ROW}, from_id, time) "
        f"TO {quoted(str(file))} (FORMAT parquet, USE_TMP_FILE false)"
    )
