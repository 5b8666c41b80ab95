"""A request for an assay: its reads, its thresholds at the door, and its lane rules in the plan."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import MaterialType, Metric, QcVerdict
from backend.samples.qc_schemas import Measured, ThresholdIn, ThresholdsIn
from backend.sequencing import asked_assays, queue_problem, service
from backend.sequencing.errors import RequestRefused
from backend.sequencing.models import SequencingRequest
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import AssayContent
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.schemas import SequencingRequestIn
from backend.sequencing.turnaround import queries as turnaround
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_library, make_person, make_project

pytestmark = pytest.mark.usefixtures("frozen_clock")

ASK = (Permission.SEQUENCING_REQUEST, Permission.SEQUENCING_VIEW, Permission.SEQUENCING_PLAN)


def offer(session: WriteSession, key: str = "panel", **given: Any) -> None:
    values: dict[str, Any] = {
        "library_type": "Panel",
        "mixing": MixingClass.ANY,
        "read1_cycles": 101,
        "read2_cycles": 101,
        "reads_millions": Decimal(12),
    }
    reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.ASSAY,
        key=key,
        name=key.capitalize(),
        content=AssayContent(**(values | given)),
        source="Own validation",
    )


def publish(session: WriteSession, application: str, fail_low: str) -> None:
    limit = ThresholdIn(metric=Metric.MOLARITY, fail_low=Decimal(fail_low))
    samples_service.publish_thresholds(
        session,
        EVERYBODY,
        given=ThresholdsIn(
            material_type=MaterialType.LIBRARY,
            application=application,
            thresholds=(limit,),
            reason="As validated",
        ),
    )


def wish(project_code: str, barcode: str, **given: Any) -> SequencingRequestIn:
    values = {
        "project_code": project_code,
        "libraries": [{"barcode": barcode}],
        "read_length": 101,
        "due_on": date(2026, 12, 18),
        "assay": "panel",
    }
    return SequencingRequestIn.model_validate(values | given)


def measured(session: WriteSession, sample_id: Any, molarity: str) -> None:
    value = Measured(metric=Metric.MOLARITY, value=Decimal(molarity), method="qPCR")
    samples_service.record_measurements(session, EVERYBODY, sample_id=sample_id, measured=[value])


def test_without_a_word_about_reads_those_of_the_assay_are_asked_for(session: WriteSession) -> None:
    offer(session)
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    library = make_library(session, project, index_i7="AAAAAAAA")

    card = service.request_sequencing(session, ada, request=wish(project.code, library.barcode))

    assert (card.reads_millions, card.assay_name) == (Decimal(12), "Panel")


def test_an_assays_own_thresholds_judge_whatever_the_library_was_judged_by(
    session: WriteSession,
) -> None:
    publish(session, "", "1")
    publish(session, "tumour", "2")
    publish(session, "tumour", "8")
    offer(session, thresholds="Tumour")
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    library = make_library(session, project, index_i7="AAAAAAAA")
    measured(session, library.id, "5")

    with pytest.raises(RequestRefused) as refusal:
        service.request_sequencing(session, ada, request=wish(project.code, library.barcode))

    assert refusal.value.fields[library.barcode] == (
        f"{library.barcode} fails library tumour v2, which judge libraries of Panel: "
        "Molarity is 5 nM, below 8."
    )
    without = wish(project.code, library.barcode, assay="", reads_millions="3")
    assert service.request_sequencing(session, ada, request=without).assay == ""


def test_what_somebody_has_signed_for_is_sequenced_all_the_same(session: WriteSession) -> None:
    publish(session, "tumour", "8")
    offer(session, thresholds="tumour")
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    library = make_library(session, project, index_i7="AAAAAAAA")
    measured(session, library.id, "5")
    library.qc_verdict = QcVerdict.FAIL_PROCEED
    session.flush()

    card = service.request_sequencing(session, ada, request=wish(project.code, library.barcode))

    assert card.assay_name == "Panel"


def test_turnaround_holds_an_assays_requests_to_what_it_promises(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    library = make_library(session, project, index_i7="ATTACTCG", index_i5="TATAGCCT")
    offer(session, turnaround_working_days=7)
    service.request_sequencing(session, ada, request=wish(project.code, library.barcode))

    seen = turnaround.turnaround(ReadSession(session), ada, zone=ZoneInfo("Europe/Berlin"))

    (panel,) = seen.assays
    told = (panel.name, panel.open, panel.target_days, panel.is_promised)
    assert told == ("Panel", 1, 7.0, True)


def test_an_assay_that_is_not_offered_is_refused(session: WriteSession) -> None:
    offer(session)
    reference_service.retire_entry(
        session, EVERYBODY, kind=ReferenceKind.ASSAY, key="panel", reason="Replaced"
    )
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    library = make_library(session, project, index_i7="AAAAAAAA")

    with pytest.raises(RequestRefused) as refusal:
        service.request_sequencing(session, ada, request=wish(project.code, library.barcode))

    assert "There is no assay “panel” on offer" in refusal.value.fields["assay"]
    assert asked_assays.still_offered(session, "panel") == ""


def test_the_planner_is_told_what_an_assay_lets_into_its_lane(session: WriteSession) -> None:
    offer(session, mixing=MixingClass.ALONE, library_type="Amplicon")
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    first = make_library(session, project, index_i7="AAAAAAAA")
    second = make_library(session, project, index_i7="CCCCCCCC")
    service.request_sequencing(session, ada, request=wish(project.code, first.barcode))
    service.request_sequencing(
        session, ada, request=wish(project.code, second.barcode, assay="", reads_millions="3")
    )

    waiting = queue_problem.load_problem(session, ada, now=clock.utc_now()).problem.libraries

    found = {each.i7: (each.assay, each.library_type, each.mixing) for each in waiting}
    assert found == {
        "AAAAAAAA": ("panel", "Amplicon", MixingClass.ALONE),
        "CCCCCCCC": ("", "", MixingClass.ANY),
    }
    assert len(session.scalars(select(SequencingRequest)).all()) == 2
