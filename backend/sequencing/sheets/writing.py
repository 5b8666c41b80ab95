"""A `SampleSheet` written in its own format: commas, UTF-8, one line end, nothing padded.

What is written is read back as the same sheet, with one exception: Illumina's formats have one lane
and one index pair on a line, so a sample with several becomes several lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from backend.sequencing.sheets.headings import (
    INDEX1,
    INDEX2,
    LANE,
    NAME,
    PROJECT,
    SAMPLE_ID,
    SPELLINGS,
)
from backend.sequencing.sheets.model import Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.reading import written_cells
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.vocabulary import ONT_COLUMNS

_Row = Sequence[str]

_ORDER: Mapping[Dialect, Sequence[str]] = MappingProxyType(
    {
        Dialect.ILLUMINA_V1: (
            LANE,
            SAMPLE_ID,
            NAME,
            "Sample_Plate",
            "Sample_Well",
            "Index_Plate_Well",
            "I7_Index_ID",
            INDEX1,
            "I5_Index_ID",
            INDEX2,
            PROJECT,
            "Description",
        ),
        Dialect.ILLUMINA_V2: (LANE, SAMPLE_ID, NAME, INDEX1, INDEX2, PROJECT),
        Dialect.TABLE: (LANE, SAMPLE_ID, NAME, INDEX1, INDEX2, PROJECT),
        Dialect.AVITI: (SAMPLE_ID, INDEX1, INDEX2, LANE, PROJECT),
        Dialect.ONT: tuple(SAMPLE_ID if name == "sample_id" else name for name in ONT_COLUMNS),
    }
)
"""Usual order of columns; headings that are not named here come last."""


def write(sheet: SampleSheet) -> bytes:
    """Return the sheet as a file.

    Raises:
        ValueError: a sample has a lane or an index that could not be read.
    """
    bad = next((each for each in sheet.samples if each.unreadable), None)
    if bad is not None:
        field, text = bad.unreadable[0]
        raise ValueError(f"{bad.sample_id}: “{text}” is no {field}. Correct it first.")
    match sheet.dialect:
        case Dialect.ILLUMINA_V1:
            blocks = _v1(sheet)
        case Dialect.ILLUMINA_V2:
            blocks = _v2(sheet)
        case Dialect.AVITI:
            blocks = _aviti(sheet)
        case Dialect.ONT | Dialect.TABLE:
            blocks = [("", _table(sheet))]
    blocks += [(each.name, each.rows) for each in sheet.others]
    return "\n".join(_block(name, rows) for name, rows in blocks).encode()


def _v1(sheet: SampleSheet) -> list[tuple[str, Iterable[_Row]]]:
    cycles = sheet.cycles
    reads = [count for count in (cycles.read1, cycles.read2) if count] if cycles else []
    return [
        ("Header", _pairs(sheet.header)),
        ("Reads", [(str(count),) for count in reads]),
        ("Settings", _pairs(sheet.settings)),
        ("Data", _table(sheet)),
    ]


def _v2(sheet: SampleSheet) -> list[tuple[str, Iterable[_Row]]]:
    cycles = sheet.cycles
    reads = (
        ("Read1Cycles", cycles.read1 if cycles else None),
        ("Read2Cycles", cycles.read2 if cycles else None),
        ("Index1Cycles", cycles.index1 if cycles else None),
        ("Index2Cycles", cycles.index2 if cycles else None),
    )
    return [
        ("Header", _pairs(sheet.header)),
        ("Reads", [(key, str(count)) for key, count in reads if count is not None]),
        ("BCLConvert_Settings", _pairs(sheet.settings)),
        ("BCLConvert_Data", _table(sheet)),
    ]


def _aviti(sheet: SampleSheet) -> list[tuple[str, Iterable[_Row]]]:
    blocks: list[tuple[str, Iterable[_Row]]] = []
    if sheet.header:
        blocks.append(("RUNVALUES", [("KeyName", "Value"), *_pairs(sheet.header)]))
    if sheet.settings:
        lanes = any(each.lane for each in sheet.settings)
        head = ("SettingName", "Value", "Lane") if lanes else ("SettingName", "Value")
        rows = [(each.key, each.value, each.lane)[: len(head)] for each in sheet.settings]
        blocks.append(("SETTINGS", [head, *rows]))
    return [*blocks, ("SAMPLES", _table(sheet))]


def _pairs(entries: Iterable[Entry]) -> list[_Row]:
    return [(each.key, each.value) if each.value else (each.key,) for each in entries]


def _table(sheet: SampleSheet) -> list[_Row]:
    single = sheet.dialect in (Dialect.ILLUMINA_V1, Dialect.ILLUMINA_V2, Dialect.TABLE)
    rows = [row for each in sheet.samples for row in _rows(each, single=single)]
    used = {name for row in rows for name, text in row.items() if text}
    if sheet.dialect is not Dialect.ONT:
        used.add(SAMPLE_ID)
    if sheet.dialect in (Dialect.TABLE, Dialect.AVITI):
        used.add(INDEX1)  # by which both are known for what they are
    order = _ORDER[sheet.dialect]
    names = [name for name in order if name in used] + sorted(used - set(order))
    spellings = SPELLINGS[sheet.dialect]
    heads = [spellings[name][0] if name in spellings else name for name in names]
    return [heads, *([row.get(name, "") for name in names] for row in rows)]


def _rows(sample: SheetSample, *, single: bool) -> list[dict[str, str]]:
    """Return the cells of a sample by field; a line for each lane and index pair if ``single``."""
    lanes = [str(lane) for lane in sample.lanes]
    held = {**dict(sample.extra), SAMPLE_ID: sample.sample_id, NAME: sample.name}
    held[PROJECT] = sample.project
    if not single:
        indexes = {INDEX1: "+".join(sample.index1), INDEX2: "+".join(sample.index2)}
        return [{**held, LANE: "+".join(lanes), **indexes}]
    return [
        {**held, LANE: lane, INDEX1: i7, INDEX2: i5}
        for lane, i7, i5 in product(lanes or [""], sample.index1 or ("",), sample.index2 or ("",))
    ]


def _block(name: str, rows: Iterable[_Row]) -> str:
    lines = [f"[{name}]"] if name else []
    lines += [written_cells([_one_line(cell) for cell in row]) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _one_line(cell: str) -> str:
    return " ".join(cell.splitlines())
