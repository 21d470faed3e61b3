"""Reads a workbook in a process of its own, of bounded memory, to see whether it can be read.

A workbook is held as a rectangle of cells: one of a few bytes that names the far corner of a sheet
asks for hundreds of gigabytes, and where these are refused the library ends the process that asked.
So a process is asked first that nobody will miss.
"""

import signal
import subprocess
import sys
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

try:
    import resource
except ImportError:  # Windows: there the machine's memory is the bound
    resource = None  # type: ignore[assignment]

MEMORY = 3 << 30
"""Bytes of address space for reading one workbook."""
_PATIENCE = 600
_ENDED = 70


def survives(path: Path) -> bool:
    """Whether reading a workbook ends well or with an error, and not with the process.

    Example:
        >>> survives(Path(__file__))
        True
    """
    command = [sys.executable, "-m", "sonnim.connectors.readers.workbook_probe", str(path)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> int:
    """Reads every sheet; errors that the library tells are none of ours."""
    # Ctrl-C reaches every process of a terminal; the parent decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with Path(sys.argv[1]).open("rb") as stream:
            workbook = CalamineWorkbook.from_filelike(stream)
            for meta in workbook.sheets_metadata:
                if meta.typ == SheetTypeEnum.WorkSheet:
                    workbook.get_sheet_by_name(meta.name)
    except MemoryError:
        return _ENDED
    except (CalamineError, OSError, ValueError):
        return 0
    except BaseException as error:
        # The library is written in Rust, whose panics are no Exceptions.
        return 0 if type(error).__name__ == "PanicException" else _ENDED
    return 0


if __name__ == "__main__":
    sys.exit(main())
