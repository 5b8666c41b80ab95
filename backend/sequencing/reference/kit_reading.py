"""An index kit out of the rows of files: one table, or a list of i7 and a list of i5.

Lists are what core facilities pass on: a name and a sequence a line, without headings. Where the
names of both lists are the same, the lists are pairs; otherwise every i7 goes with every i5, as
kits of combinatorial indexes are used.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from backend.sequencing.indexing.collisions import DEFAULT_MISMATCHES, distance
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.reference.content import MOST_WELLS, WELL, KitWell
from backend.templates.reading.clean import clean
from backend.templates.reading.values import Severity

TOLD_APART_FROM = 2 * DEFAULT_MISMATCHES + 1
"""Bases from which an index with one wrong base is still nobody else's (DOMAIN 2c)."""

_SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "well": ("well", "wellposition", "position", "indexwell", "indexplatewell", "platewell"),
        "name": ("name", "indexname", "index", "id", "indexid", "set", "udi", "adaptername"),
        "i7": ("i7", "i7sequence", "index1", "i7index", "index1i7", "indexi7", "i7bases"),
        "i5": ("i5", "i5sequence", "index2", "i5index", "index2i5", "indexi5", "i5forward"),
    }
)
_DNA, _SPACES = re.compile(r"^[ACGT]{4,24}$"), re.compile(r"\s+")
_WELL_LIKE = re.compile(r"^([A-Pa-p])0?([1-9]|1[0-9]|2[0-4])$")
_PAIR_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class KitTable:
    """A file's rows; ``file`` is its name as findings say it."""

    file: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class KitFinding:
    """Something to say; ``line`` counts from 1 in the file, None is all of it."""

    severity: Severity
    message: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    file: str
    line: int
    texts: Mapping[str, str]


def wells_of(
    tables: Sequence[KitTable], *, i5_is_reversed: bool = False
) -> tuple[list[KitWell], list[KitFinding]]:
    """Return the wells and what is to be said; without wells when a finding is an error."""
    findings: list[KitFinding] = []
    if len(tables) == 1:
        rows = _table_rows(tables[0], findings)
        wells = [
            well
            for row in rows
            if (well := _well(row, findings, i5_is_reversed=i5_is_reversed)) is not None
        ]
    elif len(tables) == _PAIR_COLUMNS:
        wells = _two_lists(tables, findings, i5_is_reversed=i5_is_reversed)
    else:
        wells = []
        findings.append(_error("Send one table, or a list of i7 and a list of i5."))
    findings += _of_all(wells)
    if any(each.severity is Severity.ERROR for each in findings):
        return [], findings
    return wells, findings


def least_distances(wells: Sequence[KitWell]) -> tuple[int | None, int | None]:
    """Return in how many bases the closest two indexes of each side differ, equal ones apart.

    None where a side has fewer than two indexes.
    """
    i7 = sorted({each.i7 for each in wells})
    i5 = sorted({each.i5 for each in wells if each.i5})
    return _closest(i7), _closest(i5)


def _closest(indexes: Sequence[str]) -> int | None:
    return min((distance(a, b) for a, b in combinations(indexes, 2)), default=None)


def _error(message: str, file: str = "", line: int | None = None) -> KitFinding:
    return KitFinding(Severity.ERROR, message, file, line)


def _filled(table: KitTable) -> list[tuple[int, list[str]]]:
    rows = [(line, [clean(cell) for cell in row]) for line, row in enumerate(table.rows, 1)]
    return [(line, row) for line, row in rows if any(row)]


def _table_rows(table: KitTable, findings: list[KitFinding]) -> list[_Row]:
    filled = _filled(table)
    if not filled:
        findings.append(_error("The file has no rows.", table.file))
        return []
    line, first = filled[0]
    columns, ignored = _columns(first)
    if "i7" not in columns.values():
        seen = ", ".join(f"“{cell}”" for cell in first if cell)[:120]
        findings.append(
            _error(
                f"There is no column i7 among {seen}. Head the columns well, name, i7 and i5.",
                table.file,
                line,
            )
        )
        return []
    if ignored:
        said = ", ".join(f"“{each}”" for each in ignored)
        findings.append(KitFinding(Severity.INFO, f"Not taken over: {said}.", table.file, line))
    return [
        _Row(
            table.file,
            number,
            {field: row[place] for place, field in columns.items() if place < len(row)},
        )
        for number, row in filled[1:]
    ]


def _columns(headings: Sequence[str]) -> tuple[dict[int, str], list[str]]:
    columns: dict[int, str] = {}
    ignored = []
    for place, heading in enumerate(headings):
        folded = re.sub(r"[^a-z0-9]", "", heading.casefold())
        field = next((each for each, known in _SYNONYMS.items() if folded in known), None)
        if field is not None and field not in columns.values():
            columns[place] = field
        elif heading:
            ignored.append(heading)
    return columns, ignored


