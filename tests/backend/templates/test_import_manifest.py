"""A manifest as laboratories send them: every column understood, or said what became of it."""

from datetime import date
from decimal import Decimal

import pytest

from backend.samples.ids import MaterialType, Priority, TemperatureClass
from backend.templates.reading.headings import Match, match_columns
from tests.support.sample_files import HEADINGS, as_csv, examine, manifest, manifest_rows


def test_every_column_of_the_manifest_is_understood() -> None:
    outcome = examine(manifest(1))

    assert outcome.value("external_id") == "GEN260001"
    assert outcome.value("name") == "GEN260001"
    assert outcome.value("subject") == "P00001"
    assert outcome.value("sample_type") is MaterialType.BLOOD
    assert outcome.value("collected_on") == date(2026, 1, 15)
    assert outcome.value("submitter") == "Dr. Okoye"
    assert outcome.value("department") == "Oncology"
    assert outcome.value("priority") is Priority.HIGH
    assert outcome.value("analysis") == "WGS"
    assert outcome.value("zone") is TemperatureClass.MINUS_80
    assert outcome.value("volume_ul") == Decimal(2500)
    assert outcome.value("concentration_ng_per_ul") == Decimal("250.5")
    assert outcome.value("notes") == "Handle with care"
    assert outcome.states() == ["ready"]


def test_a_quality_score_is_kept_as_written_and_not_taken_for_rin() -> None:
    outcome = examine(manifest(1))

    finding = outcome.only("heading_doubtful")
    assert outcome.batch is not None
    assert outcome.batch.extras["Quality_Score"] == ["8.2"]
    assert (finding.column, finding.header) == (12, "Quality_Score")
    assert "not read as RIN" in finding.message


def test_a_person_may_say_that_the_quality_score_is_rin() -> None:
    outcome = examine(manifest(1), remembered={"quality score": "rin"})

    assert outcome.value("rin") == Decimal("8.2")


def test_the_unit_of_a_heading_is_converted_and_said() -> None:
    outcome = examine(manifest(1))

    said = [f.message for f in outcome.findings if f.code == "unit_read"]
    assert said[0] == "“Volume_mL” is given in mL and stored in µL."


def test_findings_count_rows_and_columns_as_the_spreadsheet_shows_them() -> None:
    outcome = examine(manifest(3, {1: {"Storage_Temp": "warm"}}))

    finding = outcome.only("zone_unknown")
    assert (finding.row, finding.column, finding.header) == (3, 9, "Storage_Temp")
    assert finding.value_seen == "warm"


@pytest.mark.parametrize(
    ("heading", "field", "how"),
    [
        ("Sample name", "name", Match.EXACT),
        ("SAMPLE-NAME *", "name", Match.FOLDED),
        ("Patient ID", "subject", Match.SYNONYM),
        ("CONC. (ng/ul)", "concentration_ng_per_ul", Match.SYNONYM),
        ("Volume [µL]", "volume_ul", Match.FOLDED),
        ("Concentraton", "concentration_ng_per_ul", Match.SUGGESTED),
        ("Favourite colour", None, Match.KEPT),
        ("", None, Match.BLANK),
    ],
)
def test_headings_are_matched_by_name_then_spelling_then_synonym(
    heading: str, field: str | None, how: Match
) -> None:
    match = match_columns((heading,))[0]

    assert (match.field, match.match) == (field, how)


def test_a_similar_heading_is_offered_and_not_used_until_confirmed() -> None:
    rows = [["Sample ID", "Type", "Zone", "Colected"], ["A-1", "Blood", "4 °C", "2026-01-02"]]

    offered = examine(as_csv(rows))
    confirmed = examine(as_csv(rows), remembered={"colected": "collected_on"})

    assert offered.only("heading_near").fix == "collected_on"
    assert offered.batch is not None
    assert offered.batch.extras["Colected"] == ["2026-01-02"]
    assert confirmed.value("collected_on") == date(2026, 1, 2)


def test_rows_of_an_empty_well_are_left_out_and_said() -> None:
    rows = manifest_rows(4, {1: {"Sample_ID": "Blank"}, 2: {"Sample_ID": "water"}})
    rows[0][0] = "Sample name"

    outcome = examine(as_csv(rows))

    assert outcome.states() == ["ready", "skipped", "skipped", "ready"]


def test_a_heading_row_below_a_form_head_is_found() -> None:
    head = [["Collections form"], [], ["Study:", "", "ABC_123"]]

    outcome = examine(as_csv(head + manifest_rows(1)))

    assert outcome.reading.table is not None
    assert outcome.reading.table.heading_row == 4
    assert outcome.reading.table.notes[0].value == "ABC_123"
    assert outcome.states() == ["ready"]


def test_the_columns_of_the_fixture_are_those_of_the_real_manifest() -> None:
    assert len(HEADINGS) == len(set(HEADINGS)) == 13
