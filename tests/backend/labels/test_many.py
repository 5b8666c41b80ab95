"""Labels of everything that matched a stored query are queued in parts, each of them once."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.labels import many, queries, service
from backend.labels.errors import ReasonNeeded
from backend.labels.schemas import ManyInput, PrintInput
from backend.samples import service as samples_service
from backend.samples import stored_queries
from backend.samples.schemas import SampleFilters, SampleOrder
from backend.samples.stored_queries import QueryNotFound
from backend.work.models import Job
from tests.factories.labels import make_printer
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample

MakePrincipal = Callable[..., Principal]


@pytest.fixture
def person(session: WriteSession, principal_of: MakePrincipal) -> Principal:
    return principal_of(
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.LABELS_PRINT,
        user_id=UserId(make_user(session).id),
    )


@pytest.fixture
def selection(session: WriteSession, person: Principal, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Return a stored query of five samples, in parts of two labels."""
    monkeypatch.setattr(stored_queries, "BLOCK_ROWS", 2)
    monkeypatch.setattr(many, "MOST_LABELS", 2)
    code = make_project(session).code
    for _ in range(5):
        make_sample(session, code)
    return samples_service.store_query(
        session, person, filters=SampleFilters(project_codes=(code,)), order=SampleOrder()
    ).id


def queued(
    session: WriteSession, person: Principal, selection: UUID, asked: ManyInput, batch: UUID
) -> list[int]:
    counts = []
    for part in range(3):
        done = service.queue_part(
            session, person, batch_id=batch, query_id=selection, asked=asked, part=part
        )
        counts.append(done.labels)
    assert done.passed == done.total == 5
    return counts


def test_a_job_is_asked_for_by_the_query_and_carries_no_sample(
    session: WriteSession, person: Principal, selection: UUID
) -> None:
    asked = ManyInput(printer_id=make_printer(session), copies=2)

    job_id = service.request_many(session, person, query_id=selection, asked=asked)

    job = session.get_one(Job, job_id)
    assert set(job.arguments) == {"batch_id", "query_id", "asked"}
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "labels.many_requested")
    ).one()
    assert str(entry.entity_id) == job.arguments["batch_id"]


def test_parts_hold_every_label_once_however_often_a_worker_begins(
    session: WriteSession, person: Principal, selection: UUID
) -> None:
    asked, batch = ManyInput(printer_id=make_printer(session)), new_id()

    first = queued(session, person, selection, asked, batch)
    again = queued(session, person, selection, asked, batch)

    assert first == again == [2, 2, 1]
    prints = queries.list_prints(session, person)
    assert sorted(each.labels for each in prints) == [1, 2, 2]
    codes = [label.barcode for p in prints for label in queries.contents_of(session, p.id)]
    assert len(set(codes)) == 5


def test_who_has_a_label_is_left_out_or_needs_a_reason(
    session: WriteSession, person: Principal, selection: UUID
) -> None:
    printer = make_printer(session)
    some = stored_queries.samples_of(session, person, selection, most=5)[0]
    service.request_print(
        session, EVERYBODY, printer_id=printer, asked=PrintInput(sample_ids=(some,))
    )

    left = many.look_at(session, person, query_id=selection, only_new=True)
    with pytest.raises(ReasonNeeded):
        service.request_many(
            session,
            person,
            query_id=selection,
            asked=ManyInput(printer_id=printer, only_new=False),
        )
    again = ManyInput(printer_id=printer, only_new=False, reason="Smeared")

    assert left.count == 4
    assert queued(session, person, selection, ManyInput(printer_id=printer), new_id()) == [1, 2, 1]
    assert queued(session, person, selection, again, new_id()) == [2, 2, 1]


def test_the_cap_of_a_job_is_said_with_the_figure(
    session: WriteSession, person: Principal, selection: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "MOST_OF_A_JOB", 9)
    asked = ManyInput(printer_id=make_printer(session), copies=2)

    with pytest.raises(InvalidInput, match="at most 9 labels; these are 10"):
        service.request_many(session, person, query_id=selection, asked=asked)


def test_only_whoever_selected_and_may_print_asks_for_them(
    session: WriteSession, person: Principal, selection: UUID, principal_of: MakePrincipal
) -> None:
    asked = ManyInput(printer_id=make_printer(session))
    reader = principal_of(Permission.SAMPLES_VIEW, user_id=person.user_id)

    with pytest.raises(PermissionDenied):
        service.request_many(session, reader, query_id=selection, asked=asked)
    with pytest.raises(QueryNotFound):
        service.request_many(session, EVERYBODY, query_id=selection, asked=asked)


def test_a_code_that_the_label_has_no_room_for_is_left_out_and_counted(
    session: WriteSession, person: Principal
) -> None:
    code = make_project(session).code
    make_sample(session, code)
    make_sample(session, code, barcode=f"L{'7Q' * 30}")
    kept = samples_service.store_query(
        session, person, filters=SampleFilters(project_codes=(code,)), order=SampleOrder()
    )
    asked = ManyInput(printer_id=make_printer(session), template="cap")

    done = service.queue_part(
        session, person, batch_id=new_id(), query_id=kept.id, asked=asked, part=0
    )

    assert (done.labels, done.too_long) == (1, 1)
