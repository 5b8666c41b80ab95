"""Instruments' files: the real ones, and what people and programs do to them on the way."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings import numbers
from backend.sequencing.preparation.readings.model import FileRead
from backend.sequencing.preparation.readings.reading import read_file

REAL = Path(__file__).parents[4].parent / "shared" / "data" / "instrument_files"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the collected files are not here")

CONCENTRATION, SIZE, MOLARITY = Metric.CONCENTRATION, Metric.FRAGMENT_SIZE, Metric.MOLARITY

QUBIT_3 = """\
Run ID,Assay Name,Test Name,Test Date,Qubit? tube conc.,Units,Original sample conc.,Units,Volume
2026-11-29_103708,dsDNA High sensitivity,LIB-1,2026/11/29 10:37:55,710,ng/mL,142,ng/?L,1
2026-11-29_103708,dsDNA High sensitivity,LIB-2,2026/11/29 10:38:07,24,ng/mL,4800,ng/mL,1
2026-11-29_103708,dsDNA High sensitivity,LIB-3,2026/11/29 10:38:14,Out of range,,Out of range,,1
2026-11-29_103708,dsDNA High sensitivity,LIB-4,2026/11/29 10:38:21,<0.50,ng/mL,<0.10,ng/uL,1
2026-11-29_103708,dsDNA High sensitivity,LIB-5,2026/11/29 10:38:28,,,,,1
"""
QUBIT_FLEX = """\
Run ID,Assay Name,Sample Name,Original Sample Conc.,Original sample conc. units,Qubit Tube Conc.
R1,1X dsDNA HS,S1,12.5,ng/uL,62.5
R1,1X dsDNA HS,S2,Too low,,Too low
"""
REGIONS = """\
FileName,WellId,Sample Description,From [bp],To [bp],Average Size [bp],Conc. [ng/µl],\
Region Molarity [nmol/l],% of Total,Region Comment
2026-02-25.D1000,A1,LIB-1,170,550,312,23.7,121,95.50,IDT
2026-02-25.D1000,A1,LIB-1,100,160,128,0.31,4.0,2.20,Adapter dimer
2026-02-25.D1000,B1,LIB-2,170,550,308,16.1,82.5,92.27,IDT
"""
BIOANALYZER = """\
Assay Title,High Sensitivity DNA Assay
Number of Samples Run,3

Sample Name,Pool 1

Peak Table
Size [bp],Conc. [pg/µl],Molarity [pmol/l],Observations,% of Total
35,125.00,"5,411.3",Lower Marker,80.0
402,"1,250.50","4,712.3",,20.0

Region Table
Name,From [s],To [s],Area,% of Total,Average Size [bp],Conc. [pg/µl],Molarity [pmol/l]

Sample Name,Ladder

