"""Pages of the documentation, taken apart into what can be run.

A fenced block is an example when its language is

* `console`: lines that begin with `$ ` are commands, the others what they print; `...` stands for
  anything, white space does not count, and where nothing is shown only the exit code counts
  (0, or that of ```` ```console exits 65 ````);
* `python`: run in order, in one namespace a page; with `>>>` what is printed is compared.

A block with a file name after its language (```` ```csv reviews.csv ````) is a file that the
examples find where they run. Anything else (`sh`, `sql`, `text`) is only shown.

`<!-- examples: demo -->` in a page says what its examples need: `demo` (a demo workspace in
`sonnim-demo`), `checkout` (a copy of this repository), `spark`; or only that they are `slow`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=ticks)\s*$", re.MULTILINE | re.DOTALL
)
_NEEDS = re.compile(r"<!-- examples: ([a-z ]+?) -->")
_GENERATED = ("docs/reference/", "docs/models/")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block.

    Attributes:
        line: Number of its first line of text.
        language: First word after the fence.
        rest: The other words.
        text: What is in it.
    """

    line: int
    language: str
    rest: tuple[str, ...]
    text: str

    @property
    def file(self) -> str:
        """Name of the file that the block shows, or ""."""
        if self.language == "console" or len(self.rest) != 1 or "." not in self.rest[0]:
            return ""
        return self.rest[0]

    @property
    def exits(self) -> int:
        """Exit code of its last command."""
        return int(self.rest[1]) if self.rest[:1] == ("exits",) else 0


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of a console block.

    Attributes:
        line: Its line in the page.
        text: What is typed.
        shows: What the page says it prints.
    """

    line: int
    text: str
    shows: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page written by hand.

    Attributes:
        name: Its place in the repository.
        text: Its text.
    """

    name: str
    text: str

    @property
    def needs(self) -> frozenset[str]:
        """What its examples need."""
        found = _NEEDS.search(self.text)
        return frozenset(found.group(1).split()) if found else frozenset()

    @property
    def language(self) -> str:
        """The language it is written in."""
        return "ko" if self.name.endswith(".ko.md") else "en"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its fenced blocks."""
        found = []
        for match in _FENCE.finditer(self.text):
            words = match["info"].split() or [""]
            line = self.text.count("\n", 0, match.start("text")) + 1
            found.append(
                Block(line=line, language=words[0], rest=tuple(words[1:]), text=match["text"])
            )
        return tuple(found)

    @property
    def examples(self) -> tuple[Block, ...]:
        """Blocks that are run, and files that they find."""
        return tuple(b for b in self.blocks if b.file or b.language in ("console", "python"))


def commands(block: Block) -> list[Command]:
    """The commands of a console block."""
    found: list[Command] = []
    typing = False
    for number, line in enumerate(block.text.splitlines(), block.line):
        if line.startswith("$ "):
            found.append(Command(line=number, text=line[2:], shows=""))
            typing = line.endswith("\\")
            continue
        if not found:
            raise ValueError(f"line {number}: output stands before the first command")
        last = found.pop()
        if typing:
            text = f"{last.text.removesuffix(chr(92)).rstrip()} {line.strip()}"
            found.append(Command(line=last.line, text=text, shows=""))
            typing = line.endswith("\\")
        else:
            found.append(Command(line=last.line, text=last.text, shows=f"{last.shows}{line}\n"))
    return found


def agrees(shown: str, printed: str) -> bool:
    """Whether what was printed is what a page shows; `...` stands for anything.

    >>> agrees("reviews.csv: ... new\\n...", "reviews.csv:  3 new\\nmore")
    True
    >>> agrees("3 new", "4 new")
    False
    """
    parts = [" ".join(part.split()) for part in shown.split("...")]
    pattern = r"\s*.*?\s*".join(map(re.escape, parts))
    return re.fullmatch(pattern, " ".join(printed.split()), flags=re.DOTALL) is not None


def written_pages() -> tuple[Page, ...]:
    """README, tutorial, how-to and concepts; not what is generated."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    names = sorted(file.relative_to(ROOT).as_posix() for file in files)
    return tuple(
        Page(name=name, text=(ROOT / name).read_text(encoding="utf-8"))
        for name in names
        if not name.startswith(_GENERATED)
    )
