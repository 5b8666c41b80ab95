"""A workbook of Excel 97 to 2003, made byte by byte: no library in this project writes them.

The container is [MS-CFB] version 3 with one stream, the stream [MS-XLS] BIFF8 with LABEL and
NUMBER records, which every reader takes.
"""

import struct
from collections.abc import Sequence

_SECTOR = 512
_LEAST_STREAM = 4096  # a shorter one would lie in the mini stream
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def old_workbook(rows: Sequence[Sequence[str | float]], stream: str = "Workbook") -> bytes:
    """Return rows as an .xls; texts become labels, figures numbers. At most 60 kB of cells."""
    return _container(_book(rows), stream)


def _book(rows: Sequence[Sequence[str | float]]) -> bytes:
    name = b"Samples"
    bound = struct.pack("<IHBB", 0, 0, len(name), 0) + name
    head = _bof(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    at = len(head) + 4 + len(bound) + 4
    bound = struct.pack("<IHBB", at, 0, len(name), 0) + name
    return head + _record(0x0085, bound) + _record(0x000A, b"") + _sheet(rows)


def _sheet(rows: Sequence[Sequence[str | float]]) -> bytes:
    width = max(map(len, rows))
    cells = b"".join(
        _cell(row, column, value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    return _bof(0x0010) + size + cells + _record(0x000A, b"")


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return _record(0x0204, place + text)
    return _record(0x0203, place + struct.pack("<d", value))


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x0006))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _container(content: bytes, name: str) -> bytes:
    content = content.ljust(_LEAST_STREAM, b"\0")
    content += b"\0" * (-len(content) % _SECTOR)
    count = len(content) // _SECTOR
    chain = [_FAT, _END, *range(3, count + 2), _END]
    table = struct.pack(f"<{_SECTOR // 4}I", *chain, *[_FREE] * (_SECTOR // 4 - len(chain)))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 2, len(content))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _LEAST_STREAM, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + directory.ljust(_SECTOR, b"\0") + content


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBB", len(written), kind, 1)
        + struct.pack("<III", _FREE, _FREE, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )
