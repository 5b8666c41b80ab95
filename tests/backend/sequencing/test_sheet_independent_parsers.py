"""What we write, as two parsers that we did not write read it: samshee and sample-sheet."""

import io
import warnings
from dataclasses import replace

from hypothesis import given

from backend.sequencing.sheets.converting import to_v2
from backend.sequencing.sheets.model import Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.writing import write
from tests.support import sheets
from tests.support.sheet_strategies import sheet_of
from tests.support.sheets import seen

with warnings.catch_warnings():
    # samshee 0.2.14 still imports jsonschema's RefResolver, which jsonschema has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from samshee.samplesheetv2 import read_samplesheetv2

from sample_sheet import SampleSheet as SheetOfOthers

_VERSION = Entry("SoftwareVersion", "4.3.13")
"""samshee asks for it in every sheet."""


def rows_of(sheet: SampleSheet) -> list[tuple[str, ...]]:
    def row(each: SheetSample) -> tuple[str, ...]:
        lane = "".join(map(str, each.lanes))
        return (lane, each.sample_id, "".join(each.index1), "".join(each.index2), each.project)

    return [row(each) for each in sheet.samples]


def as_samshee_reads(sheet: SampleSheet) -> list[tuple[str, ...]]:
    """Return the rows that samshee finds, after it has held the sheet against its own schema."""
    found = read_samplesheetv2(io.StringIO(write(sheet).decode()))
    columns = ("Lane", "Sample_ID", "Index", "Index2", "Sample_Project")
    return [
        tuple(str(row[name]) if name in row else "" for name in columns)
        for row in found.applications["BCLConvert"]["data"]
    ]


@given(sheet_of(Dialect.ILLUMINA_V2))
def test_samshee_takes_every_v2_sheet_that_we_write_and_reads_the_same(sheet: SampleSheet) -> None:
    # It cannot read a column Sample_Name (KeyError), and wants projects for all samples or none.
    plain = replace(
        sheet,
        header=(Entry("FileFormatVersion", "2"), Entry("RunName", "run-1")),
        settings=(_VERSION, *sheet.settings),
        samples=tuple(
            replace(each, name="", project=each.project or "gamma") for each in sheet.samples
        ),
        others=(),
    )

    assert as_samshee_reads(plain) == rows_of(plain)


def test_samshee_takes_a_converted_sheet() -> None:
    sheet = seen(sheets.V1).sheet
    assert sheet is not None
    converted = to_v2(sheet).sheet
    versioned = replace(converted, settings=(_VERSION, *converted.settings))

    assert as_samshee_reads(versioned) == rows_of(converted)


@given(sheet_of(Dialect.ILLUMINA_V1))
def test_sample_sheet_reads_every_v1_sheet_that_we_write_as_we_do(sheet: SampleSheet) -> None:
    found = SheetOfOthers(io.StringIO(write(sheet).decode()))

    columns = ("Lane", "Sample_ID", "index", "index2", "Sample_Project")
    assert [
        tuple(str(sample[name] or "") if name in sample else "" for name in columns)
        for sample in found.samples
    ] == rows_of(sheet)
    assert dict(found.Settings) == {each.key: each.value for each in sheet.settings}
    assert sheet.cycles is not None
    assert found.Reads == [count for count in (sheet.cycles.read1, sheet.cycles.read2) if count]
