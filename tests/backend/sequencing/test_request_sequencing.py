"""Asking for libraries to be sequenced."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.consent_models import Consent
from backend.samples.ids import QcVerdict
from backend.sequencing import queries, queue_board, service
from backend.sequencing.errors import RequestRefused
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.reference.ids import MixingClass
from backend.sequencing.schemas import SequencingRequestIn
from tests.factories.planning_settings import keep_assay, retire_assay
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_libraries,
    make_library,
    make_person,
    make_project,
    make_request,
    put_on_hold,
    says,
)
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("frozen_clock")

ASK = (Permission.SEQUENCING_REQUEST, Permission.SEQUENCING_VIEW)


def wish(project_code: str, *libraries: dict[str, Any], **fields: Any) -> SequencingRequestIn:
    values = {
        "project_code": project_code,
        "libraries": list(libraries),
        "reads_millions": "30",
        "read_length": 151,
        "due_on": date(2026, 12, 18),
    }
    return SequencingRequestIn.model_validate(values | fields)


def test_a_request_waits_on_the_board_with_its_libraries_and_reads(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    first, second = make_libraries(session, project, 2)

    card = service.request_sequencing(
        session,
        ada,
        request=wish(project.code, {"barcode": first.barcode}, {"barcode": second.barcode}),
    )

    assert card.state is RequestState.WAITING
    assert (card.libraries, card.reads_millions) == (2, Decimal(60))
    assert card.collisions == ()
    waiting = queue_board.board(session, ada)[0]
    assert [shown.code for shown in waiting.cards] == [card.code]
    assert queries.queue_summary(session, ada).libraries_waiting == 2


def test_indexes_of_the_request_go_before_those_of_the_sample(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    sample = make_library(session, project, index_i7="AAAAAAAA", index_i5="CCCCCCCC")

    service.request_sequencing(
        session,
        ada,
        request=wish(project.code, {"barcode": sample.barcode.lower(), "index_i7": " ttataacc "}),
    )

    row = session.scalars(select(RequestSample)).one()
    assert (row.index_i7, row.index_i5) == ("TTATAACC", "CCCCCCCC")


def test_every_reason_is_named_at_once_and_nothing_is_written(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project, other = make_project(session, ada), make_project(session, ada)
    foreign = make_project(session)
    i7, i5 = INDEX_PAIRS[0]
    held = make_library(session, project, index_i7=i7, index_i5=i5)
    put_on_hold(session, held)
    failed = make_library(session, project, index_i7=i7, qc_verdict=QcVerdict.FAIL)
    elsewhere = make_library(session, other, index_i7=i7)
    bare = make_library(session, project)
    unreadable = make_library(session, project, index_i7="N701")
    taken = make_library(session, project, index_i7=i7)
    earlier = make_request(session, project, [taken])
    hidden = make_library(session, foreign, index_i7=i7)
    barcodes = [held, failed, elsewhere, bare, unreadable, taken, hidden]

    with pytest.raises(RequestRefused) as refused:
        service.request_sequencing(
            session,
            ada,
            request=wish(
                project.code,
                *({"barcode": sample.barcode} for sample in barcodes),
                {"barcode": "LIB-UNKNOWN"},
            ),
        )

    fields = refused.value.fields
    assert "is on hold: quarantine" in fields[held.barcode]
    assert "failed quality control" in fields[failed.barcode]
    assert f"does not belong to {project.code}" in fields[elsewhere.barcode]
    assert "has no i7 index" in fields[bare.barcode]
    assert "“N701” must be 4 to 24 letters" in fields[unreadable.barcode]
    assert queries.request_code(earlier.number) in fields[taken.barcode]
    assert "is not a sample of your projects" in fields[hidden.barcode]
    assert "is not a sample of your projects" in fields["LIB-UNKNOWN"]
    assert session.scalars(select(SequencingRequest)).all() == [earlier]


def test_a_consent_that_ran_out_or_a_date_that_passed_is_a_reason(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    i7, i5 = INDEX_PAIRS[0]
    blood = make_library(session, project)
    agreed = Consent(
        reference="C-17", scope="Research", expires_on=date(2026, 11, 22), recorded_by=None
    )
    session.add(agreed)
    session.flush()
    blood.consent_id = agreed.id
    made = make_library(session, project, index_i7=i7, index_i5=i5, parent_id=blood.id)
    old = make_library(session, project, index_i7=i7, expires_on=date(2026, 11, 22))

    with pytest.raises(RequestRefused) as refused:
        service.request_sequencing(
            session,
            ada,
            request=wish(project.code, {"barcode": made.barcode}, {"barcode": old.barcode}),
        )

    assert "consent C-17 expired on 22 Nov 2026" in refused.value.fields[made.barcode]
    assert "It expired on 22 Nov 2026" in refused.value.fields[old.barcode]


def test_a_library_listed_twice_is_refused(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    (sample,) = make_libraries(session, project, 1)
    twice = [{"barcode": sample.barcode}, {"barcode": sample.barcode.lower()}]

    with pytest.raises(RequestRefused, check=says("is listed 2 times")):
        service.request_sequencing(session, ada, request=wish(project.code, *twice))


def test_a_due_date_that_has_passed_is_refused(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    (sample,) = make_libraries(session, project, 1)
    yesterday = frozen_clock.now.date().replace(day=22)

    with pytest.raises(RequestRefused, check=says("22 Nov 2026 has passed")):
        service.request_sequencing(
            session, ada, request=wish(project.code, {"barcode": sample.barcode}, due_on=yesterday)
        )


def test_a_project_of_others_is_not_known(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    foreign = make_project(session)

    with pytest.raises(RequestRefused, check=says("is not a project of yours")):
        service.request_sequencing(session, ada, request=wish(foreign.code, {"barcode": "X"}))


def test_asking_needs_the_permission(session: WriteSession) -> None:
    guest = make_person(session, Permission.SEQUENCING_VIEW)
    project = make_project(session, guest)

    with pytest.raises(PermissionDenied):
        service.request_sequencing(session, guest, request=wish(project.code, {"barcode": "X"}))


def test_the_request_is_an_event_and_stands_in_the_audit_trail(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    (sample,) = make_libraries(session, project, 1)

    card = service.request_sequencing(
        session, ada, request=wish(project.code, {"barcode": sample.barcode})
    )

    event = session.scalars(select(OutboxEvent)).one()
    assert event.type == "sequencing.requested"
    assert event.payload == {"code": card.code, "project_code": project.code, "libraries": 1}
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor_name, entry.entity_id) == ("Ada", card.id)


def test_a_person_sees_the_cards_of_their_projects_only(session: WriteSession) -> None:
    ada, ben = make_person(session, *ASK), make_person(session, *ASK)
    chief = make_person(session, *ASK, Permission.SAMPLES_VIEW_ALL_PROJECTS)
    project = make_project(session, ada)
    make_request(session, project, make_libraries(session, project, 2))

    totals = [queue_board.board(session, person)[0].total for person in (ada, ben, chief)]

    assert totals == [1, 0, 1]


def test_a_request_keeps_its_assay_a_retired_one_too(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    first, second = make_libraries(session, project, 2)
    keep_assay(session, ada, "exome", MixingClass.SAME_TYPE, "Exome")
    retire_assay(session, ada, "exome")

    card = service.request_sequencing(
        session, ada, request=wish(project.code, {"barcode": first.barcode}, assay="exome")
    )
    plain = service.request_sequencing(
        session, ada, request=wish(project.code, {"barcode": second.barcode})
    )

    assert (card.assay, plain.assay) == ("exome", "")


def test_an_assay_that_there_is_not_is_refused_with_those_there_are(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    (library,) = make_libraries(session, project, 1)
    keep_assay(session, ada, "exome", MixingClass.ANY, "Exome")

    with pytest.raises(RequestRefused, check=says("no assay “exom”. Choose one of exome")):
        service.request_sequencing(
            session, ada, request=wish(project.code, {"barcode": library.barcode}, assay="exom")
        )
