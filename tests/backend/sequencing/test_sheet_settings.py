"""Settings beside samples, and names of sections, held to what demultiplexers read."""

import pytest

from backend.sequencing.sheets.vocabulary import why_no_setting
from backend.templates.reading.values import Severity
from tests.support import sheets
from tests.support.sheets import only, seen


def with_column(heading: str, first: str, others: str) -> str:
    """The sheet with another last column: its first cell, and all others."""
    return (
        sheets.V2.replace("Sample_Project", heading)
        .replace("AGCGCTAG,Alpha", f"AGCGCTAG,{first}")
        .replace("Alpha", others)
        .replace("Beta", others)
    )


@pytest.mark.parametrize(
    ("heading", "cell", "code", "fixed"),
    [
        ("BarcodeMismatchesIndex1", "3", "setting_value", None),
        ("BarcodeMismatchesIndex2", "one", "setting_value", None),
        ("AdapterRead2", "ctgtc tct", "setting_value", "CTGTCTCT"),
        ("AdapterRead2", "CTG+CTX", "setting_value", None),
        ("AdapterRead2", "CTGA" * 38, "adapter_long", None),
        ("AdapterBehavior", "cut", "setting_value", None),
        ("AdapterStringency", "0.4", "setting_value", None),
    ],
)
def test_a_setting_of_one_sample_is_held_to_its_form(
    heading: str, cell: str, code: str, fixed: str | None
) -> None:
    text = with_column(heading, cell, "na")

    found = only(text, code)

    assert (found.line, found.column, found.severity) == (20, 5, Severity.ERROR)
    assert [edit.text for edit in found.fix.edits] == [fixed] if found.fix else fixed is None


def test_settings_of_samples_that_are_right_or_absent_are_nothing_to_say() -> None:
    for heading, cell in (
        ("BarcodeMismatchesIndex2", "0"),
        ("AdapterRead2", "CTGTC+AGATC"),
        ("AdapterStringency", "0.85"),
        ("AdapterBehavior", "mask"),
    ):
        assert seen(with_column(heading, cell, "na")).findings == ()


def test_mismatches_of_a_second_index_that_a_sample_has_not_are_told_with_their_fix() -> None:
    text = with_column("BarcodeMismatchesIndex2", "0", "1").replace(
        "2,S3,GGACTTGG,CGCAGACG", "2,S3,GGACTTGG,na"
    )

    found = only(text, "setting_without_index2")

    assert (found.line, found.severity) == (22, Severity.WARNING)
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == ["na"]


def test_sections_of_the_first_format_may_be_written_small() -> None:
    assert seen(sheets.V1.replace("[Settings]", "[settings]")).findings == ()


def manifest_with(setting: str) -> str:
    """The manifest with a further setting after its first."""
    return sheets.AVITI.replace("I1MismatchThreshold,", f"{setting},1+2\nI1MismatchThreshold,", 1)


@pytest.mark.parametrize(
    "setting",
    [
        "R1FastQMask,R1:Y*N",
        "UmiMask,R1:Y8N*-R2:Y8N*",
        "R1AdapterNMask,false",
        "R2AdapterMinimumTrimmedLength,16",
        "R1AdapterMinimumStringency,0.9",
        "R2AdapterMinimumOverlap,3",
    ],
)
def test_settings_that_bases2fastq_itself_writes_are_nothing_to_say(setting: str) -> None:
    assert seen(manifest_with(setting)).findings == seen(sheets.AVITI).findings


@pytest.mark.parametrize(
    "setting",
    ["R1FastQMask,R1:8Y", "R1FastQMask,R1:", "R1AdapterNMask,3", "R1AdapterMinimumStringency,1.5"],
)
def test_settings_of_a_manifest_are_held_to_their_form(setting: str) -> None:
    assert only(manifest_with(setting), "setting_value").severity is Severity.ERROR


def test_a_recipe_sets_what_becomes_of_adapters_and_no_mask_of_cycles() -> None:
    assert why_no_setting("R1AdapterNMask", "true") == ""
    assert "a share from 0 to 1" in why_no_setting("R1AdapterMinimumStringency", "90")
    assert "follows from the kits" in why_no_setting("R1FastQMask", "R1:Y*N")
