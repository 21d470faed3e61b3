"""`show influence --why`: a rank in words, with masked evidence, for people in any of their ids.

The rows of `influence`, `community` and `link` are written by hand: what is tested is what is said
of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from arro3.core import Table

import sonnim
from sonnim.tables.answers_network import COMMUNITIES, COMMUNITY, INFLUENCE, LINK
from sonnim.tables.arrow import batch
from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.words import set_language
from sonnim.workspace.reporting import report
from sonnim.workspace.why import why
from tests.cli.calling import call
from tests.workspace.people import pseudonym

pytestmark = pytest.mark.slow

MOVER, POPULAR, QUIET = "minsu_77", "jiwoo", "hana"
TEXTS = (
    # id, who, text, answers
    ("1", MOVER, "오늘 케이크 정말 맛있었어요. 제 번호는 010-1234-5678", ""),
    ("2", POPULAR, "저도 맛있었어요!", "1"),
    ("3", QUIET, "맛있다니 가 봐야겠네요", "1"),
    ("4", MOVER, "이번 업데이트는 최악이에요 계속 꺼져요", ""),
    ("5", QUIET, "이건 아무도 답하지 않은 글입니다", ""),
)
# Two who have ranks only, and whose pseudonyms end alike.
TWINS = ("p_00000000aaaabbbb", "p_00000001aaaabbbb")


def write(
    workspace: sonnim.Workspace, schema: TableSchema, rows: Iterable[Mapping[str, Any]]
) -> None:
    given = list(rows)
    columns = {name: [row.get(name) for row in given] for name in schema.names}
    workspace.store.write_stream(schema, Table.from_batches([batch(schema, columns)]))


def standing(who: str, measure: str, value: float, rank: int, **more: Any) -> dict[str, Any]:
    return {"person_id": who, "measure": measure, "value": value, "rank": rank, "n": 51,
            "evidence": [], **more}  # fmt: skip


def make(folder: Path) -> sonnim.Workspace:
    file = folder / "posts.csv"
    lines = [f"{key},2026-03-0{key},{who},{text},{about}" for key, who, text, about in TEXTS]
    head = "message_id,time,person_id,text,reply_to"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    made = sonnim.new(folder / "ws", timezone="Asia/Seoul")
    made.add(file, source="posts", map=[f"{name}={name}" for name in head.split(",")])
    return made


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> sonnim.Workspace:
    made = make(tmp_path_factory.mktemp("why"))
    ids = {one.rpartition(":")[2]: one for one in
           made.table("message").column("message_id").to_pylist()}  # fmt: skip
    mover, popular, quiet = map(pseudonym, (MOVER, POPULAR, QUIET))
    rows = [
        standing(mover, "mood", 0.56, 1, low=0.41, high=0.71,
                 evidence=[ids["2"], ids["1"], "erased since"]),
        standing(popular, "mood", 0.05, 2, low=-0.2, high=0.3, n=12),
        standing(mover, "in_degree", 2.0, 40),
        standing(popular, "in_degree", 31.0, 1),
        standing(popular, "h_index", 4.0, 2),
    ]  # fmt: skip
    rows += [standing(who, "in_degree", 1.0, 41) for who in TWINS]
    rows += [standing(f"p_{n:016x}", "in_degree", 20.0 - n / 10, n) for n in range(2, 40)]
    write(made, INFLUENCE, rows)
    place = {"x": 0.0, "y": 0.0, "closest": []}
    write(made, COMMUNITY, [
        {"person_id": mover, "community_id": 2, "stability": 0.4, "bridge": 0.62, "n": 9, **place},
        {"person_id": popular, "community_id": 0, "stability": 0.97, "bridge": 0.1, "n": 31,
         **place},
    ])  # fmt: skip
    alone: dict[str, list[str]] = {"origins": [], "heirs": []}
    write(made, COMMUNITIES, [
        {"community_id": 0, "label": None, "n": 142, "inside": 0.9, "messages": 800, **alone},
        {"community_id": 2, "label": "케이크 · 딸기", "n": 24, "inside": 0.8, "messages": 90,
         **alone},
    ])  # fmt: skip
    moment = int(datetime.fromisoformat("2026-03-04T16:00:00+00:00").timestamp()) * 1_000_000
    links = [(popular, mover, "reply", "2", False), (quiet, mover, "reply", "3", False),
             (quiet, mover, "mention", "5", False),
             (QUIET, mover, "mention", "4", True)]  # fmt: skip
    write(made, LINK, [
        {"from_id": a, "to_id": b, "kind": kind, "time": moment, "weight": 1.0,
         "message_id": ids[key], "about_id": ids["4"] if kind == "reply" else None,
         "company": company, "source": "posts"}
        for a, b, kind, key, company in links
    ])  # fmt: skip
    return sonnim.open(made.folder)


def test_a_rank_is_said_in_words(workspace: sonnim.Workspace) -> None:
    said = why(workspace, MOVER, "en").sentences
    assert said == (
        "Their mood came back in answers: 0.56 (95%: 0.41 to 0.71, n = 51), 1st of 2.",
        "Turned to by 2 people, 40th of 42.",
        "The measures disagree: 1st of 2 by 'Moves moods', but 40th of 42 by 'Turned to'. "
        "Influence is not popularity.",
        "In group 3, tied to 9 people.",
        "The group has 24 people and uses these words more than others: 케이크 · 딸기.",
        "A bridge: their ties go to several groups (0.62 on a scale of 0 to 1).",
        "The border of the group is not sure here: stability 0.40 on a scale of 0 to 1.",
        "Others turned to them 3 times (answers: 2, mentions: 1): 2 people, the company not "
        "counted.",
        # In Seoul it is the next day.
        "The last time: 5 March 2026.",
    )


def test_it_is_as_natural_in_korean(workspace: sonnim.Workspace) -> None:
    said = why(workspace, MOVER, "ko").sentences
    assert len(said) == len(why(workspace, MOVER, "en").sentences)
    assert said[0] == (
        "이 사람의 분위기가 답글에 되돌아온 정도: 0.56(95%: 0.41 ~ 0.71, n = 51), 2명 중 1위."
    )
    assert not [one for one in said if "{" in one or "why_" in one]


def test_what_may_be_chance_is_said_so(workspace: sonnim.Workspace) -> None:
    said = " ".join(why(workspace, POPULAR, "en").sentences)
    assert "Nothing shows that this is more than chance" in said
    assert "Turned to by 31 people, 1st of 42." in said
    assert "4 of their messages were answered or passed on at least 4 times each" in said
    assert "No bridge" in said and "not sure here" not in said and "The group has 142" in said
    assert "disagree: " not in said


def test_evidence_is_masked_and_bears_its_id(workspace: sonnim.Workspace) -> None:
    """Those that the measure names, then what was answered; what was erased is not there."""
    quotes = why(workspace, MOVER, "ko").quotes
    assert [one.message_id.rpartition(":")[2] for one in quotes] == ["2", "1", "4"]
    assert "[전화번호]" in quotes[1].text and "5678" not in quotes[1].text
    assert quotes[1].subject == "본인이 쓴 글"
    assert pseudonym(POPULAR)[-6:] in quotes[0].subject


@pytest.mark.parametrize("given", [
    MOVER, f" {MOVER.upper()} ", pseudonym(MOVER), pseudonym(MOVER).upper(),
    pseudonym(MOVER)[-6:], "…" + pseudonym(MOVER)[-6:], "..." + pseudonym(MOVER)[-4:],
])  # fmt: skip
def test_any_of_their_ids_finds_them(workspace: sonnim.Workspace, given: str) -> None:
    assert why(workspace, given, "en").person_id == pseudonym(MOVER)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nobody_at_all", "Nothing is held about 'nobody_at_all'"),
        ("'; DROP TABLE influence; --", "Nothing is held about"),
        ("bbb", "Nothing is held about 'bbb'"),
        ("…", "An id is missing"),
        ("  ", "An id is missing"),
        ("aaaabbbb", f"2 pseudonyms end in 'aaaabbbb': {TWINS[0]}, {TWINS[1]}"),
        (QUIET, f"'{QUIET}' has no rank"),
    ],
)
def test_errors_say_what_to_do(workspace: sonnim.Workspace, given: str, said: str) -> None:
    with pytest.raises(StopError) as caught:
        why(workspace, given, "en")
    assert said in str(caught.value)


def test_before_it_is_computed_the_error_names_the_command(tmp_path: Path) -> None:
    made = make(tmp_path)
    with pytest.raises(StopError, match="sonnim run links influence community"):
        why(made, MOVER, "en")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_command_prints_it(
    workspace: sonnim.Workspace, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("show", "influence", "--why", MOVER, "-w", workspace.folder, "--lang", language)
    code, out, err = call(capsys, *given)
    assert (code, err) == (0, "")
    assert pseudonym(MOVER) in out and "0.56" in out and "posts:1" in out and "5678" not in out
    assert ("분위기" in out) is (language == "ko")
    code, _, err = call(capsys, *given, "--json")
    assert code == 1 and "sonnim show influence --why" in err
    code, _, err = call(capsys, "show", "mood", *given[2:])
    assert code == 1 and "sonnim show influence --why" in err
    set_language(None)


def test_the_report_has_the_section(workspace: sonnim.Workspace) -> None:
    workspace.run(["language"])
    page = report(workspace, "ko")
    assert 'id="network-title"' in page and "누구의 말을 듣나" in page
    assert 'id="cascade-title"' not in page
    assert MOVER not in page and pseudonym(MOVER)[-6:] in page
