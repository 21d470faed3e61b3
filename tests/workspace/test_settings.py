"""sonnim.toml, as it is written and as people edit it; and `--map`."""

import csv
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

import sonnim
from sonnim.connectors.base import Mapping, Match
from sonnim.tables.errors import SonnimError, StopError
from sonnim.workspace import settings
from sonnim.workspace.mapping_words import words_of
from sonnim.workspace.workspace import Workspace

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

ROWS = [
    ("1", "2026-01-02 10:00:00", "배송이 정말 빨라요", "5", "강남"),
    ("2", "2026-01-03 11:00:00", "포장이 아쉬웠어요", "2", "판교"),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sonnim.new(tmp_path / "ws", company="하루담", timezone="Asia/Seoul")


def write(file: Path, rows: Sequence[tuple[str, ...]] = ROWS) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("번호", "작성일시", "내용", "별점", "메모"), *rows])
    return file


def edit(workspace: Workspace, old: str, new: str) -> None:
    file = workspace.folder / "sonnim.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_mapping_comes_back_as_it_was_written(workspace: Workspace) -> None:
    mapping = Mapping(
        source="이상한 이름.1",
        tables=("message", "message/reply", "answer"),
        matches=(
            Match(table="message", column="text", raw='te"xt [a.b] = \n#', why="100% 'sure'"),
            Match(table="message", column="rating_max", constant="5"),
            Match(table="message", column="time", raw="작성일", format="%Y.%m.%d|%y/%m/%d"),
            Match(table="message/reply", column="where", sql="length(\"답변\") > 0 AND 'x' = 'x'"),
            Match(table="answer", column="nps", raw="추천", scale="1-7"),
        ),
        timezone="Asia/Seoul",
        leftover=("메모", "a'b"),
        prepare="SELECT * FROM {scan}",
        preset="some",
    )
    settings.write_mapping(workspace.folder, mapping, ("a", "b"), 0.25)
    settings.write_mapping(workspace.folder, mapping, ("a", "b"), 0.25)
    found = settings.read_mapping(workspace.folder, mapping.source)
    assert found is not None
    plain = tuple(
        Match(**{**vars(match), "why": "", "confidence": 1.0}) for match in mapping.matches
    )
    assert found == Mapping(**{**vars(mapping), "matches": plain})
    assert 'company = "하루담"' in (workspace.folder / "sonnim.toml").read_text(encoding="utf-8")


def test_comments_of_people_stay(workspace: Workspace, tmp_path: Path) -> None:
    edit(workspace, 'company = "하루담"', 'company = "하루담" # 우리 회사')
    workspace.add(write(tmp_path / "a.csv"))
    assert "# 우리 회사" in (workspace.folder / "sonnim.toml").read_text(encoding="utf-8")


def test_what_is_taken_off_leftover_is_not_kept(workspace: Workspace, tmp_path: Path) -> None:
    workspace.add(write(tmp_path / "a.csv"))
    kept = workspace.table("message").column("attributes").to_pylist()
    assert all("메모" in str(one) for one in kept)
    edit(workspace, 'leftover = ["메모"]', "leftover = []")
    (one,) = workspace.add(write(tmp_path / "a.csv"))
    assert one.changed == 2
    assert workspace.table("message").column("attributes").to_pylist() == [None, None]


def test_the_short_form(workspace: Workspace, tmp_path: Path) -> None:
    workspace.add(write(tmp_path / "a.csv"))
    edit(workspace, 'text = {column = "내용"}', 'text = "내용"\nunit = "메모"')
    workspace.add(tmp_path / "a.csv")
    assert sorted(workspace.table("message").column("unit").to_pylist()) == ["강남", "판교"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('company = "하루담"', "company = = 1", "cannot be read"),
        ('text = {column = "내용"}', "text = 5", "sources.a.message.text cannot be 5"),
        ('text = {column = "내용"}', "text = {}", "sources.a.message.text cannot be {}"),
        ('text = {column = "내용"}', 'text = {column = "내욕"}', "'내욕'"),
        ('text = {column = "내용"}', 'txet = {column = "내용"}', "no column 'txet'"),
        ('rating_max = {value = "5"}', 'rating_max = {value = "viel"}', "must be a number"),
        ('time = {column = "작성일시", format = "iso"}', 'time = {value = "soon"}', "2026-01-31"),
        ('tables = ["message"]', 'tables = "message"', "must be a list of names"),
        ('tables = ["message"]', 'tables = ["massage"]', "no table 'massage'"),
        ('timezone = "Asia/Seoul" # assumed', 'timezone = "Asia/Soul" # assumed', "Asia/Seoul"),
        ("[sources.a]", "sources = 1\n[other]", "sources.reviews"),
    ],
)
def test_a_slip_of_the_hand_is_one_sentence(
    workspace: Workspace, tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = write(tmp_path / "a.csv")
    workspace.add(file)
    path = workspace.folder / "sonnim.toml"
    text = path.read_text(encoding="utf-8")
    if old.startswith("[sources"):
        text = text.partition("\n[sources")[0] + "\nsources = 1\n"
    else:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    before = workspace.snapshot(workspace.schema("message")).table.version
    file.write_text(file.read_text(encoding="utf-8") + "3,2026-02-02,또 왔어요 정말,4,\n", "utf-8")
    try:
        problem = "".join(one.problem for one in sonnim.open(workspace.folder).add(file))
    except SonnimError as error:
        problem = str(error)
    assert said in problem
    assert "SQL" not in problem
    assert workspace.snapshot(workspace.schema("message")).table.version == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("text", "Cannot read the mapping 'text'"),
        ("=내용", "Cannot read the mapping"),
        ("text='내용", "Cannot read the mapping"),
        ("text=없는열", "no column '없는열'"),
        ("txet=내용", "no column 'txet'"),
        ("rating=내용", "holds no numbers"),
        ("rating_max:=viel", "--map rating_max cannot be viel"),
        ("time:=soon", "--map time cannot be soon"),
        ("timezone=Asia/Soul", "Asia/Seoul"),
        ("table=massage", "no table 'massage'"),
        ("massage.text=내용", "no table 'massage'"),
    ],
)
def test_words_that_cannot_be_are_one_sentence(
    workspace: Workspace, tmp_path: Path, words: str, said: str
) -> None:
    with pytest.raises(StopError) as caught:
        workspace.add(write(tmp_path / "a.csv"), map=[words])
    assert said in str(caught.value)
    assert "SQL" not in str(caught.value)
    assert workspace.snapshot(workspace.schema("message")).table.version is None


@pytest.mark.parametrize("value", ["내용", "두 단어", "it's", 'te"xt', "a=b", "$HOME `x`"])
def test_words_are_read_as_a_shell_reads_them(value: str) -> None:
    quoted = shlex.quote(value)
    assert words_of([f"text={quoted} kind:=review"]) == [
        ("text", value, False), ("kind", "review", True),
    ]  # fmt: skip


def test_a_constant_time_is_in_the_zone_of_the_source(workspace: Workspace, tmp_path: Path) -> None:
    workspace.add(write(tmp_path / "a.csv"), map=["'time:=2026-05-01 09:00:00'"])
    workspace.add(write(tmp_path / "b.csv"), map=["time:=2026-05-01T09:00:00Z"], source="b")
    times = {str(one) for one in workspace.table("message").column("time").to_pylist()}
    assert times == {"2026-05-01 00:00:00+00:00", "2026-05-01 09:00:00+00:00"}
