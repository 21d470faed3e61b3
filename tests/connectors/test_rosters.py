"""Lists of people and of changes, which nothing in them gives away but their columns."""

import json
from pathlib import Path

import pytest

import sonnim
from sonnim.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sonnim.new(tmp_path / "ws", timezone="Asia/Seoul")


def rows(workspace: Workspace, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = workspace.table(name).to_struct_array().to_pylist()
    return found


@pytest.mark.slow
def test_members_become_people_with_accounts(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text(
        "고객번호,이름,이메일,가입일\nC1,가나다,a@example.net,2026-03-05\nC2,라마바,,\n"
    )
    added = workspace.add(file)
    assert [(one.table, one.new, one.problem) for one in added] == [
        ("person", 2, ""), ("account", 2, ""),
    ]  # fmt: skip
    first, _ = sorted(rows(workspace, "person"), key=lambda row: str(row["name"]))
    assert (first["name"], first["kind"]) == ("가나다", "customer")
    assert str(first["joined"]) == "2026-03-05 00:00:00+00:00"
    assert json.loads(str(first["attributes"]))["이메일"] == "a@example.net"
    accounts = {row["source_id"]: row["person_id"] for row in rows(workspace, "account")}
    assert accounts["C1"] == first["person_id"]
    # The list again changes nothing, whatever the order of its rows.
    again = tmp_path / "again.csv"
    again.write_text(
        "고객번호,이름,이메일,가입일\nC2,라마바,,\nC1,가나다,a@example.net,2026-03-05\n"
    )
    assert [(one.new, one.changed) for one in workspace.add(again)] == [(0, 0), (0, 0)]


def test_the_same_person_in_orders_has_the_same_pseudonym(
    workspace: Workspace, tmp_path: Path
) -> None:
    members, orders = tmp_path / "members.csv", tmp_path / "orders.csv"
    members.write_text("customer_id,name\nC1,Ada\n")
    orders.write_text("customer_id,name,date,amount\nC1,Ada,2026-01-02,12\n")
    workspace.add(members)
    (added,) = workspace.add(orders)
    assert added.table == "event"
    assert rows(workspace, "event")[0]["person_id"] == rows(workspace, "person")[0]["person_id"]


def test_changes_keep_their_times_and_owners(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    file.write_text(
        "변경ID,시작일시,종료일시,종류,제목,책임자,부서\n"
        "CH1,2026-02-03 09:00,,release,앱 5.0,CIO,\n"
        "CH2,2026-03-01 09:00,2026-03-02 09:00,outage,결제 장애,CIO,앱\n"
        "CH3,언젠가,,price,가격 인상,CMO,\n"
    )
    (added,) = workspace.add(file)
    assert (added.table, added.new, added.rejected) == ("change", 2, 1)
    first, second = sorted(rows(workspace, "change"), key=lambda row: str(row["start"]))
    assert (str(first["start"]), first["end"]) == ("2026-02-03 00:00:00+00:00", None)
    assert (second["kind"], second["owner"], second["unit"]) == ("outage", "CIO", "앱")


def test_ties_need_two_ends_and_weights_that_are_numbers(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("from,to,weight\nann,bob,3\nbob,ann,\n,cho,1\ncho,,1\ncho,ann,many\n")
    (added,) = workspace.add(file)
    assert (added.table, added.new, added.rejected) == ("tie", 2, 3)
    # A table has no order: what is rejected for different reasons was written side by side.
    reasons = {row["row"]: row["reason"] for row in rows(workspace, "rejected")}
    assert reasons == {3: "from_id: missing", 4: "to_id: missing", 5: "weight: not a number"}


def test_what_says_nothing_is_still_refused(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("a,b\n1,2\n")
    (added,) = workspace.add(file)
    assert "--map" in added.problem
