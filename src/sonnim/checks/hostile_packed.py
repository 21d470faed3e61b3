"""Hostile archives: cut off, bombs, archives in archives, members that name other places."""

import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache

from sonnim.checks.hostile_texts import GOOD, HEADER, ROW, HostileFile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MANY = 200


def hostile_packed() -> tuple[HostileFile, ...]:
    """All small ones."""
    # Of different rows, so that what is cut off is not only a repetition.
    text = HEADER + "".join(f"{n}{ROW.replace('요', f'요 {n * 7919}')}" for n in range(_MANY))
    gz, zst = gzip.compress(text.encode(), mtime=0), zstd.compress(text.encode())
    box = zipped({"a.csv": GOOD, "b.csv": GOOD.replace("1,", "2,")})
    nested = box
    for depth in range(5):
        nested = zipped({f"{depth}.zip": nested})
    return tuple(
        HostileFile(name=name, meaning=meaning, content=content, rows=rows)
        for name, meaning, content, rows in (
            ("cut.csv.gz", "a gzip cut off", gz[: len(gz) // 2], -1),
            ("tail.csv.gz", "a gzip without its last bytes", gz[:-6], -1),
            ("sum.csv.gz", "a gzip with a false sum", gz[:-8] + b"\x00" * 8, -1),
            ("twice.csv.gz", "two streams, one after the other",
             gz + gzip.compress(ROW.encode(), mtime=0), _MANY + 1),
            ("garbage.csv.gz", "words behind the end", gz + b"and more", -1),
            ("not.csv.gz", "no gzip at all", GOOD.encode(), 1),
            ("empty.csv.gz", "a gzip of nothing", gzip.compress(b"", mtime=0), 0),
            ("cut.csv.zst", "a Zstandard cut off", zst[: len(zst) // 2], -1),
            ("flipped.csv.zst", "a Zstandard with a changed byte",
             zst[:40] + bytes([zst[40] ^ 255]) + zst[41:], -1),
            ("garbage.csv.zst", "words behind the end", zst + b"and more", -1),
            ("good.zip", "two tables", box, 2),
            ("cut.zip", "a zip cut off", box[: len(box) // 2], -1),
            ("sum.zip", "a member with a false sum", _false_sum(box), -1),
            ("nested.zip", "zips in zips", nested, -1),
            ("outside.zip", "members that name other places", zipped({
                "../../outside.csv": GOOD, "/tmp/outside.csv": GOOD, "C:\\outside.csv": GOOD,
                "a/./../b.csv": GOOD, "\x1b[31m.csv": GOOD, "가" * 200 + ".csv": GOOD}), -1),
            ("same.zip", "two members of one name", _same_name(), -1),
            ("many.zip", "too many members",
             zipped({f"{n}.csv": "" for n in range(10_001)}), -1),
            ("nothing.zip", "nothing that is a table", zipped({"readme.exe": "MZ"}), -1),
            ("none.zip", "no member", zipped({}), -1),
            ("locked.zip", "a member with a password", _locked(box), -1),
            ("link.zip", "a member that is a link", _link(), -1),
            ("size.zip", "a member that says it is small", _false_size(), -1),
            ("itself.zip", "a zip behind a picture", b"\x89PNG" + box, -1),
        )
    )  # fmt: skip


@cache
def bombs() -> tuple[HostileFile, ...]:
    """Archives of some hundred kilobytes that grow to a gigabyte or more.

    Example:
        >>> all(len(one.content) < 2_000_000 for one in bombs())
        True
    """
    gz = _gz_of_blanks(1 << 30)
    inner = zipped({"bomb.csv": b"0," * (32 << 20)})
    zst = _zst_of_blanks(1 << 30)
    return (
        HostileFile(name="bomb.csv.gz", meaning="a gigabyte of blanks", content=gz),
        HostileFile(name="bomb.csv.zst", meaning="a gigabyte of blanks", content=zst),
        HostileFile(name="bomb.zip", meaning="forty times 64 megabytes",
                    content=zipped({f"{n}.zip": inner for n in range(40)})),
        HostileFile(name="inner.zip", meaning="a bomb within a zip",
                    content=zipped({"a.csv": GOOD, "bomb.csv.gz": gz})),
        HostileFile(name="bomb.xlsx", meaning="a sheet of a gigabyte", content=_sheet_bomb()),
    )  # fmt: skip


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip file of members by name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _gz_of_blanks(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = b" " * (1 << 20)
    parts = [packer.compress(HEADER.encode())]
    parts += [packer.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, packer.flush()])


def _zst_of_blanks(size: int) -> bytes:
    packer = zstd.ZstdCompressor()
    block = b" " * (1 << 20)
    parts = [packer.compress(HEADER.encode())]
    parts += [packer.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, packer.flush()])


def _sheet_bomb() -> bytes:
    target = io.BytesIO()
    block = b"<row><c><v>1</v></c></row>" * 40_000
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for _ in range(400):
                sheet.write(block)
    return target.getvalue()


def _same_name() -> bytes:
    one, other = zipped({"a.csv": GOOD, "b.csv": GOOD}), b"a.csv"
    return one.replace(b"b.csv", other)


def _false_sum(box: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(box)) as archive:
        crc = archive.infolist()[0].CRC.to_bytes(4, "little")
    return box.replace(crc, b"\x00\x00\x00\x01")


def _locked(box: bytes) -> bytes:
    # Bit 0 of the flags says that a password is needed.
    return box.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def _link() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("link.csv")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def _false_size() -> bytes:
    box = zipped({"a.csv": b"0," * (4 << 20)})
    size = (8 << 20).to_bytes(4, "little")
    return box.replace(size, (10).to_bytes(4, "little"))