Peak Table
Size [bp],Conc. [pg/µl],Molarity [pmol/l],Observations,% of Total
35,125.00,"5,411.3",Lower Marker,80.0
"""


def values(read: FileRead) -> dict[tuple[str, Metric], Decimal | None]:
    return {(each.name or each.well, each.metric): each.value for each in read.readings}


def codes(read: FileRead) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in read.findings]


@real
def test_the_bioanalyzer_file_of_sequencescape_gives_what_its_peaks_say() -> None:
    read = read_file((REAL / "sequencescape_bioanalysis_qc_results.csv").read_bytes())

    assert read.instrument is InstrumentFile.BIOANALYZER
    assert len(read.readings) == 12 * 3
    found = values(read)
    assert found["A1", CONCENTRATION] == Decimal("25.65")
    assert found["A1", SIZE] == Decimal(536)
    assert found["A1", MOLARITY] == Decimal("72.5")
    # Of two peaks the one that has all of the mass.
    assert (found["B1", SIZE], found["B1", CONCENTRATION]) == (Decimal(541), Decimal("18.06"))


@real
def test_the_plate_of_sequencescape_gives_means_and_names_the_wells_without_one() -> None:
    read = read_file((REAL / "sequencescape_quant_test_example.csv").read_bytes())

    assert read.instrument is InstrumentFile.SEQUENCESCAPE_QUANT
    found = values(read)
    assert (found["A1", CONCENTRATION], found["B1", CONCENTRATION]) == (
        Decimal("134.47"),
        Decimal("271.04"),
    )
    assert {each.name for each in read.standards} >= {"Blank B", "Control C1", "Control C4"}
    assert [each.value for each in read.standards if each.well == "H8"] == [Decimal("1.078")]
    assert len(read.readings) + len(read.findings) == 96
    assert {each.code for each in read.findings} == {"no_number"}


@real
def test_decisions_are_no_readings() -> None:
    read = read_file((REAL / "sequencescape_qc_report.csv").read_bytes())

    assert (read.instrument, codes(read)) == (None, [(1, "file_decisions")])


def test_a_qubits_numbers_have_their_own_units_and_words_are_neither_kept_nor_zero() -> None:
    read = read_file(QUBIT_3.encode())

    assert read.instrument is InstrumentFile.QUBIT
    assert values(read) == {
        ("LIB-1", CONCENTRATION): Decimal(142),
        ("LIB-2", CONCENTRATION): Decimal("4.8"),
        ("LIB-4", CONCENTRATION): None,
    }
    assert [each.below for each in read.readings] == [None, None, Decimal("0.10")]
    assert codes(read) == [(4, "no_number"), (5, "under_range")]


def test_a_qubit_flex_names_its_unit_in_a_column_of_its_own() -> None:
    read = read_file(QUBIT_FLEX.encode())

    assert values(read) == {("S1", CONCENTRATION): Decimal("12.5"), ("S2", CONCENTRATION): None}
    assert read.readings[1].is_low


def test_regions_give_size_and_molarity_and_an_adapter_region_its_share() -> None:
    read = read_file(REGIONS.encode("cp1252"))

    assert read.instrument is InstrumentFile.TAPESTATION_REGIONS
    found = values(read)
    assert (found["LIB-1", SIZE], found["LIB-1", MOLARITY]) == (Decimal(312), Decimal(121))
    # 4 of 125 nmol/l are dimers.
    assert found["LIB-1", Metric.ADAPTER_DIMER] == Decimal("3.2")
    assert ("LIB-2", Metric.ADAPTER_DIMER) not in found
    # What of the sample lies in the region is its share in range.
    assert found["LIB-1", Metric.IN_RANGE] == Decimal("95.5")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_same_table_reads_the_same_in_every_dress(encoding: str, mark: str) -> None:
    dressed = REGIONS.replace(",", mark).encode(encoding)

    assert values(read_file(dressed)) == values(read_file(REGIONS.encode()))


def test_a_semicolons_file_may_have_decimal_commas() -> None:
    text = REGIONS.replace(",", ";").replace("23.7", "23,7").replace("82.5", "1.082,5")

    found = values(read_file(text.encode()))

    assert found["LIB-1", CONCENTRATION] == Decimal("23.7")
    assert found["LIB-2", MOLARITY] == Decimal("1082.5")


def test_a_high_sensitivity_chip_is_read_in_its_own_units_without_marker_and_ladder() -> None:
    read = read_file(BIOANALYZER.encode())

    assert values(read) == {
        ("Pool 1", CONCENTRATION): Decimal("1.2505"),
        ("Pool 1", SIZE): Decimal(402),
        ("Pool 1", MOLARITY): Decimal("4.7123"),
    }
    assert codes(read) == [(2, "samples_lacking")]


def test_a_region_of_a_chip_says_what_lies_in_range() -> None:
    region = 'Region 1,34,70,120.5,91.2,412,"1,180.50","4,401.3"\n'
    head = "Average Size [bp],Conc. [pg/µl],Molarity [pmol/l]\n"
    read = read_file(BIOANALYZER.replace(f"{head}\nSample", f"{head}{region}\nSample").encode())

    found = values(read)

    assert found["Pool 1", Metric.IN_RANGE] == Decimal("91.2")
    assert found["Pool 1", SIZE] == Decimal(412)


def test_a_sample_table_gives_integrity() -> None:
    text = "FileName,Well,Conc. [ng/µl],DIN,Alert,Observations,Sample Description\n"
    text += "x,EL1,,,,,Ladder\nx,A1,54.2,7.1,,,DNA-1\n"

    read = read_file(text.encode())

    assert values(read) == {
        ("DNA-1", CONCENTRATION): Decimal("54.2"),
        ("DNA-1", Metric.DIN): Decimal("7.1"),
    }


def test_a_plate_readers_standards_are_no_samples() -> None:
    text = "Well,Content,Concentration (pg/µL)\nA1,Standard 1,10\nA2,Blank,0\nB1,Sample X1,2500\n"
    text += "B2,Sample X2,-3\nB3,Sample X3,99999999999\n"

    read = read_file(text.encode())

    assert read.instrument is InstrumentFile.PLATE_READER
    assert [(each.name, each.value) for each in read.standards] == [
        ("Standard 1", Decimal(10)),
        ("Blank", Decimal(0)),
    ]
    assert values(read) == {("B1", CONCENTRATION): Decimal("2.5")}
    assert codes(read) == [(5, "no_number"), (6, "not_possible")]


def test_a_unit_that_nobody_knows_keeps_the_number_out() -> None:
    read = read_file(b"Well,Concentration (furlongs)\nA1,12\n")

    assert (read.readings, codes(read)) == ((), [(2, "unit_unknown")])


def test_two_lines_of_one_well_are_both_left_out() -> None:
    read = read_file("Well,Conc (ng/µL)\nA1,12\nA1,14\nB1,3\n".encode())

    assert values(read) == {("B1", CONCENTRATION): Decimal(3)}
    assert codes(read) == [(3, "repeated")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04rest", "file_not_text"),
        (b"%PDF-1.7", "file_not_text"),
        (b"a\x00b", "file_not_text"),
        (b"Name,Colour\nA,red\n", "file_unknown"),
        (b"x" * 2_000_001, "file_large"),
        (b"Well,Concentration (ng/ul)\nA1,\n", "no_readings"),
    ],
)
def test_what_is_no_file_of_readings_is_told_in_one_sentence(content: bytes, code: str) -> None:
    read = read_file(content)

    assert read.instrument is None
    assert [each.code for each in read.findings] == [code]


@pytest.mark.parametrize(
    ("said", "decimal_comma", "value"),
    [
        ("1,611.3", False, "1611.3"),
        ("12,5", False, "12.5"),
        ("1,234", True, "1.234"),
        ("1.234,5", True, "1234.5"),
        ("1.5e2", False, "150"),
        (" 0.50 ", False, "0.5"),
    ],
)
def test_numbers_are_read_as_their_file_writes_them(
    *, said: str, decimal_comma: bool, value: str
) -> None:
    assert numbers.read_number(said, decimal_comma=decimal_comma).value == Decimal(value)


def test_a_comma_that_could_be_two_things_is_not_guessed() -> None:
    assert numbers.read_number("1,234", decimal_comma=False).fault
    assert numbers.read_number(">600", decimal_comma=False).fault == (
        "“>600” is over the range. Dilute and measure again."
    )


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    read = read_file(content)

    assert read.readings or read.findings


@given(st.text(max_size=200))
def test_no_cell_breaks_the_reader(cell: str) -> None:
    read = read_file(REGIONS.replace("23.7", cell).encode("utf-8", errors="replace"))

    assert all(each.value is None or each.value.is_finite() for each in read.readings)


@pytest.mark.parametrize(
    "heading",
    [
        "Well Position;Sample Name;Mean Conc [ng/µL]",
        "Well;Sample;ng/µl",
        "Well;Sample;ng/\u03bcL",
        "Well ID;Name;Result (ng/µL)",
        "Well;Sample;Average Concentration (ng/uL)",
        "Well;Sample;Calculated conc. ng/µl",
    ],
)
def test_a_plate_reader_may_call_its_concentration_otherwise(heading: str) -> None:
    read = read_file(f"{heading}\nA01;S1;12,3\n".encode())

    assert [(each.metric, each.value) for each in read.readings] == [
        (Metric.CONCENTRATION, Decimal("12.3"))
    ]
    assert read.findings == ()


def test_a_qpcrs_concentration_in_nanomoles_is_a_molarity() -> None:
    read = read_file(b"Well,Sample Name,Average concentration (nM)\nA1,S1,12.3\nA2,S2,0.4\n")

    assert [(each.metric, each.value) for each in read.readings] == [
        (Metric.MOLARITY, Decimal("12.3")),
        (Metric.MOLARITY, Decimal("0.4")),
    ]


def test_a_readers_signal_is_not_taken_for_a_concentration() -> None:
    read = read_file(b"Well,Sample,Result (RFU)\nA1,S1,51234\n")

    assert read.readings == ()
    assert "Export it in ng/\u00b5L" in read.findings[0].message


def test_of_peaks_the_largest_counts_and_neither_marker_nor_ladder() -> None:
    read = read_file(
        "Well,Sample Description,Peak,Size [bp],Calibrated Conc. [pg/µl],"
        "Peak Molarity [pmol/l],% Integrated Area,Observations\n"
        "A1,Electronic Ladder,1,100,60,900,8,\n"
        "B1,S1,-,25,500,30800,,Lower Marker\n"
        "B1,S1,1,128,40,480,3,\n"
        "B1,S1,2,412,1250,4660,97,\n"
        "B1,S1,-,1500,250,256,,Upper Marker\n".encode()
    )

    assert read.instrument is InstrumentFile.TAPESTATION_PEAKS
    assert [(each.metric, each.value, each.well) for each in read.readings] == [
        (Metric.CONCENTRATION, Decimal("1.25"), "B1"),
        (Metric.FRAGMENT_SIZE, Decimal(412), "B1"),
        (Metric.MOLARITY, Decimal("4.66"), "B1"),
    ]
    assert [each.code for each in read.findings] == ["several_peaks"]
