"""Presets: recognised by their marks, declared columns in order, parts of one raw row."""

from dataclasses import replace
from pathlib import Path

import pytest

import sonnim
from sonnim.connectors.base import Payload, RawColumn
from sonnim.connectors.files import CONNECTOR
from sonnim.connectors.preset import Preset, Rows, To, filled, likeness, mapping_of
from sonnim.connectors.recognise import presets, recognised
from sonnim.connectors.shape import shape
from sonnim.connectors.times import TimeReading
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.bookmark import Bookmark

SHOP = Preset(
    name="shop",
    title="Shop",
    title_ko="가게",
    certain="observed",
    needs=(("Review ID",), ("Body", "Text")),
    values=(("body", r"\w"),),
    timezone="Asia/Seoul",
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("review id",)),
                To(column="time", names=("Written",), format="%Y.%m.%d"),
                To(column="text", names=("Body", "Text")),
                To(column="subject", sql="upper({product}) || {option?}"),
                To(column="subject", constant="shop"),
            ),
        ),
        Rows(
            table="message/reply",
            to=(
                To(column="where", sql="{answer} <> ''"),
                To(column="message_id", names=("review id",)),
                To(column="time", names=("Answered", "Written"), format="%Y.%m.%d"),
                To(column="direction", constant="out"),
                To(column="text", names=("answer",)),
                To(column="reply_to", names=("review id",)),
            ),
            needs=("text",),
        ),
    ),
    ignore=("secret",),
)


def payload(**columns: tuple[str, ...]) -> Payload:
    return Payload(
        source="s",
        label="f.csv",
        scan="raw",
        columns=tuple(RawColumn(name=name, samples=values) for name, values in columns.items()),
        bookmark=Bookmark(source="s", position="1"),
    )


def columns_of(*names: str) -> tuple[RawColumn, ...]:
    return tuple(RawColumn(name=name, samples=("좋아요", "bad")) for name in names)


def test_likeness_wants_all_needs_and_fitting_values() -> None:
    assert likeness(SHOP, columns_of("Review_ID", "text", "body")) == 4
    assert likeness(SHOP, columns_of("review id")) == 0
    unfit = (RawColumn(name="Review ID", samples=()), RawColumn(name="Body", samples=("", "!!")))
    assert likeness(SHOP, unfit) == 0


def test_placeholders_that_may_be_missing_are_null() -> None:
    there = {"a": RawColumn(name="A", samples=())}
    assert filled("{a} || {b?}", there) == '"A" || CAST(NULL AS VARCHAR)'
    assert filled("{a} || {b}", there) is None


def test_mapping_takes_the_first_that_can_be_had() -> None:
    given = payload(**{"Review ID": ("1",), "Text": ("가",), "Written": ("2026.01.02",),
                       "secret": ("x",), "more": ("y",)})  # fmt: skip
    mapping = mapping_of(SHOP, given, lambda _: TimeReading(format="iso"))
    found = {(m.table, m.column): m for m in mapping.matches}
    assert mapping.tables == ("message",)
    assert found["message", "subject"].constant == "shop"
    assert found["message", "text"].raw == "Text"
    assert found["message", "time"].format == "%Y.%m.%d"
    assert (mapping.leftover, mapping.timezone) == (("more",), "Asia/Seoul")


def test_a_raw_row_gives_a_review_and_a_reply() -> None:
    given = payload(**{"Review ID": (), "Body": (), "Written": (), "answer": (), "product": ()})
    mapping = mapping_of(SHOP, given, lambda _: TimeReading(format="iso"))
    with DuckEngine() as engine:
        engine._sql(  # the raw rows a connector would scan
            "CREATE TABLE raw AS SELECT * FROM (VALUES ('1', '맛있어요', '2026.01.02', '', "
            "'tea'), ('2', '별로', '2026.01.03', '죄송합니다', 'bun')) "
            't("Review ID", "Body", "Written", "answer", "product")'
        )
        rows = {}
        for part in shape(given, replace(mapping, source="s")):
            table = engine.run(part.good)
            rows[part.part] = engine.fetch(table).read_all().to_struct_array().to_pylist()
    message, reply = rows["message"], rows["message/reply"]
    assert [row["message_id"] for row in message] == ["s:1", "s:2"]
    assert [row["subject"] for row in message] == [None, None]
    assert [(row["message_id"], row["reply_to"], row["text"], row["direction"]) for row in reply] \
        == [("s:2/reply", "s:2", "죄송합니다", "out")]  # fmt: skip
    # A date is a day in UTC whatever the zone, so that it stays the day the source wrote.
    assert str(message[0]["time"]) == "2026-01-02 00:00:00+00:00"


def test_all_presets_keep_the_contract() -> None:
    found = presets()
    assert found
    assert len({one.name for one in found}) == len(found)


@pytest.mark.data
def test_twitter_support_gives_threads_directions_and_companies(
    shared_data: Path, tmp_path: Path
) -> None:
    """Counts as the data's own README states them."""
    file = shared_data / "twcs_sample" / "twcs_5000.csv"
    (only,) = CONNECTOR.fetch(str(file), "s")
    preset = recognised(only)
    assert preset is not None and preset.name == "support_on_twitter"
    workspace = sonnim.new(tmp_path / "ws")
    workspace.add(file)
    messages, people = workspace.table("message"), workspace.table("person")
    directions = messages["direction"].to_pylist()
    assert (directions.count("in"), directions.count("out")) == (2778, 2222)
    ids = set(messages["message_id"].to_pylist())
    replies = [one for one in messages["reply_to"].to_pylist() if one]
    assert (len(replies), sum(one in ids for one in replies)) == (3694, 3688)
    kinds = people["kind"].to_pylist()
    assert (kinds.count("customer"), kinds.count("company")) == (1443, 76)
    assert all(messages["thread_id"].to_pylist())
