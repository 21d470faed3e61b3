"""A PostgreSQL of its own for a test session: in a folder, on a socket, not as root."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, newest version first."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    candidates = [Path(found).resolve().parent] if found else []
    return next((one for one in [*candidates, *folders] if (one / "pg_ctl").exists()), None)


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The address of an empty database while the server runs; skips where none can."""
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL here (Debian and Ubuntu: apt install postgresql)")
    user: str | None = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in ("postgres", "nobody") if name in names), None)
        if user is None:
            pytest.skip("PostgreSQL does not run as root, and there is no user to run it as")
    place = Path(tempfile.mkdtemp(prefix="sonnim-pg-", dir="/tmp"))
    data = place / "data"
    try:
        if user is not None:
            shutil.chown(place, user)

        def call(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [str(folder / program), *arguments],
                user=user,
                cwd=place,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
                text=True,
            )
            if done.returncode:
                pytest.skip(f"PostgreSQL cannot run here: {done.stderr.strip()[:300]}")

        call("initdb", "-D", str(data), "-U", "sonnim", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={place} -c fsync=off"
        call("pg_ctl", "-D", str(data), "-w", "-l", str(place / "log"), "-o", options, "start")
        try:
            yield f"postgresql://sonnim:a-secret@/postgres?host={place}"
        finally:
            call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)
