"""Begins a connector or an analyzer: one commented file, and one test with a worked example.

Usage: python scripts/new_part.py {connector,analyzer} NAME     (make new-analyzer NAME=politeness)

Nothing else needs editing: the catalog finds the file by scanning its folder, and the exam, the
command, the form and the documentation page follow from what it declares.
"""

import argparse
import keyword
import re
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"


def refusal(kind: str, name: str) -> str:
    """Why that name cannot be taken, or ""."""
    if not name:
        return f"give a name: make new-{kind} NAME=my_{kind}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        return f"NAME={name}: use lower-case letters, digits and _, beginning with a letter"
    target = ROOT / "src" / "sonnim" / f"{kind}s" / f"{name}.py"
    if target.exists():
        return f"{target.relative_to(ROOT)} exists already; choose another name"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("connector", "analyzer"))
    parser.add_argument("name", nargs="?", default="")
    arguments = parser.parse_args()
    kind, name = arguments.kind, arguments.name
    if why := refusal(kind, name):
        print(why, file=sys.stderr)
        return 2
    values = {
        "name": name,
        "NAME": name.upper(),
        "Name": "".join(word.capitalize() for word in name.split("_")),
    }
    files = {
        f"{kind}.py.template": ROOT / "src" / "sonnim" / f"{kind}s" / f"{name}.py",
        f"test_{kind}.py.template": ROOT / "tests" / f"{kind}s" / f"test_{name}.py",
    }
    for template, target in files.items():
        text = Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(f"wrote {target.relative_to(ROOT)}")
    print("Next: fill in what is marked <…>, then run: make quick check docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
