"""A free-text submission form: its samples, each field with the line it came from."""

from datetime import date
from decimal import Decimal

from backend.documents.forms import read_form
from backend.samples.ids import MaterialType, TemperatureClass
from tests.support.sample_files import Outcome, examine, form


def _line_of(outcome: Outcome, heading: str, row: int = 0) -> int | None:
    table = outcome.reading.table
    assert table is not None
    return table.lines[row][table.headings.index(heading)]


def test_the_samples_of_a_form_are_read_with_every_field() -> None:
    outcome = examine(form())

    assert outcome.reading.dialect == "form"
    assert outcome.value("barcode", 1) == "LUN260002"
    assert outcome.value("name", 1) == "LUN-T2-Tumor"
    assert outcome.value("external_id", 1) == "BIO-2026-T2"
    assert outcome.value("sample_type", 1) is MaterialType.TISSUE
    assert outcome.value("position", 1) == "A2"
    assert outcome.value("volume_ul", 1) == Decimal(50)
    assert outcome.value("concentration_ng_per_ul", 1) == Decimal(152)
    assert outcome.value("ratio_260_280", 1) == Decimal("1.92")
    assert outcome.value("ratio_260_230", 1) == Decimal("2.02")
    assert outcome.value("rin", 1) == Decimal("8.2")
    assert outcome.value("collected_on", 1) == date(2026, 2, 12)
    assert outcome.value("processed_on", 1) == date(2026, 2, 22)
    assert outcome.states() == ["ready", "ready"]


def test_indexes_are_joined_to_the_sample_whose_name_starts_alike() -> None:
    outcome = examine(form())

    assert (outcome.value("index_i7"), outcome.value("index_i5")) == ("AGTCACTA", "TACTCCTT")
    assert (outcome.value("index_i7", 1), outcome.value("index_i5", 1)) == ("ATGTCAGA", "AAGACGAG")
    assert "2 index pairs" in outcome.only("index_joined").message


def test_what_is_said_once_counts_for_every_sample() -> None:
    outcome = examine(form())

    assert outcome.value("subject", 1) == "PT-0042"
    assert outcome.value("organism", 1) == "Homo sapiens"
    assert outcome.value("zone", 1) is TemperatureClass.MINUS_80
    assert outcome.value("submitter", 1) == "Dr. Ada Okoye"


def test_every_field_knows_the_line_it_came_from() -> None:
    content = form()
    lines = content.decode().split("\n")

    outcome = examine(content)

    for heading, said in (
        ("Barcode", "LUN260001"),
        ("Position", "Position A1"),
        ("Index i7", "AGTCACTA"),
        ("Patient ID", "PT-0042"),
    ):
        line = _line_of(outcome, heading)
        assert line is not None
        assert said in lines[line - 1]


def test_what_the_form_says_twice_differently_is_a_doubt_and_no_error() -> None:
    outcome = examine(form())

    doubt = outcome.only("said_twice")
    assert doubt.severity == "warning"
    assert "150 ng/μL" in doubt.message
    assert "145 to 152" in doubt.message
    assert outcome.only("figure_of_library").severity == "info"
    assert {f.severity.value for f in outcome.findings} == {"info", "warning"}


def test_an_index_of_a_sample_that_is_not_there_is_named_with_its_line() -> None:
    content = form().replace(b"* LUN-T2: ATGTCAGA", b"* LUN-T9: ATGTCAGA")

    outcome = examine(content)

    left = outcome.only("index_not_joined")
    assert "LUN-T9" in left.message
    assert content.decode().split("\n")[(left.line or 0) - 1].strip().startswith("* LUN-T9")
    assert outcome.value("index_i7", 1) is None


def test_a_form_of_one_unnumbered_sample_is_read_and_its_sender_is_not_the_sample() -> None:
    content = (
        b"Submission Form\n\nSubmitter Information:\nName: Dr. Chen\nEmail: c@lab.example\n\n"
        b"Sample Details:\nSample ID: MDS_001\nMaterial Type: Blood Plasma\n"
        b"Concentration: 45 mg/mL\nVolume: 500 uL\n\nStorage Requirements:\nTemperature: -80C\n\n"
        b"Quality: A260/A280 = 1.8\n"
    )

    outcome = examine(content)

    assert outcome.value("name") == "MDS_001"
    assert outcome.value("submitter") == "Dr. Chen"
    assert outcome.value("concentration_ng_per_ul") == Decimal(45000)
    assert outcome.value("ratio_260_280") == Decimal("1.8")
    assert outcome.only("figure_out_of_range").line == 10


def test_a_form_without_a_sample_says_so() -> None:
    outcome = examine(b"Request\nName: Ada\nEmail: a@lab.example\nPhone: 12345\n")

    assert outcome.only("no_samples").message.startswith("The form names no sample")


def test_sections_groups_and_lines_are_kept() -> None:
    reading = read_form(form().decode())

    patient = next(field for field in reading.fields if field.label == "Patient ID")
    assert (patient.section, patient.group) == ("SOURCE MATERIAL", "Patient Information")
    assert [block.number for block in reading.samples] == [1, 2]
