"""Selecting all that matches keeps the query, and an act asks what matched then and still does."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples import bulk_acts, exporting, service, stored_queries
from backend.samples.bulk_acts import ActNotFound
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import BulkKind, HoldKind, SampleId, Status
from backend.samples.models import Sample
from backend.samples.schemas import BulkInput, SampleFilters, SampleOrder
from backend.samples.stored_models import SampleAct
from backend.samples.stored_queries import QueryNotFound
from backend.samples.views import ActView
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.support.clock import FrozenClock

PrincipalOf = Callable[..., Principal]
REJECT = BulkInput(kind=BulkKind.STATUS, action="reject", reason="Leaking tubes")


@pytest.fixture
def technician(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    return principal_of(
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        Permission.SAMPLES_HOLD,
        user_id=UserId(make_user(session).id),
    )


@pytest.fixture
def pending(session: WriteSession, monkeypatch: pytest.MonkeyPatch) -> SampleFilters:
    """Return a view that holds five samples, in blocks of two."""
    monkeypatch.setattr(stored_queries, "BLOCK_ROWS", 2)
    code = make_project(session).code
    for _ in range(5):
        make_sample(session, code)
    return SampleFilters(project_codes=(code,), statuses=(Status.PENDING,))


def _store(session: WriteSession, person: Principal, filters: SampleFilters) -> UUID:
    return service.store_query(session, person, filters=filters, order=SampleOrder()).id


def _keys(session: WriteSession, person: Principal, query_id: UUID) -> list[SampleId]:
    return stored_queries.samples_of(session, person, query_id, most=100)


def _done(session: WriteSession, person: Principal, job_id: UUID) -> ActView:
    act_id = session.scalars(select(SampleAct.id).where(SampleAct.job_id == job_id)).one()
    progress = service.act_on_block(session, person, act_id=act_id)
    while progress.done < progress.total:
        progress = service.act_on_block(session, person, act_id=act_id)
    return service.close_act(session, person, act_id=act_id)


def test_everything_that_matches_is_kept_and_counted(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    kept = service.store_query(session, technician, filters=pending, order=SampleOrder())

    assert kept.total == 5
    assert len(_keys(session, technician, kept.id)) == 5


def test_all_of_it_takes_the_step_and_both_ends_are_events(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)

    job_id = service.request_act(session, technician, query_id=query_id, act=REJECT)
    view = _done(session, technician, job_id)

    assert (view.changed, view.refused, view.left, view.came_since) == (5, 0, 0, 0)
    for key in _keys(session, technician, query_id):
        assert session.get_one(Sample, key).status == "rejected"
    told = set(session.scalars(select(OutboxEvent.type)))
    assert {"samples.act_requested", "samples.act_done"} <= told


def test_who_changed_since_is_left_and_who_came_since_is_counted(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)
    changed = _keys(session, technician, query_id)[0]
    service.change_status(session, EVERYBODY, sample_id=changed, action="receive")
    service.change_status(session, EVERYBODY, sample_id=changed, action="accept")
    make_sample(session, pending.project_codes[0])

    job_id = service.request_act(session, technician, query_id=query_id, act=REJECT)
    view = _done(session, technician, job_id)

    assert (view.changed, view.left, view.came_since) == (4, 1, 1)
    ((barcode, why),) = view.unchanged
    assert barcode == session.get_one(Sample, changed).barcode
    assert "no longer matches" in why


def test_who_cannot_take_the_step_says_why(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)
    act = BulkInput(kind=BulkKind.STATUS, action="complete")

    view = _done(
        session, technician, service.request_act(session, technician, query_id=query_id, act=act)
    )

    assert (view.changed, view.refused) == (0, 5)
    assert all(why for _, why in view.unchanged)


def test_a_hold_is_put_on_all_and_released_from_all(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)
    acts = [
        BulkInput(kind=kind, hold=HoldKind.QUARANTINE, reason="Thawed")
        for kind in (BulkKind.HOLD, BulkKind.RELEASE)
    ]

    views = [
        _done(
            session,
            technician,
            service.request_act(session, technician, query_id=query_id, act=act),
        )
        for act in acts
    ]

    assert [view.changed for view in views] == [5, 5]


def test_a_block_is_done_once_however_often_the_worker_starts(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)
    job_id = service.request_act(session, technician, query_id=query_id, act=REJECT)

    first = _done(session, technician, job_id)
    again = _done(session, technician, job_id)

    assert (first.changed, again.changed, again.refused) == (5, 5, 0)


def test_the_permission_is_asked_again_when_it_runs(
    session: WriteSession, technician: Principal, pending: SampleFilters, principal_of: PrincipalOf
) -> None:
    query_id = _store(session, technician, pending)
    job_id = service.request_act(session, technician, query_id=query_id, act=REJECT)
    reduced = principal_of(
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        user_id=technician.user_id,
    )

    with pytest.raises(PermissionDenied):
        _done(session, reduced, job_id)


def test_without_the_permission_nothing_is_asked_of_a_worker(
    session: WriteSession, pending: SampleFilters, principal_of: PrincipalOf
) -> None:
    reader = principal_of(
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        user_id=UserId(make_user(session).id),
    )
    query_id = _store(session, reader, pending)

    with pytest.raises(PermissionDenied):
        service.request_act(session, reader, query_id=query_id, act=REJECT)


def test_a_hold_without_a_reason_is_refused_before_a_worker_is_asked(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)
    act = BulkInput(kind=BulkKind.HOLD, hold=HoldKind.QUARANTINE)

    with pytest.raises(RegistrationRefused, match="reason"):
        service.request_act(session, technician, query_id=query_id, act=act)


def test_more_than_can_be_done_at_once_is_said(
    session: WriteSession,
    technician: Principal,
    pending: SampleFilters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored_queries, "MOST_AT_ONCE", 4)

    with pytest.raises(InvalidInput, match="At most 4 samples"):
        _store(session, technician, pending)


def test_a_view_of_nothing_is_not_selected(session: WriteSession, technician: Principal) -> None:
    with pytest.raises(InvalidInput, match="Nothing matches"):
        _store(session, technician, SampleFilters(search="there is no such sample"))


def test_somebody_elses_selection_and_act_are_not_there(
    session: WriteSession, technician: Principal, pending: SampleFilters, principal_of: PrincipalOf
) -> None:
    query_id = _store(session, technician, pending)
    job_id = service.request_act(session, technician, query_id=query_id, act=REJECT)
    other = principal_of(*Permission, user_id=UserId(make_user(session).id))

    with pytest.raises(QueryNotFound):
        service.request_act(session, other, query_id=query_id, act=REJECT)
    with pytest.raises(ActNotFound):
        bulk_acts.get_act(session, other, job_id=job_id)


def test_a_file_of_a_selection_holds_what_matched_then(
    session: WriteSession, technician: Principal, pending: SampleFilters
) -> None:
    query_id = _store(session, technician, pending)
    make_sample(session, pending.project_codes[0])

    pieces = exporting.export_pieces(
        session, technician, filters=SampleFilters(), sample_ids=None, query_id=query_id
    )

    assert {row.id for piece in pieces for row in piece} == set(
        _keys(session, technician, query_id)
    )


def test_a_selection_that_nothing_was_done_with_is_forgotten_and_an_act_stays(
    session: WriteSession, technician: Principal, pending: SampleFilters, frozen_clock: FrozenClock
) -> None:
    idle = _store(session, technician, pending)
    used = _store(session, technician, pending)
    service.request_act(session, technician, query_id=used, act=REJECT)
    frozen_clock.now = stored_queries.get_query(session, technician, used).taken_at + timedelta(2)

    service.forget_queries(session)

    assert stored_queries.get_query(session, technician, used).total == 5
    with pytest.raises(QueryNotFound):
        stored_queries.get_query(session, technician, idle)
