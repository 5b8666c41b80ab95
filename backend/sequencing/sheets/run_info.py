"""What a run's RunInfo.xml says of its reads: the cycles, and the direction of the second index.

Older files say nothing of directions (DOMAIN 2d); ``i5_reversed`` is None then.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from backend.sequencing.errors import SheetRefused
from backend.sequencing.sheets.model import Cycles

_YES = frozenset({"Y", "TRUE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Reads of a run."""

    run: str
    cycles: Cycles
    lanes: int | None
    i5_reversed: bool | None


def read_run_info(content: bytes) -> RunInfo:
    """Return what a RunInfo.xml says.

    Raises:
        SheetRefused: it is no such file.
    """
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SheetRefused(f"RunInfo cannot be read as XML: {error}.") from error
    reads = [(_is_index(each), _count(each), each) for each in root.iter("Read")]
    plain = [count for index, count, _ in reads if not index]
    indexes = [(count, each) for index, count, each in reads if index]
    if not plain:
        raise SheetRefused("RunInfo names no read of the library. Is it the run's RunInfo.xml?")
    run, layout = root.find("Run"), next(root.iter("FlowcellLayout"), None)
    second = indexes[1][1].get("IsReverseComplement") if len(indexes) > 1 else None
    lanes = layout.get("LaneCount", "") if layout is not None else ""
    return RunInfo(
        run=run.get("Id", "") if run is not None else "",
        cycles=Cycles(
            read1=plain[0],
            read2=plain[1] if len(plain) > 1 else 0,
            index1=indexes[0][0] if indexes else 0,
            index2=indexes[1][0] if len(indexes) > 1 else 0,
        ),
        lanes=int(lanes) if lanes.isdecimal() else None,
        i5_reversed=None if second is None else second.upper() in _YES,
    )


def _is_index(read: Element) -> bool:
    return read.get("IsIndexedRead", "N").upper() in _YES


def _count(read: Element) -> int:
    text = read.get("NumCycles", "")
    if not text.isdecimal():
        raise SheetRefused(f"RunInfo: “{text}” is no number of cycles.")
    return int(text)
