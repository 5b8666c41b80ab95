"""Sheets written, mended, converted and compared: nothing is lost and nothing is made up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.errors import SheetRefused
from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.converting import to_v2
from backend.sequencing.sheets.difference import Kind, compare
from backend.sequencing.sheets.mending import mend
from backend.sequencing.sheets.model import Bases, Cycles, SampleSheet, SheetSample
from backend.sequencing.sheets.run_info import read_run_info
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.writing import write
from backend.templates.reading.values import Severity
from tests.support import sheets
from tests.support.sheet_strategies import any_sheet, sheet_of
from tests.support.sheets import seen


@given(any_sheet)
def test_what_is_written_is_read_back_equal_and_without_an_error(sheet: SampleSheet) -> None:
    found = examine(write(sheet))

    assert [each for each in found.findings if each.severity is Severity.ERROR] == []
    assert found.sheet == sheet
    assert compare(sheet, found.sheet) == ()


@pytest.mark.parametrize("dialect", sheets.ALL)
def test_a_sheet_written_by_hand_says_the_same_when_written_anew(dialect: str) -> None:
    sheet = seen(sheets.ALL[dialect]).sheet

    assert sheet is not None
    assert examine(write(sheet)).sheet == sheet


def test_illuminas_sheets_have_a_line_for_each_lane_and_index() -> None:
    sample = SheetSample(sample_id="S1", lanes=(1, 2), index1=(Bases("ACGT"), Bases("CCCC")))
    sheet = SampleSheet(dialect=Dialect.TABLE, samples=(sample,))

    assert write(sheet).decode().splitlines() == [
        "Lane,Sample_ID,Index",
        "1,S1,ACGT",
        "1,S1,CCCC",
        "2,S1,ACGT",
        "2,S1,CCCC",
    ]


def test_what_could_not_be_read_is_not_written() -> None:
    sheet = seen(sheets.TABLE.replace("TTATAACC", "XXXX")).sheet

    assert sheet is not None
    with pytest.raises(ValueError, match="S2: “XXXX” is no index1"):
        write(sheet)


def test_every_mechanical_fault_is_mended_and_what_was_right_stays_as_it_was() -> None:
    spoilt = (
        sheets.V2.replace("FileFormatVersion,2\n", "")
        .replace("[Reads]", "[ Reads ]")
        .replace("AdapterRead1", "adapterread1")
        .replace("[BCLConvert_Data]", "[Data]")
        .replace("Sample_ID", "sample id")
        .replace("1,S2,TTATAACC", "1,S 2 ,ttataacc")
    )

    mended = mend(b"\xef\xbb\xbf" + spoilt.replace("\n", "\r\n").encode())

    assert mended.examined.findings == ()
    assert mended.content.decode() == sheets.V2.replace("S2", "S_2").replace("\n", "\r\n")
    assert {each.code for each in mended.done} == {
        "byte_order_mark",
        "version_missing",
        "section_spaces",
        "setting_unknown",
        "section_of_v1",
        "heading_spelling",
        "spaces",
        "sample_id_letters",
        "index_letters",
    }


@given(any_sheet)
def test_mending_a_good_sheet_changes_no_byte(sheet: SampleSheet) -> None:
    content = write(sheet)

    mended = mend(content)
    assert mended.content == content
    assert mended.done == ()


def test_a_sheet_with_semicolons_in_windows_letters_is_written_anew() -> None:
    content = sheets.V1.replace(",", ";").replace("exp 001", "Prüfung").encode("cp1252")

    mended = mend(content)

    assert mended.examined.sheet is not None
    assert mended.content.decode() == sheets.V1.replace("exp 001", "Prüfung")


def test_v1_becomes_v2_with_i5_turned_as_the_instrument_reads_it() -> None:
    sheet = seen(sheets.V1).sheet
    assert sheet is not None

    done = to_v2(sheet)

    assert [each.index2 for each in done.sheet.samples] == [
        (reverse_complement("AGCGCTAA"),),
        (reverse_complement("GATATCGC"),),
    ]
    assert done.sheet.cycles == Cycles(read1=151, read2=151, index1=8, index2=8)
    assert done.sheet.header_value("RunName") == "exp_001"
    assert done.sheet.setting("AdapterRead1") == "AGATCGGAAGAGC"
    assert not examine(write(done.sheet)).has_errors
    assert any("turned round" in note for note in done.notes)
    stated = to_v2(sheet, i5=I5Orientation.FORWARD).sheet
    assert [each.index2 for each in stated.samples] == [("AGCGCTAA",), ("GATATCGC",)]


def test_shorter_indexes_are_masked_at_the_end_that_is_read_last() -> None:
    text = sheets.V1.replace("TTATAACC,GATATCGC", "TTATAA,GATATC")
    sheet = seen(text).sheet
    assert sheet is not None

    turned, forward = to_v2(sheet).sheet, to_v2(sheet, i5=I5Orientation.FORWARD).sheet

    assert [each.own("OverrideCycles") for each in turned.samples] == [
        "Y151;I8;I8;Y151",
        "Y151;I6N2;N2I6;Y151",
    ]
    assert forward.samples[1].own("OverrideCycles") == "Y151;I6N2;I6N2;Y151"
    assert not examine(write(turned)).has_errors


@pytest.mark.parametrize(("trim", "kept"), [("TrimUMI,1\n", "1"), ("TrimUMI,0\n", "0"), ("", "0")])
def test_umis_of_the_first_format_become_cycles_of_the_second(trim: str, kept: str) -> None:
    umi = "Read1UMILength,7\nRead1UMIStartFromCycle,1\nRead1StartFromCycle,9\n"
    sheet = seen(sheets.V1.replace("Adapter,AGATCGGAAGAGC,,\n", umi + trim)).sheet
    assert sheet is not None

    done = to_v2(sheet)

    assert {each.own("OverrideCycles") for each in done.sheet.samples} == {"U7N1Y143;I8;I8;Y151"}
    assert done.sheet.setting("TrimUMI") == kept
    assert not any("no such setting" in each for each in done.notes)
    assert not examine(write(done.sheet)).has_errors


def test_what_has_no_place_in_v2_is_said() -> None:
    text = (
        sheets.V1.replace("Adapter,AGATCGGAAGAGC", "ExcludeTiles,1101")
        .replace("Sample_Project", "Description")
        .replace("[Reads]", "[Manifests]\nA,pool.txt\n[Reads]")
    )
    sheet = seen(text).sheet
    assert sheet is not None

    notes = " ".join(to_v2(sheet).notes)

    assert "ExcludeTiles,1101" in notes
    assert "Left out of the samples: Description." in notes
    assert "[Manifests]" in notes


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (sheets.V1.replace("NextSeq 550", "NovaSeq 6000"), "does not say how i5 is read"),
        (sheets.V1.replace("Instrument Type", "Machine"), "names no instrument"),
        (sheets.TABLE, "says no cycles"),
        (sheets.ONT, "Only a sheet of Illumina's first format"),
    ],
)
def test_a_conversion_that_would_have_to_guess_is_refused(text: str, why: str) -> None:
    sheet = seen(text).sheet
    assert sheet is not None

    with pytest.raises(SheetRefused, match=why):
        to_v2(sheet)


@given(sheet_of(Dialect.ILLUMINA_V1), st.sampled_from(I5Orientation))
def test_every_good_v1_sheet_becomes_a_good_v2_sheet(
    sheet: SampleSheet, orientation: I5Orientation
) -> None:
    done = to_v2(sheet, i5=orientation)

    found = examine(write(done.sheet))
    assert not found.has_errors
    assert found.sheet == done.sheet
    assert [each.sample_id for each in done.sheet.samples] == [
        each.sample_id for each in sheet.samples
    ]


def test_differences_are_named_with_their_lines() -> None:
    before = seen(sheets.V2).sheet
    after = seen(
        sheets.V2.replace("RunName,260105_LH00336_0025", "RunName,other")
        .replace("TTATAACC", "AAGTCCAA")
        .replace("2,S3,GGACTTGG,CGCAGACG,Beta", "2,S4,GGACTTGG,CGCAGACG,Beta")
        .replace("AdapterRead1,CTGTCTCTTATACACATCT\n", "")
    ).sheet
    assert before is not None
    assert after is not None

    found = compare(before, after)

    assert [(each.kind, each.section, each.what) for each in found] == [
        (Kind.CHANGED, "header", "RunName"),
        (Kind.REMOVED, "settings", "AdapterRead1"),
        (Kind.CHANGED, "samples", "S2 (lane 1), index1"),
        (Kind.REMOVED, "samples", "S3 (lane 2)"),
        (Kind.ADDED, "samples", "S4 (lane 2)"),
    ]
    assert (found[2].line_before, found[2].line_after) == (21, 20)
    assert found[2].sentence == "samples: S2 (lane 1), index1 was TTATAACC, is AAGTCCAA."


@given(any_sheet, any_sheet)
def test_two_sheets_differ_one_way_as_they_do_the_other(
    first: SampleSheet, second: SampleSheet
) -> None:
    there, back = compare(first, second), compare(second, first)

    assert len(there) == len(back)
    assert sum(each.kind is Kind.ADDED for each in there) == sum(
        each.kind is Kind.REMOVED for each in back
    )


@given(any_sheet)
def test_one_cell_more_is_one_difference(sheet: SampleSheet) -> None:
    first, *others = sheet.samples
    changed = replace(first, extra=tuple(sorted((*first.extra, ("position_id", "X1")))))

    found = compare(sheet, replace(sheet, samples=(changed, *others)))

    assert [(each.kind, each.before, each.after) for each in found] == [
        (Kind.CHANGED, "empty", "X1")
    ]


RUN_INFO = """<?xml version="1.0"?><RunInfo><Run Id="260105_LH00336_0025"><Reads>
<Read Number="1" NumCycles="151" IsIndexedRead="N" IsReverseComplement="N"/>
<Read Number="2" NumCycles="10" IsIndexedRead="Y" IsReverseComplement="N"/>
<Read Number="3" NumCycles="10" IsIndexedRead="Y" IsReverseComplement="Y"/>
<Read Number="4" NumCycles="151" IsIndexedRead="N" IsReverseComplement="N"/>
</Reads><FlowcellLayout LaneCount="8"/></Run></RunInfo>"""


def test_run_info_says_cycles_lanes_and_direction() -> None:
    found = read_run_info(RUN_INFO.encode())

    assert found.cycles == Cycles(read1=151, read2=151, index1=10, index2=10)
    assert (found.run, found.lanes, found.i5_reversed) == ("260105_LH00336_0025", 8, True)
    silent = read_run_info(RUN_INFO.replace(' IsReverseComplement="Y"', "").encode())
    assert silent.i5_reversed is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no XML", "cannot be read as XML"),
        ("<RunInfo/>", "names no read"),
        (RUN_INFO.replace("151", "many"), "is no number of cycles"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><RunInfo>&a;</RunInfo>', "entities of its own"),
    ],
)
def test_what_is_no_run_info_is_refused(text: str, why: str) -> None:
    with pytest.raises(SheetRefused, match=why):
        read_run_info(text.encode())
