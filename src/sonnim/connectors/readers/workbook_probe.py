"""Says whether a workbook can be read in bounded memory.

A workbook is held as a rectangle of cells: one of a few bytes that names the far corner of a sheet
asks for hundreds of gigabytes, and where these are refused the library ends the process that asked.
Most workbooks show by their cells' names that they are narrow. For the others a process is asked
first that nobody will miss.
"""

import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from sonnim.connectors.readers.packed import BROKEN_ZIP

try:
    import resource
except ImportError:  # Windows: there the machine's memory is the bound
    resource = None  # type: ignore[assignment]

MEMORY = 3 << 30
"""Bytes of address space for reading one workbook."""
_PATIENCE = 600
_ENDED = 70
_CHUNK = 1 << 20
# Longer than the start of any cell that is in order.
_OVERLAP = 64
# Cells not written as those of the columns A to Z are by every program known: a sheet of A to Z
# with all its rows takes less than a gigabyte. Both alternatives begin with what is sought fast.
_ODD_CELL = re.compile(rb'<c(?! r="[A-Z](?:\d{1,6}|10[0-4]\d{4})"[ />])[\s/>]')
_ODD_NAME = re.compile(rb":c[\s/>]")
# The end of an archive without a comment: all programs find the same entries in it.
_END, _END_BYTES = b"PK\5\6", 22


def narrow(path: Path) -> bool:
    """Whether it is an XLSX file all of whose cells are surely in the columns A to Z.

    Example:
        >>> narrow(Path(__file__))
        False
    """
    try:
        with path.open("rb") as stream:
            stream.seek(-_END_BYTES, 2)
            if not stream.read().startswith(_END):
                return False
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            return (
                len(names) == len(set(names))
                and "xl/workbook.xml" in names
                and all(_narrow(archive, name) for name in names)
            )
    except BROKEN_ZIP:
        return False


def _narrow(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            data = tail + chunk
            # Pictures and the like have other bytes, and letters of two bytes hide what is sought.
            if b"\0" in data or _seen(_ODD_NAME, data):
                return False
            if _seen(_ODD_CELL, data):
                return False
            tail = data[-_OVERLAP:]
    return not _ODD_CELL.search(tail) and not _ODD_NAME.search(tail)


def _seen(what: re.Pattern[bytes], data: bytes) -> bool:
    """Whether it is there, before the overlap that is looked at again with what follows."""
    found = what.search(data)
    return found is not None and found.start() < len(data) - _OVERLAP


def survives(path: Path) -> bool:
    """Whether reading a workbook ends well or with an error, and not with the process.

    Example:
        >>> survives(Path(__file__))
        True
    """
    if narrow(path):
        return True
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
