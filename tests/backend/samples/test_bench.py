"""What a bench needs beside registering: is a code free, what came today, take it back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import bench, queries, service
from backend.samples.errors import SampleNotFound, TransitionRefused
from backend.samples.ids import ProjectId
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

MakePrincipal = Callable[..., Principal]


def test_a_code_is_taken_even_when_its_sample_may_not_be_seen(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    make_sample(session, barcode="PLS-251120-8T2W")
    stranger = principal_of(Permission.SAMPLES_REGISTER, Permission.SAMPLES_VIEW)

    assert bench.barcode_is_taken(session, stranger, " pls-251120-8t2w ")
    assert not bench.barcode_is_taken(session, stranger, "PLS-251120-0000")
    assert queries.find_by_barcode(session, stranger, "PLS-251120-8T2W") is None


def test_a_slip_is_taken_back_and_its_barcode_and_name_are_free_again(
    session: WriteSession,
) -> None:
    project = make_project(session)
    slip = make_sample(session, project.code, barcode="PLS-251120-8T2W", external_id="P-1")

    code = service.take_back_registration(
        session, EVERYBODY, sample_id=slip.id, reason="Wrong project."
    )

    assert code == "PLS-251120-8T2W"
    again = make_sample(session, project.code, barcode="PLS-251120-8T2W", external_id="P-1")
    assert again.barcode == code
    kept = queries.get_sample(session, EVERYBODY, slip.id)
    assert (kept.row.barcode, kept.row.status) == ("PLS-251120-8T2W.VOID1", "discarded")


def test_one_tube_can_be_taken_back_twice(session: WriteSession) -> None:
    for _ in range(2):
        slip = make_sample(session, barcode="PLS-251120-8T2W")
        service.take_back_registration(session, EVERYBODY, sample_id=slip.id, reason="A slip.")

    voided = [row.barcode for row in queries.search(session, EVERYBODY, "PLS-251120-8T2W.VOID")]
    assert voided == ["PLS-251120-8T2W.VOID1", "PLS-251120-8T2W.VOID2"]


def test_taking_back_leaves_an_event_and_an_audit_entry_with_the_reason(
    session: WriteSession,
) -> None:
    slip = make_sample(session, barcode="PLS-251120-8T2W")

    service.take_back_registration(session, EVERYBODY, sample_id=slip.id, reason="Wrong tube.")

    events = session.scalars(
        select(OutboxEvent.type).where(OutboxEvent.aggregate_id == slip.id).order_by(OutboxEvent.id)
    ).all()
    assert events[-1] == "samples.registration_taken_back"
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "samples.registration_taken_back")
    ).one()
    assert entry.old_values == {"barcode": "PLS-251120-8T2W", "external_id": None}
    assert entry.reason == "Wrong tube."


def test_what_was_accepted_is_not_taken_back(session: WriteSession) -> None:
    made = make_sample(session, received_at=clock.utc_now())
    service.change_status(session, EVERYBODY, sample_id=made.id, action="accept")

    with pytest.raises(TransitionRefused):
        service.take_back_registration(session, EVERYBODY, sample_id=made.id, reason="A slip.")

    assert queries.get_sample(session, EVERYBODY, made.id).row.barcode == made.barcode


def test_taking_back_needs_the_right_and_a_visible_sample(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    made = make_sample(session)
    guest = principal_of(Permission.SAMPLES_VIEW)
    stranger = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_REGISTER)

    with pytest.raises(PermissionDenied):
        service.take_back_registration(session, guest, sample_id=made.id, reason="A slip.")
    with pytest.raises(SampleNotFound):
        service.take_back_registration(session, stranger, sample_id=made.id, reason="A slip.")


def test_the_session_lists_my_own_of_today_newest_first(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    me = _member(session, principal_of, code="BENCH-1")
    first, second, slip = (
        service.register_sample(session, me, registration=registration("BENCH-1")) for _ in range(3)
    )
    make_sample(session, "BENCH-1")  # somebody else's
    service.take_back_registration(session, me, sample_id=slip.id, reason="A slip.")

    rows, total = bench.registered_since(
        session, me, clock.utc_now() - timedelta(hours=1), limit=10
    )
    later, none = bench.registered_since(
        session, me, clock.utc_now() + timedelta(hours=1), limit=10
    )

    assert {row.barcode for row in rows} == {first.barcode, second.barcode}
    assert total == 2
    assert (later, none) == ([], 0)


def _member(session: WriteSession, principal_of: MakePrincipal, *, code: str) -> Principal:
    project = make_project(session, code)
    user = make_user(session)
    service.add_member(session, EVERYBODY, project_id=ProjectId(project.id), user_id=user.id)
    return principal_of(
        Permission.SAMPLES_VIEW, Permission.SAMPLES_REGISTER, user_id=UserId(user.id)
    )
