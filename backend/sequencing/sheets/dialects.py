"""Whose format a sample sheet is in, told by its sections and headings."""

from backend.sequencing.sheets.reading import RawSheet, fold
from backend.sequencing.sheets.values import Dialect

_ONT_ALWAYS = frozenset({"experimentid", "kit"})
_ONT_ONE_OF = frozenset({"flowcellid", "positionid"})
_TABLE_ONE_OF = frozenset({"sampleid", "sample", "samplename"})
_INDEX_WORDS = frozenset({"index", "index1", "i7", "index2", "i5", "i7indexid"})


def detect(raw: RawSheet) -> Dialect | None:
    """Return the dialect of a sheet, or None when it is no sample sheet."""
    names = {each.folded for each in raw.sections}
    if names & {"bclconvertsettings", "bclconvertdata"} or _version(raw) == "2":
        return Dialect.ILLUMINA_V2
    if "samples" in names:
        return Dialect.AVITI
    if "data" in names or {"header", "reads"} <= names:
        return Dialect.ILLUMINA_V1
    return None if names or not raw.top else _of_headings(raw)


def _of_headings(raw: RawSheet) -> Dialect | None:
    line = raw.top[0]
    headings = {fold(line.cell(place)) for place in range(len(line.cells))}
    if headings & _ONT_ONE_OF and headings & _ONT_ALWAYS:
        return Dialect.ONT
    if headings & _TABLE_ONE_OF and headings & _INDEX_WORDS:
        return Dialect.TABLE
    return None


def _version(raw: RawSheet) -> str:
    header = raw.section("header")
    for line in header.lines if header else ():
        if fold(line.cell(0)) == "fileformatversion":
            return line.cell(1)
    return ""
