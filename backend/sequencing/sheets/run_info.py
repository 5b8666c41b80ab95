"""What a run's RunInfo.xml says of its reads: the cycles, and the direction of the second index.

Older files say nothing of directions (DOMAIN 2d); ``i5_reversed`` is None then.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from backend.sequencing.errors import SheetRefused
from backend.sequencing.sheets.model import Cycles

_YES = frozenset({"Y", "TRUE"})
_DIGITS = re.compile(r"[0-9]{1,6}")
_LONGEST = 200
_MOST_READS = 20


@dataclass(frozen=True, slots=True)
class RunRead:
    """A read in the order of the run. ``is_reversed`` is None where the file says nothing."""

    cycles: int
    is_index: bool
    is_reversed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Reads of a run."""

    run: str
    cycles: Cycles
    lanes: int | None
    i5_reversed: bool | None
    reads: tuple[RunRead, ...] = ()
    instrument: str = ""
    flow_cell: str = ""
    tiles: int | None = None
    """Of one lane: surfaces times swaths times tiles of a swath."""
    tiles_per_swath: int | None = None
    started_on: date | None = None


def read_run_info(content: bytes) -> RunInfo:
    """Return what a RunInfo.xml says.

    Raises:
        SheetRefused: it is no such file.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SheetRefused(
            "RunInfo defines entities of its own, which no instrument does. Somebody made this "
            "file; do not use it."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise SheetRefused(f"RunInfo cannot be read as XML: {error}.") from error
    reads = [(_is_index(each), _count(each), each) for each in _in_order(root)]
    plain = [count for index, count, _ in reads if not index]
    indexes = [(count, each) for index, count, each in reads if index]
    if not plain:
        raise SheetRefused("RunInfo names no read of the library. Is it the run's RunInfo.xml?")
    run, layout = root.find("Run"), next(root.iter("FlowcellLayout"), None)
    second = indexes[1][1].get("IsReverseComplement") if len(indexes) > 1 else None
    surfaces, swaths, tiles = (
        _layout(layout, name) for name in ("SurfaceCount", "SwathCount", "TileCount")
    )
    return RunInfo(
        run=run.get("Id", "")[:_LONGEST] if run is not None else "",
        cycles=Cycles(
            read1=plain[0],
            read2=plain[1] if len(plain) > 1 else 0,
            index1=indexes[0][0] if indexes else 0,
            index2=indexes[1][0] if len(indexes) > 1 else 0,
        ),
        lanes=_layout(layout, "LaneCount"),
        i5_reversed=None if second is None else second.upper() in _YES,
        reads=tuple(RunRead(count, index, _reversed(each)) for index, count, each in reads),
        instrument=_text(root, "Instrument"),
        flow_cell=_text(root, "Flowcell"),
        tiles=surfaces * swaths * tiles if surfaces and swaths and tiles else None,
        tiles_per_swath=tiles,
        started_on=_day(_text(root, "Date")),
    )


def _in_order(root: Element) -> list[Element]:
    """Return the reads as sequenced: by their numbers where all have one."""
    reads = list(root.iter("Read"))[:_MOST_READS]
    numbers = [each.get("Number", "") for each in reads]
    if not all(_DIGITS.fullmatch(each) for each in numbers):
        return reads
    return sorted(reads, key=lambda each: int(each.get("Number", "")))


def _text(root: Element, name: str) -> str:
    found = next(root.iter(name), None)
    return (found.text or "").strip()[:_LONGEST] if found is not None else ""


def _day(text: str) -> date | None:
    """Return the day of ``130417`` (older instruments) or ``2024-01-05T10:00:00Z``."""
    for form, length in (("%y%m%d", 6), ("%Y%m%d", 8), ("%Y-%m-%d", 10)):
        if len(text) == length or (length == len("2024-01-05") and len(text) > length):
            try:
                return datetime.strptime(text[:length], form).date()  # noqa: DTZ007 a day has no zone
            except ValueError:
                continue
    return None


def _layout(layout: Element | None, name: str) -> int | None:
    text = layout.get(name, "") if layout is not None else ""
    return int(text) if _DIGITS.fullmatch(text) else None


def _reversed(read: Element) -> bool | None:
    said = read.get("IsReverseComplement")
    return None if said is None else said.upper() in _YES


def _is_index(read: Element) -> bool:
    return read.get("IsIndexedRead", "N").upper() in _YES


def _count(read: Element) -> int:
    text = read.get("NumCycles", "")
    if not _DIGITS.fullmatch(text):
        raise SheetRefused(f"RunInfo: “{text}” is no number of cycles.")
    return int(text)
