"""What a VisionMate scanner's program says over TCP, read into lines of position and barcode.

Pure. A command ends in CR LF. An answer is ``OK``, the command again, the data, and the suffix that
the program is set to; of a command that it does not know ``OK?``. The status is a sum of bits.
Source: the client of the Ontario Institute for Cancer Research, github.com/miso-lims/
visionmate-client (README.md, ServerConfig.java, ScanStatus.java, RackType.java, Scan.java), which
was tried with model AB-1850 (software 3.2.1.10) and, with Thermo's patches, 312800 (4.0.4.1). We
have had neither in our hands.
"""

import csv
import io
import re
from dataclasses import dataclass
from enum import StrEnum

from backend.storage.errors import ScanRefused
from backend.storage.rules import BoxShape, Position

LINE_END = "\r\n"
_ACKNOWLEDGED = "OK"
_DATA_READY, _ERROR = 8, 128
_HIGHEST_STATUS = 255
_PRODUCT = re.compile(r"[AMN](\d\d)(\d\d)")
_MOST_A_SIDE = 24
_SHOWN = 40


class Command(StrEnum):
    """The commands that a scan needs."""

    RESET = "Q"
    STATUS = "L"
    LAST_ERROR = "E"
    PRODUCT = "C"
    DATA = "D"


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a new scan is there, or has failed."""

    is_ready: bool
    has_failed: bool


def data_of(command: str, answer: str) -> str:
    """Return the data of an answer, without its suffix.

    Raises:
        ScanRefused: it is no answer to the command.
    """
    said = answer.strip("\r\n")
    if not said.startswith(_ACKNOWLEDGED):
        raise ScanRefused(
            f"The scanner answered “{_shown(said)}”, which VisionMate does not. Look at its kind, "
            "port and suffix in the settings."
        )
    said = said.removeprefix(_ACKNOWLEDGED)
    if said.startswith("?"):
        raise ScanRefused(f"The scanner does not know the command {command}.")
    return said.removeprefix(command).strip()


def status_of(data: str) -> Status:
    """Return what a status says. Raises ScanRefused where it is none."""
    if not (data.isascii() and data.isdigit() and int(data) <= _HIGHEST_STATUS):
        raise ScanRefused(f"The scanner's status is “{_shown(data)}”, which is none.")
    bits = int(data)
    return Status(is_ready=bool(bits & _DATA_READY), has_failed=bool(bits & _ERROR))


def shape_of(data: str) -> BoxShape:
    """Return rows and columns of the rack that the scanner is set to: ``M0812`` is 8 × 12.

    Raises:
        ScanRefused: it names no rack.
    """
    found = _PRODUCT.fullmatch(data)
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(1 <= side <= _MOST_A_SIDE for side in sides):
        raise ScanRefused(
            f"The scanner is set to the rack “{_shown(data)}”. Choose one in VisionMate that is "
            "named by its size, such as M0812."
        )
    return BoxShape(*sides)


def as_file(data: str, shape: BoxShape, *, delimiter: str, by_columns: bool) -> bytes:
    """Return a scan as a file of lines, position and barcode.

    Raises:
        ScanRefused: not one code for each position of the rack.
    """
    codes = data.removesuffix(delimiter).split(delimiter)
    expected = shape.rows * shape.columns
    if len(codes) != expected:
        raise ScanRefused(
            f"The scanner read {len(codes)} positions, and the rack it is set to has {expected} "
            f"({shape.rows} × {shape.columns}). Choose the right rack in VisionMate and scan again."
        )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("position", "barcode"))
    inner = shape.rows if by_columns else shape.columns
    for index, code in enumerate(codes):
        outer, step = divmod(index, inner)
        row, column = (step, outer) if by_columns else (outer, step)
        writer.writerow((Position(row + 1, column + 1).label, code.strip()))
    return out.getvalue().encode()


def _shown(said: str) -> str:
    cut = "…" if len(said) > _SHOWN else ""
    return "".join(each if each.isprintable() else "·" for each in said[:_SHOWN]) + cut
