"""`python -m fuzz`: every family of parsers in turn, for a while in total; see README.md."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fuzz.families import FAMILIES, Family
from fuzz.seeds import write_seeds

ROOT = Path(__file__).resolve().parent.parent
WHERE = ROOT / ".fuzz"
TIMEOUT = 30
RSS = 2048
# Whole files go through DuckDB, which is some hundred times slower than a parser alone.
WEIGHTS = {"files": 5}


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of one family: numbers of libFuzzer, and the end of what it printed if bad."""

    name: str
    seeds: int
    execs: int
    coverage: int
    features: int
    rss: int
    finding: str = ""


def fuzz(family: Family, seconds: int, seed: int) -> Ran:
    """Fuzzes one family for a while in a process of its own."""
    corpus = WHERE / "corpus" / family.name
    seeds = write_seeds(family, WHERE / "seeds" / family.name)
    corpus.mkdir(parents=True, exist_ok=True)
    findings = WHERE / "findings"
    findings.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "fuzz.one", family.name, str(corpus),
        str(WHERE / "seeds" / family.name), f"-max_total_time={seconds}", f"-timeout={TIMEOUT}",
        f"-rss_limit_mb={RSS}", f"-seed={seed}", "-print_final_stats=1",
        f"-artifact_prefix={findings}/{family.name}-",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="sonnim-fuzz-") as place:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "TMPDIR": place,
                "SONNIM_LANG": "en",
                "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            },
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        left = [one.name for one in Path(place).iterdir()]
    said = done.stdout + done.stderr
    finding = "" if done.returncode == 0 else _told(said)
    if not finding and left:
        finding = f"files left behind: {left[:5]}"
    return Ran(
        name=family.name,
        seeds=seeds,
        execs=_number(said, r"stat::number_of_executed_units:\s*(\d+)"),
        coverage=_number(said, r"cov: (\d+)"),
        features=_number(said, r"ft: (\d+)"),
        rss=_number(said, r"stat::peak_rss_mb:\s*(\d+)"),
        finding=finding,
    )


def _told(said: str) -> str:
    """The part of libFuzzer's output that says what was found."""
    lines = [line for line in said.splitlines() if not re.match(r"#\d+\s|INFO:|stat::", line)]
    return "\n".join(lines[-45:])


def _number(said: str, pattern: str) -> int:
    found = re.findall(pattern, said)
    return int(found[-1]) if found else 0


def main() -> int:
    """Fuzzes, prints a line a family, and gives 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("family", nargs="*", choices=[*FAMILIES, []], help="all by default")
    parser.add_argument("--seconds", type=int, default=600, help="of all families together")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chosen = [FAMILIES[name] for name in given.family or FAMILIES]
    share = given.seconds / sum(WEIGHTS.get(one.name, 1) for one in chosen)
    bad = 0
    execs = 0
    print(f"{'family':<11}{'seconds':>8}{'seeds':>7}{'inputs':>10}{'blocks':>8}{'MB':>6}  finding")
    for one in chosen:
        seconds = max(1, round(share * WEIGHTS.get(one.name, 1)))
        ran = fuzz(one, seconds, given.seed)
        bad += bool(ran.finding)
        execs += ran.execs
        line = f"{ran.name:<11}{seconds:>8}{ran.seeds:>7}{ran.execs:>10,}{ran.coverage:>8,}"
        print(f"{line}{ran.rss:>6}  {'FOUND' if ran.finding else '-'}", flush=True)
        if ran.finding:
            print(ran.finding, flush=True)
    print(f"{execs:,} inputs, {bad} families with a finding; inputs kept in {WHERE.name}/")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
