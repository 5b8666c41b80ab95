"""Ten deliberately broken variants of a manifest or form, each with what must be said about it."""

from dataclasses import dataclass

from tests.support.sample_files import as_csv, form, manifest, manifest_rows


@dataclass(frozen=True)
class Broken:
    """A broken file. ``place`` is (row, column) as a spreadsheet counts, or a line as (line,)."""

    name: str
    content: bytes
    code: str
    place: tuple[int | None, int | None]
    says: str
    line: int | None = None
    registrable: int = 0


def _unclosed_quote() -> bytes:
    rows = manifest_rows(3)
    rows[2][-1] = '"Handle with care'
    return as_csv(rows)


def _two_sample_ids() -> bytes:
    return manifest(3, {2: {"Sample_ID": "gen260001"}})


def _unknown_unit() -> bytes:
    rows = manifest_rows(2)
    rows[0][10] = "Concentration (IU/mL)"
    return as_csv(rows)


def _form_with_bad_index() -> bytes:
    return form().replace(b"ATGTCAGA-AAGACGAG", b"ATGTCAGA+AAGAC?AG")


BROKEN: tuple[Broken, ...] = (
    Broken(
        "two samples under one ID, spelled differently",
        _two_sample_ids(),
        "stands_twice",
        (2, 1),
        "Sample ID GEN260001 stands in rows 2, 4. Each sample needs its own.",
        registrable=1,
    ),
    Broken(
        "a date that could be two days",
        manifest(3, {0: {"Collection_Date": "03/04/2026"}}),
        "date_ambiguous",
        (2, 4),
        "can be 3 Apr 2026 or 4 Mar 2026",
        registrable=2,
    ),
    Broken(
        "a sample collected tomorrow",
        manifest(3, {1: {"Collection_Date": "2026-11-24"}}),
        "date_in_future",
        (3, 4),
        "must be today or earlier",
        registrable=2,
    ),
    Broken(
        "identifiers rounded by a spreadsheet",
        manifest(3, {1: {"Sample_ID": "1.23457E+11"}}),
        "digits_lost",
        (3, 1),
        "the spreadsheet dropped digits",
        registrable=2,
    ),
    Broken(
        "RNA in the wrong freezer",
        manifest(3, {2: {"Sample_Type": "RNA", "Storage_Temp": "-20°C"}}),
        "zone_spoils_sample",
        (4, 9),
        "RNA must be stored at −80 °C.",
        registrable=2,
    ),
    Broken(
        "a volume with another unit in its cell",
        manifest(3, {0: {"Volume_mL": "500 µL"}}),
        "unit_in_cell",
        (2, 10),
        "Volume must be a number in mL. You entered “500 µL”. That is 500 µL.",
        registrable=2,
    ),
    Broken(
        "a unit nobody converts in the heading",
        _unknown_unit(),
        "unit_unknown",
        (2, 11),
        "names the unit “IU/mL”, which TracSeq does not convert",
    ),
    Broken(
        "a quotation mark left open",
        _unclosed_quote(),
        "quote_open",
        (None, None),
        "A quotation mark opened in line 3 is not closed",
        line=3,
    ),
    Broken(
        "a spreadsheet error instead of a figure",
        manifest(3, {1: {"Concentration_ng_uL": "#REF!"}}),
        "excel_error",
        (3, 11),
        "holds the spreadsheet error #REF!",
        registrable=2,
    ),
    Broken(
        "a form whose index sequence has a letter that is no base",
        _form_with_bad_index(),
        "index_not_joined",
        (None, None),
        "The index of LUN-T2 was not used",
        line=34,
        registrable=2,
    ),
)
