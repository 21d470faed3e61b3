"""What is kept of an erasure: digests, by which erased people stay erased, and who erased when."""

from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema

_TIME = Column(
    name="time", type=ColumnType.TIMESTAMP, meaning="When it was erased", unit="UTC", required=True
)

ERASED = TableSchema(
    name="erased",
    version=1,
    meaning="One identifier that must not come back",
    key=("digest",),
    time="time",
    columns=(
        Column(
            name="digest",
            meaning="SHA-256 of the workspace's erasure key, the kind and the identifier",
            privacy=Privacy.PSEUDONYM,
            required=True,
        ),
        Column(name="kind", meaning="person, row (message, event or answer) or thread"),
        _TIME,
    ),
)

ERASURE = TableSchema(
    name="erasure",
    version=1,
    meaning="One person erased",
    key=("time", "digest"),
    time="time",
    columns=(
        _TIME,
        Column(
            name="digest",
            meaning="Digest of the person, as in erased",
            privacy=Privacy.PSEUDONYM,
            required=True,
        ),
        Column(
            name="erased_by", meaning="Who gave the command: user name", privacy=Privacy.PERSONAL
        ),
        Column(name="removed", type=ColumnType.LONG, meaning="Rows removed", unit="rows"),
        Column(
            name="changed",
            type=ColumnType.LONG,
            meaning="Rows of others that named the person and do so no more",
            unit="rows",
        ),
        Column(
            name="files",
            type=ColumnType.LONG,
            meaning="Data files of older snapshots removed",
            unit="files",
        ),
        Column(
            name="tables", type=ColumnType.STRINGS, meaning="Tables that rows were removed from"
        ),
    ),
)

RECORDS = (ERASED, ERASURE)
