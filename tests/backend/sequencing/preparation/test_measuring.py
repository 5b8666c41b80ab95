"""Files of readings are kept as measurements, once, and the controls judge the plate."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import HoldKind, MaterialType, Metric, QcVerdict
from backend.samples.models import Sample, SampleHold
from backend.samples.qc_models import SampleMeasurement
from backend.samples.qc_schemas import ThresholdIn, ThresholdsIn
from backend.sequencing.preparation import (
    gate,
    measuring,
    worksheet_files,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.errors import (
    ProtocolRefused,
    ReadingsKeptAlready,
    ReadingsRefused,
    WorksheetRefused,
)
from backend.sequencing.preparation.ids import GateState, InstrumentFile
from backend.sequencing.preparation.views import WorksheetView
from backend.sequencing.reference.content import AssayContent
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.reference.service import add_entry
from tests.factories.preparation import (
    BENCH,
    finish,
    make_input,
    make_protocol,
    make_worksheet,
)
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project

pytestmark = pytest.mark.usefixtures("frozen_clock")


def plate(*lines: str, unit: str = "ng/µL") -> bytes:
    return "\n".join([f"Well,Sample Name,Concentration ({unit})", *lines, ""]).encode()


def sample_of(session: WriteSession, barcode: str | None) -> Sample:
    return session.scalars(select(Sample).where(Sample.barcode == barcode)).one()


def done(session: WriteSession) -> tuple[WorksheetView, list[str]]:
    """A finished plate: two libraries in A1 and B1, a no-template control in C1."""
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    barcodes = [make_input(session, project) for _ in range(2)]
    return finish(session, ada, make_worksheet(session, ada, barcodes)), barcodes


def keep(session: WriteSession, sheet: WorksheetView, content: bytes) -> measuring.Looked:
    return measuring.keep_file(
        session, EVERYBODY, worksheet_id=sheet.id, file_name="plate.csv", content=content
    )


def test_readings_of_a_draft_are_of_its_samples_and_its_volumes_follow(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    barcode = make_input(session, make_project(session, ada), None)
    sheet = make_worksheet(session, ada, [barcode])

    keep(session, sheet, plate("A1,,12.5"))

    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert seen.wells[0].volume_ul == Decimal(4)
    assert seen.files[0].instrument is InstrumentFile.PLATE_READER
    assert sample_of(session, barcode).concentration_ng_per_ul == Decimal("12.5")


def test_readings_of_a_finished_plate_are_of_its_libraries_and_are_judged(
    session: WriteSession,
) -> None:
    samples_service.publish_thresholds(
        session,
        EVERYBODY,
        given=ThresholdsIn(
            material_type=MaterialType.LIBRARY,
            thresholds=(ThresholdIn(metric=Metric.CONCENTRATION, fail_low=Decimal(2)),),
            reason="Usual",
        ),
    )
    sheet, barcodes = done(session)
    first, second = (well.library_barcode for well in sheet.wells[:2])

    looked = keep(session, sheet, plate(f"H9,{first},30", f",{barcodes[1]},1.5", "C1,,0.1"))

    assert (len(looked.matched), looked.findings) == (3, [])
    assert sample_of(session, first).concentration_ng_per_ul == Decimal(30)
    assert sample_of(session, first).qc_verdict is QcVerdict.PASS
    assert sample_of(session, second).qc_verdict is QcVerdict.FAIL
    # What the sample was measured to be stands; the file was of what came out of it.
    assert sample_of(session, barcodes[1]).concentration_ng_per_ul == Decimal(10)
    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert (seen.gate, seen.wells[0].library_verdict) == (GateState.PASSED, "pass")
    assert [each.said for each in seen.wells[2].readings] == ["0.1"]


def published(session: WriteSession, application: str, fail_low: str) -> None:
    samples_service.publish_thresholds(
        session,
        EVERYBODY,
        given=ThresholdsIn(
            material_type=MaterialType.LIBRARY,
            application=application,
            thresholds=(ThresholdIn(metric=Metric.CONCENTRATION, fail_low=Decimal(fail_low)),),
            reason="As validated",
        ),
    )


def of_assay(session: WriteSession, thresholds: str) -> WorksheetView:
    """A finished plate of libraries that are made for an assay."""
    add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.ASSAY,
        key="panel",
        name="Tumour panel",
        content=AssayContent(
            library_type="Panel",
            mixing=MixingClass.ANY,
            read1_cycles=101,
            read2_cycles=101,
            thresholds=thresholds,
        ),
        source="Own validation",
    )
    ada = make_person(session, *BENCH)
    barcodes = [make_input(session, make_project(session, ada)) for _ in range(2)]
    protocol = make_protocol(session, assay="panel")
    return finish(session, ada, make_worksheet(session, ada, barcodes, protocol_id=protocol))


def test_libraries_are_judged_by_their_assays_own_thresholds_in_the_version_in_force(
    session: WriteSession,
) -> None:
    published(session, "", "2")
    published(session, "tumour panel", "20")
    published(session, "tumour panel", "25")
    sheet = of_assay(session, "Tumour panel")
    first, second = (well.library_barcode for well in sheet.wells[:2])

    keep(session, sheet, plate(f"A1,{first},30", f"B1,{second},22"))

    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert seen.made_for is not None
    assert (seen.made_for.judged_by, seen.made_for.is_own) == ("library tumour panel v2", True)
    assert [(well.library_verdict, well.library_judged_by) for well in seen.wells[:2]] == [
        ("pass", "library tumour panel v2"),
        ("fail", "library tumour panel v2"),
    ]


def test_a_verdict_keeps_the_version_that_it_rests_on(session: WriteSession) -> None:
    published(session, "panel", "25")
    sheet = of_assay(session, "panel")
    keep(session, sheet, plate(f"A1,{sheet.wells[0].library_barcode},22"))

    published(session, "panel", "20")

    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert seen.made_for is not None
    assert seen.made_for.judged_by == "library panel v2"
    first = seen.wells[0]
    assert (first.library_verdict, first.library_judged_by) == ("fail", "library panel v1")


@pytest.mark.parametrize("wanted", ["", "panel"])
def test_without_thresholds_of_its_own_those_of_the_material_judge(
    session: WriteSession, wanted: str
) -> None:
    published(session, "", "2")
    sheet = of_assay(session, wanted)

    keep(session, sheet, plate(f"A1,{sheet.wells[0].library_barcode},22"))

    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert seen.made_for is not None
    assert (seen.made_for.judged_by, seen.made_for.is_own) == ("library v1", False)
    assert seen.wells[0].library_judged_by == "library v1"


def test_a_protocol_names_an_assay_that_is_offered(session: WriteSession) -> None:
    with pytest.raises(ProtocolRefused) as refusal:
        make_protocol(session, assay="panel")

    assert "There is no assay “panel” on offer" in refusal.value.fields["assay"]


def test_looking_at_a_file_writes_nothing(session: WriteSession) -> None:
    sheet, _ = done(session)
    before = session.scalar(select(func.count()).select_from(SampleMeasurement))

    looked = measuring.look_at_file(
        session, EVERYBODY, code=sheet.code, file_name="a.csv", content=plate("A1,,3", "H12,,4")
    )

    assert [each.target.well for each in looked.matched] == ["A1"]
    assert [(each.line, each.code) for each in looked.findings] == [(3, "not_of_worksheet")]
    assert session.scalar(select(func.count()).select_from(SampleMeasurement)) == before


def test_the_same_file_is_kept_once(session: WriteSession) -> None:
    sheet, _ = done(session)
    keep(session, sheet, plate("A1,,3"))

    with pytest.raises(ReadingsKeptAlready, match="was kept already, as “plate"):
        keep(session, sheet, plate("A1,,3"))


def test_a_file_of_nothing_that_belongs_here_is_not_kept(session: WriteSession) -> None:
    sheet, _ = done(session)

    with pytest.raises(ReadingsRefused, match="neither a well nor a barcode"):
        keep(session, sheet, plate("H12,,3"))
    with pytest.raises(ReadingsRefused, match="The file is empty"):
        keep(session, sheet, b" ")

    assert worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code).files == []


def test_what_is_no_number_is_no_measurement(session: WriteSession) -> None:
    sheet, _ = done(session)

    keep(session, sheet, plate("A1,,<0.50", "B1,,Out of range", "C1,,<0.5"))

    library = sample_of(session, sheet.wells[0].library_barcode)
    assert library.concentration_ng_per_ul is None
    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert seen.gate is GateState.PASSED


def test_between_start_and_end_nobody_can_say_what_was_measured(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    sheet = make_worksheet(session, ada, [make_input(session, make_project(session, ada))])
    worksheets.start_worksheet(session, ada, worksheet_id=sheet.id)

    with pytest.raises(ReadingsRefused, match="libraries when it is finished"):
        keep(session, sheet, plate("A1,,3"))


def test_a_control_that_fails_proposes_a_hold_and_a_person_sets_it_on_every_library(
    session: WriteSession,
) -> None:
    sheet, _ = done(session)
    keep(session, sheet, plate("A1,,3", "C1,,2"))
    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert seen.gate is GateState.FAILED
    assert seen.gate_reasons == [
        "No-template control C1 has 2 ng/µL; at most 0.5 ng/µL are allowed."
    ]

    gate.answer_gate(
        session, EVERYBODY, worksheet_id=sheet.id, is_hold=True, reason="Contaminated master mix"
    )

    held = session.execute(
        select(Sample.barcode, SampleHold.kind, SampleHold.reason).join(
            Sample, Sample.id == SampleHold.sample_id
        )
    ).all()
    assert sorted(row.barcode for row in held) == sorted(
        str(well.library_barcode) for well in sheet.wells[:2]
    )
    assert {row.kind for row in held} == {HoldKind.QC_PENDING}
    assert all("at most 0.5" in row.reason and "master mix" in row.reason for row in held)
    with pytest.raises(WorksheetRefused, match="Nothing is proposed"):
        gate.answer_gate(session, EVERYBODY, worksheet_id=sheet.id, is_hold=True, reason="Again")


def test_a_control_that_is_measured_anew_takes_the_proposal_back(session: WriteSession) -> None:
    sheet, _ = done(session)
    keep(session, sheet, plate("C1,,2"))
    keep(session, sheet, plate("C1,,0.2"))

    assert worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code).gate is GateState.PASSED


def test_libraries_are_let_through_for_a_reason_and_only_by_who_may_prepare(
    session: WriteSession,
) -> None:
    sheet, _ = done(session)
    keep(session, sheet, plate("C1,,2"))
    eve = make_person(
        session, Permission.SEQUENCING_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS, name="Eve"
    )

    with pytest.raises(PermissionDenied):
        gate.answer_gate(session, eve, worksheet_id=sheet.id, is_hold=False, reason="Fine")
    with pytest.raises(RegistrationRefused, match="A reason is needed"):
        gate.answer_gate(session, EVERYBODY, worksheet_id=sheet.id, is_hold=False, reason=" ")
    gate.answer_gate(session, EVERYBODY, worksheet_id=sheet.id, is_hold=False, reason="Re-read")

    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert (seen.gate, seen.gate_decision_reason) == (GateState.WAIVED, "Re-read")
    keep(session, sheet, plate("C1,,3"))
    assert worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code).gate is GateState.WAIVED


def test_a_plates_curve_is_kept_with_its_file(session: WriteSession) -> None:
    sheet, _ = done(session)
    lines = ["Well,Content,Concentration (ng/mL),RFU,Dilution"]
    lines += ["A12,Standard,1000,60100,", "B12,Standard,100,6100,", "C12,Standard,10,700,"]
    lines += ["D12,Blank,,100,", "A1,Sample,,12100,20", "B1,Sample,,61000,20", "C1,Sample,,100,"]

    looked = keep(session, sheet, "\n".join(lines).encode())

    seen = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code)
    assert looked.read.curve is not None
    assert [each.curve for each in seen.files] == [looked.read.curve]
    library = sample_of(session, sheet.wells[0].library_barcode)
    assert library.concentration_ng_per_ul == Decimal(4)
    assert [finding.code for finding in looked.findings] == ["beyond_curve", "under_range"]
    # Beyond the curve is no measurement; the control under it passes.
    assert seen.wells[1].readings == []
    assert seen.gate is GateState.PASSED
    book = load_workbook(BytesIO(worksheet_files.as_xlsx(seen, {})))
    assert [cell.value for cell in book["Standard curves"]["C"]] == ["Well", "A12", "B12", "C12"]


def test_a_plate_whose_curve_does_not_hold_keeps_nothing(session: WriteSession) -> None:
    sheet, _ = done(session)
    lines = ["Well,Content,Concentration (ng/mL),RFU", "A12,Standard,1000,900"]
    lines += ["B12,Standard,100,6100", "C12,Standard,10,70", "D12,Blank,,100", "A1,Sample,,500"]

    with pytest.raises(ReadingsRefused, match="No curve holds the standards"):
        keep(session, sheet, "\n".join(lines).encode())

    assert worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code).files == []