def _well(row: _Row, findings: list[KitFinding], *, i5_is_reversed: bool) -> KitWell | None:
    name = row.texts.get("name") or row.texts.get("well") or f"Line {row.line}"
    i7 = _bases(row, "i7", name, findings)
    i5 = _bases(row, "i5", name, findings) if row.texts.get("i5") else None
    place = _place(row, findings)
    if i7 is None or (row.texts.get("i5") and i5 is None):
        return None
    return KitWell(
        well=place,
        name=name[:60],
        i7=i7,
        i5=reverse_complement(i5) if i5_is_reversed and i5 else i5,
    )


def _place(row: _Row, findings: list[KitFinding]) -> str | None:
    written = row.texts.get("well", "")
    if not written:
        return None
    found = _WELL_LIKE.match(written)
    if found is None:
        findings.append(_error(f"“{written}” is no well. Write A01 to P24.", row.file, row.line))
        return None
    return f"{found[1].upper()}{int(found[2]):02}"


def _bases(row: _Row, field: str, name: str, findings: list[KitFinding]) -> str | None:
    written = row.texts.get(field, "")
    bases = _SPACES.sub("", written).upper()
    if not _DNA.match(bases):
        said = f"“{written[:40]}” is no index" if written else "there is no index"
        findings.append(
            _error(
                f"{name}, {field}: {said}. Write 4 to 24 letters A, C, G and T.", row.file, row.line
            )
        )
        return None
    return bases


def _two_lists(
    tables: Sequence[KitTable], findings: list[KitFinding], *, i5_is_reversed: bool
) -> list[KitWell]:
    sides: dict[str, KitTable] = {}
    for table in tables:
        side = next((each for each in ("i7", "i5") if each in table.file.casefold()), None)
        if side is None or side in sides:
            findings.append(
                _error("Name the two files so that one says i7 and the other i5.", table.file)
            )
            return []
        sides[side] = table
    i7, i5 = (_list(sides[side], side, findings) for side in ("i7", "i5"))
    if i5_is_reversed:
        i5 = {name: reverse_complement(bases) for name, bases in i5.items()}
    if set(i7) & set(i5):
        alone = [name for name in (*i7, *i5) if (name in i7) != (name in i5)]
        findings += [
            _error(f"{name} stands in one of the two lists only. Add it to the other.")
            for name in alone
        ]
        return [
            KitWell(name=name, i7=bases, i5=i5[name]) for name, bases in i7.items() if name in i5
        ]
    return [
        KitWell(name=f"{first}-{second}", i7=bases, i5=others)
        for first, bases in i7.items()
        for second, others in i5.items()
    ][: MOST_WELLS + 1]


def _list(table: KitTable, side: str, findings: list[KitFinding]) -> dict[str, str]:
    named: dict[str, str] = {}
    for line, row in _filled(table):
        if len([cell for cell in row if cell]) != _PAIR_COLUMNS:
            findings.append(_error("Write a name and a sequence.", table.file, line))
            continue
        name, written = (cell for cell in row if cell)
        bases = _bases(_Row(table.file, line, {side: written}), side, name, findings)
        if name in named:
            findings.append(_error(f"{name} stands there twice.", table.file, line))
        elif bases is not None:
            named[name] = bases
    return named


def _of_all(wells: Sequence[KitWell]) -> list[KitFinding]:
    findings = []
    if len(wells) > MOST_WELLS:
        findings.append(_error(f"A kit has at most {MOST_WELLS} pairs. Split it."))
    for what, values in (
        ("well", [each.well for each in wells if each.well]),
        ("name", [each.name for each in wells]),
        ("index pair", [f"{each.i7}+{each.i5 or ''}" for each in wells]),
    ):
        findings += [
            _error(f"The {what} {value} stands there {times} times. Keep it once.")
            for value, times in Counter(values).items()
            if times > 1
        ]
    for side, lengths in (
        ("i7", {len(each.i7) for each in wells}),
        ("i5", {len(each.i5 or "") for each in wells}),
    ):
        if len(lengths) > 1:
            said = " and ".join(map(str, sorted(lengths)))
            findings.append(_error(f"{side} has {said} bases. A kit has one length on each side."))
    return findings or _doubts(wells)


def _doubts(wells: Sequence[KitWell]) -> list[KitFinding]:
    findings = [
        KitFinding(
            Severity.WARNING,
            f"Two {side} differ in {least} base{'s' if least > 1 else ''} only: with one mismatch "
            "allowed they are not told apart.",
        )
        for side, least in zip(("i7", "i5"), least_distances(wells), strict=True)
        if least is not None and least < TOLD_APART_FROM
    ]
    if wells and not any(WELL.match(each.well or "") for each in wells):
        findings.append(KitFinding(Severity.INFO, "The file names no wells."))
    return findings
