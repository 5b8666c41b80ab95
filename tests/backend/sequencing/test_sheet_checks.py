"""What a demultiplexer would refuse, by the line and column where it stands."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.sheets.override_cycles import OverrideCycles, parse, problems
from backend.templates.reading.values import Severity
from tests.support import sheets
from tests.support.sheets import only, seen

RUN = Cycles(read1=151, read2=151, index1=10, index2=10)


@pytest.mark.parametrize(
    ("was", "becomes", "code", "line", "column"),
    [
        ("FileFormatVersion,2\n", "", "version_missing", 1, None),
        ("RunName,260105_LH00336_0025", "RunName,my run", "run_name_letters", 3, 2),
        ("IndexOrientation,Forward", "IndexOrientation,Reverse", "index_orientation", 5, 2),
        ("Read1Cycles,151", "Read1Cycles,many", "reads_number", 8, 2),
        ("Read1Cycles", "Read1Cycle", "reads_key", 8, 1),
        ("AdapterRead1,", "AdaptorRead1,", "setting_unknown", 15, 1),
        ("AdapterRead1,CTG", "AdapterRead1,CTX", "setting_value", 15, 2),
        ("AdapterRead1,CTG", "AdapterRead1," + "CTGA" * 38, "adapter_long", 15, 2),
        ("[BCLConvert_Data]", "[bclconvert_data]", "section_spelling", 18, 1),
        ("[Header]", "[header]", "section_spelling", 1, 1),
        ("[Reads]", "[My-App_Data]\n[Reads]", "section_letters", 7, 1),
        ("Sample_Project", "overridecycles", "heading_spelling", 19, 5),
        ("SoftwareVersion,4.3.13", "BarcodeMismatchesIndex1,3", "setting_value", 14, 2),
        ("AdapterRead1,", "AdapterBehavior,", "setting_without_adapter", 15, 1),
        ("SoftwareVersion,4.3.13", "AdapterRead1,ACGT", "key_twice", 15, 1),
        ("Y151;I8N2", "Y151;I8N3", "override_cycles", 16, 2),
        ("Y151;I8N2", "Y151;Z8", "override_cycles", 16, 2),
        ("[BCLConvert_Data]", "[Data]", "section_of_v1", 18, 1),
        ("Sample_ID", "sample_id", "heading_spelling", 19, 2),
        ("Sample_Project", "Colour", "column_unknown", 19, None),
        ("1,S2", "9,S2", "lane_number", 21, 1),
        ("1,S2", "x,S2", "lane_number", 21, 1),
        ("1,S2", ",S2", "lane_missing", 21, 1),
        ("1,S2", "1,", "sample_id_missing", 21, 2),
        ("S2", "S 2", "sample_id_letters", 21, 2),
        ("S2", "S" * 101, "sample_id_long", 21, 2),
        ("S2", "Undetermined", "sample_id_reserved", 21, 2),
        ("Beta", "Reports", "project_reserved", 22, 5),
        ("Beta", "B" * 21, "project_long", 22, 5),
        ("TTATAACC", "ttataacc", "index_letters", 21, 3),
        ("TTATAACC", "TTATAACN", "index_letters", 21, 3),
        ("TTATAACC", "TTATAACCA", "index_length", 21, 3),
        ("TTATAACC,GATATCGA", "CCGCGGTT,AGCGCTAG", "index_collision", 21, 3),
        ("TTATAACC,GATATCGA", "CCGCGGAA,AGCGCTTA", "index_collision", 21, 3),
        ("S2,TTATAACC,GATATCGA", "S1,CCGCGGTT,AGCGCTAG", "sample_twice", 21, 2),
        ("TTATAACC,GATATCGA", ",GATATCGA", "index_missing", 21, 3),
        ("TTATAACC,GATATCGA", "TTATAACC,na", "index2_missing", 21, 4),
        ("1,S2,", "1,S2 ,", "spaces", 21, 2),
        ("1,S2,", "1,S2\u00a0,", "spaces", 21, 2),
        ("GATATCGA,Alpha", "GATATCGA,Alpha,more", "too_many_cells", 21, 6),
        ("GATATCGA,Alpha", "CTAGCGCT,Alpha", "index2_mates", None, None),
    ],
)  # fmt: skip
def test_each_fault_of_a_v2_sheet_is_found_where_it_stands(
    was: str, becomes: str, code: str, line: int | None, column: int | None
) -> None:
    assert was in sheets.V2

    found = only(sheets.V2.replace(was, becomes, 1), code)

    assert (found.line, found.column) == (line, column)
    assert found.message.endswith((".", "?"))


def test_a_missing_section_is_named() -> None:
    found = only(sheets.V2.replace("[BCLConvert_Settings]\n", ""), "section_missing")

    assert "[BCLConvert_Settings]" in found.message


def test_an_instrument_needs_the_version_of_its_software() -> None:
    found = only(sheets.V2.replace("SoftwareVersion,4.3.13\n", ""), "software_version")

    assert (found.line, found.severity) == (13, Severity.INFO)


def test_one_identifier_in_several_rows_is_legal_with_other_lanes_or_indexes() -> None:
    for again in ("2,S1,CCGCGGTT,AGCGCTAG,Alpha", "1,S1,AAGTCCAA,TATGAGTA,Alpha"):
        found = seen(f"{sheets.V2}{again}\n")

        assert found.findings == ()


def test_mismatches_are_those_of_the_sheet_or_of_the_sample() -> None:
    near = sheets.V2.replace("TTATAACC,GATATCGA", "CCGCGGAA,AGCGCTTA")  # 2 and 2 apart
    strict = near.replace("SoftwareVersion,4.3.13", "BarcodeMismatchesIndex1,0")
    own = near.replace("Sample_Project", "BarcodeMismatchesIndex1").replace("Alpha", "0")

    assert only(near, "index_collision").message == (
        "In lane 1, S1 and S2 cannot be told apart: i7 differs in 2 of 8 cycles and i5 in 2 of 8, "
        "3 are needed in one of them; see line 20."
    )
    assert "With 1 mismatches in index 1 and 0" in only(near, "collision_relaxed").message
    assert not seen(strict).has_errors
    assert not seen(own.replace("Beta", "0")).has_errors


def test_with_independent_checks_one_close_index_is_enough() -> None:
    text = sheets.V2.replace("TTATAACC,GATATCGA", "CCGCGGAA,GATATCGA")
    own = text.replace("SoftwareVersion,4.3.13", "IndependentIndexCollisionCheck,1;3")

    assert not seen(text).has_errors
    assert only(own, "index_collision").line == 21


def test_a_setting_in_a_column_and_in_the_settings_is_refused() -> None:
    text = (
        sheets.V2.replace("Sample_Project", "OverrideCycles")
        .replace("Alpha", "")
        .replace("Beta", "")
    )

    assert only(text, "setting_twice").line == 16


def test_mismatches_of_a_second_index_that_nobody_has_are_refused() -> None:
    text = (
        sheets.V2.replace("SoftwareVersion,4.3.13", "BarcodeMismatchesIndex2,1")
        .replace(",Index2", "")
        .replace(",AGCGCTAG", "")
        .replace(",GATATCGA", "")
        .replace(",CGCAGACG", "")
    )

    assert only(text, "setting_without_index2").line == 14


def test_the_reads_of_the_run_count_before_those_of_the_sheet() -> None:
    run = Cycles(read1=101, read2=151, index1=10, index2=10)

    found = examine(sheets.V2.encode(), run=run).findings
    assert [each.code for each in found] == ["reads_differ", "override_cycles"]
    assert "R1 has 101" in found[1].message
    assert examine(sheets.V2.encode(), run=RUN).findings == ()


@pytest.mark.parametrize(
    ("index1", "index2", "told"),
    [
        (8, 8, ""),
        (6, 8, ""),
        (6, 6, "On the cycles that the run reads, S1 and S2 have the same index; see line 16."),
        (6, 0, "On the cycles that the run reads, S1 and S2 have the same index; see line 16."),
    ],
)
def test_indexes_of_the_first_format_are_told_apart_by_the_cycles_that_are_read(
    index1: int, index2: int, told: str
) -> None:
    # Apart by 2 and 2 in the last two bases of each, with one wrong base forgiven in i7 alone.
    text = sheets.V1.replace("TTATAACC,GATATCGC", "CCGCGGAA,AGCGCTTT").replace(
        "Adapter,AGATCGGAAGAGC,,", "BarcodeMismatchesIndex1,1,,\nBarcodeMismatchesIndex2,0,,"
    )
    run = Cycles(read1=151, read2=151, index1=index1, index2=index2)

    found = [
        each.message
        for each in examine(text.encode(), run=run).findings
        if each.code == "index_collision"
    ]

    assert found == ([told] if told else [])


def test_cloud_and_application_sections_must_name_samples_of_the_sheet() -> None:
    text = (
        f"{sheets.V2}\n[Cloud_Data]\nSample_ID,LibraryName\nS1,S1_CCGCGGTT_AGCGCTAG\nS2,library2\n"
        "\n[TSO500L_Settings]\nSoftwareVersion,2.5\n[TSO500L_Data]\nSample_ID,Sample_Type\nS9,DNA\n"
    )

    assert only(text, "library_name").line == 27
    assert only(text, "section_sample").line == 33
    found = seen(text).sheet
    assert found is not None
    assert [each.name for each in found.others] == [
        "Cloud_Data",
        "TSO500L_Settings",
        "TSO500L_Data",
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "code", "line", "severity"),
    [
        ("IEMFileVersion", "IEM1FileVersion", "version_missing", 2, Severity.WARNING),
        ("Adapter,", "BarcodeMismatches,", "setting_unknown", 11, Severity.WARNING),
        ("151,,,", "long,,,", "reads_number", 7, Severity.ERROR),
        ("TTATAACC", "TTATNNNN", "index_letters", 16, Severity.WARNING),
        ("TTATAACC", "TTATAAC", "index_lengths", 15, Severity.WARNING),
        ("S2", "Ä2", "sample_id_letters", 16, Severity.ERROR),
    ],
)
def test_faults_of_a_v1_sheet(
    was: str, becomes: str, code: str, line: int, severity: Severity
) -> None:
    found = only(sheets.V1.replace(was, becomes, 1), code)

    assert (found.line, found.severity) == (line, severity)


@pytest.mark.parametrize(
    ("was", "becomes", "code", "line", "severity"),
    [
        ("R1Adapter,", "R1Adaptor,", "setting_unknown", 7, Severity.WARNING),
        ("Threshold,1", "Threshold,4", "setting_value", 8, Severity.ERROR),
        ("Threshold,1,1", "Threshold,1,3", "lane_number", 8, Severity.ERROR),
        ("GATATCGA,1+2", "GATATCGA,3", "lane_number", 12, Severity.ERROR),
        ("TTATAACC,GATATCGA", "AAGTCCAT,AGCGCTAG", "index_collision", 12, Severity.ERROR),
        ("S2", "S" * 65, "sample_id_long", 12, Severity.ERROR),
        ("SampleName", "Name", "sample_id_column", 9, Severity.ERROR),
    ],
)
def test_faults_of_a_run_manifest(
    was: str, becomes: str, code: str, line: int, severity: Severity
) -> None:
    found = only(sheets.AVITI.replace(was, becomes, 1), code)

    assert (found.line, found.severity) == (line, severity)


def test_thresholds_of_a_manifest_are_of_their_lane() -> None:
    near = sheets.AVITI.replace("TTATAACC,GATATCGA", "CCGCGGTA,AGCGCTAG")

    assert only(near, "index_collision").line == 12
    assert not seen(near.replace("I1MismatchThreshold,1,1", "I1MismatchThreshold,0,1")).has_errors
    assert seen(near.replace("I1MismatchThreshold,1,1", "I1MismatchThreshold,0,2")).has_errors


@pytest.mark.parametrize(
    ("was", "becomes", "code", "line"),
    [
        ("barcode02", "barcode01", "barcode_twice", 3),
        ("patient_b", "patient_a", "alias_twice", 3),
        ("patient_b", "patient b", "name_letters", 3),
        ("patient_b", "p" * 41, "name_long", 3),
        ("pool_1,exp_1,barcode02", "pool_2,exp_1,barcode02", "sample_id_differs", 3),
        ("SQK-NBD114-24,pool_1,exp_1,barcode02", "sqk-nbd114-24,pool_1,exp_1,barcode02",
         "kit_form", 3),
        ("barcode02", "BC2", "barcode_form", 3),
        ("negative_control", "blank", "type_unknown", 3),
        ("flow_cell_id,", "Flow Cell ID,", "heading_spelling", 1),
        ("alias", "colour", "column_unknown", 1),
        ("FAK54854,SQK-NBD114-24,pool_1,exp_1,barcode02", ",SQK-NBD114-24,pool_1,exp_1,barcode02",
         "flow_cell_missing", 3),
        ("exp_1,barcode02", "exp_2,barcode02", "experiment_differs", None),
        ("SQK-NBD114-24,pool_1,exp_1,barcode02", ",pool_1,exp_1,barcode02", "cell_missing", 3),
    ],
)  # fmt: skip
def test_faults_of_a_nanopore_sheet(was: str, becomes: str, code: str, line: int | None) -> None:
    assert only(sheets.ONT.replace(was, becomes, 1), code).line == line


def test_a_nanopore_sheet_may_have_dots_expansion_kits_and_a_sample_for_each_position() -> None:
    text = sheets.ONT.replace("patient_a", "patient.a").replace(
        "SQK-NBD114-24", "SQK-LSK109 EXP-NBD104"
    )
    text += "FAK60000,SQK-LSK109 EXP-NBD104,pool_2,exp_1,barcode01,patient.c,test_sample\n"

    assert seen(text).findings == ()


@pytest.mark.parametrize(
    ("text", "line", "severity"),
    [
        (sheets.V1.replace("S2,TTATAACC,GATATCGC,Alpha", "S1,TTATAACC,GATATCGC,Beta"), 16, "error"),
        (sheets.V2.replace("2,S3,GG", "2,S2,GG"), 22, "warning"),
    ],
)
def test_one_sample_in_two_projects_stops_the_demultiplexer_of_the_first_format(
    text: str, line: int, severity: str
) -> None:
    found = only(text, "project_differs")

    assert (found.line, found.severity.value) == (line, severity)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Y151;I8N2;N2I8;Y151", ""),
        ("Y151;I10;I10;U8Y143", ""),
        ("R1:Y151;I1:I8N2;I2:I10;R2:Y151", ""),
        ("Y151;I8N2;N2I8;Y150", "R2 has 151"),
        ("Y151;I10;Y151", "3 fields and the run 4 reads"),
        ("Y151;Y10;I10;Y151", "Y cannot stand"),
        ("I151;I10;I10;Y151", "I cannot stand"),
        ("Y151;I4N2I4;I10;Y151", "I twice"),
        ("R1:Y151;I1:I10;R1:Y151", "names a read twice"),
        ("R1:Y151;I10", "some of its reads"),
        ("Y151;I0N10;I10;Y151", "0 cycles"),
        ("Y151;I;I10;Y151", "not made of"),
        ("", "not made of"),
        ("R1:Y151;I1:I10;I2:I10", ""),
    ],
)
def test_override_cycles_are_held_against_the_run(text: str, wrong: str) -> None:
    parsed = parse(text)

    said = [parsed] if isinstance(parsed, str) else problems(parsed, RUN)
    if wrong:
        assert wrong in " ".join(said)
    else:
        assert said == []
        assert str(parsed) == text


def test_umis_are_counted_in_any_read() -> None:
    parsed = parse("U3N2Y146;I8U9;I8;Y151")

    assert isinstance(parsed, OverrideCycles)
    assert parsed.umi_cycles == 12
    assert parsed.by_read(None)["I1"].of("I") == 8
    text = sheets.V2.replace("SoftwareVersion,4.3.13", "TrimUMI,1")
    assert only(text, "umi_without_cycles").line == 14


def test_samples_may_have_masks_of_their_own() -> None:
    text = (
        sheets.V2.replace("OverrideCycles,Y151;I8N2;N2I8;Y151\n", "")
        .replace("Sample_Project", "OverrideCycles")
        .replace("Alpha", "Y151;I8N2;N2I8;Y151")
        .replace("Beta", "Y151;I8N2;N2I8;Y100")
    )

    assert only(text, "override_cycles").line == 21


def test_indexes_that_are_combined_are_told_of() -> None:
    found = only(sheets.V2.replace("TTATAACC,", "CCGCGGTT,"), "index1_shared")

    assert found.severity is Severity.INFO
    assert "CCGCGGTT: S1, S2" in found.message


@given(
    indexes=st.lists(
        st.tuples(st.text("AC", min_size=5, max_size=5), st.text("AC", min_size=5, max_size=5)),
        min_size=2,
        max_size=6,
    ),
    dual=st.booleans(),
)
def test_the_collisions_of_a_sheet_are_those_of_the_rule_whatever_its_size(
    indexes: list[tuple[str, str]], *, dual: bool
) -> None:
    rows = [f"S{at},{i7},{i5 if dual else ''}" for at, (i7, i5) in enumerate(indexes)]
    text = "Sample_ID,Index,Index2\n" + "".join(f"{row}\n" for row in rows)

    def apart(one: str, other: str) -> int:
        return sum(a != b for a, b in zip(one, other, strict=True))

    expected = [
        (first, second)
        for first, second in combinations(range(len(indexes)), 2)
        if apart(indexes[first][0], indexes[second][0]) <= 2
        and (not dual or apart(indexes[first][1], indexes[second][1]) <= 2)
    ]
    found = [each for each in seen(text).findings if each.code == "index_collision"]
    assert sorted(each.line or 0 for each in found) == sorted(second + 2 for _, second in expected)


def test_a_lane_of_more_samples_than_can_be_compared_is_said() -> None:
    rows = "".join(f"S{number},CCGCGGTT\n" for number in range(2001))

    assert "2,001 samples" in only(f"Sample_ID,Index\n{rows}", "not_compared").message


def test_of_very_many_collisions_the_first_are_told_and_the_others_counted() -> None:
    rows = "".join(f"S{number},CCGCGGTT\n" for number in range(12))

    found = [each for each in seen(f"Sample_ID,Index\n{rows}").findings if each.line is None]
    assert [each.message for each in found] == ["16 more pairs cannot be told apart."]
