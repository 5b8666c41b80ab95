"""The gap detector: what it finds, that it forgets what is over, whom it reminds."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from backend.auth.ids import Role
from backend.core import clock
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.custody import queries, rules, service
from backend.custody.ids import GapKind
from backend.custody.models import CustodyCheckout
from backend.custody.rules import Observed
from backend.events.models import OutboxEvent
from backend.samples.ids import Custody
from backend.samples.models import Project
from tests.backend.custody.conftest import signed_in
from tests.factories.laboratory import set_up_laboratory
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
WATCH = machinery("watch", Permission.CUSTODY_HANDLE, request_id="test")


def seen(**facts: object) -> Observed:
    values: dict[str, object] = {
        "sample_id": UUID(int=1),
        "barcode": "DNA-1",
        "custody": "in_storage",
        "stands": True,
        "holder": "ULT-03/A1",
        "since": NOW - timedelta(days=9),
        "due_on": None,
        "offered_at": None,
    }
    return Observed(**(values | facts))  # type: ignore[arg-type]  # a test names what it is about


def kinds(observed: Observed) -> set[GapKind]:
    return {gap.kind for gap in rules.gaps_of(observed, now=NOW, today=NOW.date())}


def test_a_tube_in_its_position_has_no_gap() -> None:
    assert kinds(seen()) == set()


def test_a_tube_that_counts_as_stored_and_stands_nowhere_is_found() -> None:
    assert kinds(seen(stands=False)) == {GapKind.NOT_WHERE_IT_STANDS}


def test_a_tube_that_nobody_holds_is_found() -> None:
    assert kinds(seen(custody="not_placed", stands=False, holder=None)) == {GapKind.NO_HOLDER}


@given(days=st.integers(-400, 400))
def test_a_checkout_is_overdue_from_the_day_after_it_was_due(days: int) -> None:
    due = NOW.date() + timedelta(days=days)
    found = kinds(seen(custody="checked_out", stands=False, holder="Ada", due_on=due))

    assert (GapKind.OVERDUE in found) == (due < NOW.date())


@given(hours=st.floats(0, 500))
def test_an_offer_and_a_bench_have_a_day(hours: float) -> None:
    at = NOW - timedelta(hours=hours)
    found = kinds(seen(custody="on_bench", stands=False, since=at, offered_at=at))

    is_long = NOW - at > timedelta(days=1)
    assert found == ({GapKind.UNANSWERED, GapKind.LONG_ON_BENCH} if is_long else set())


def test_findings_open_once_and_close_when_it_is_put_right(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project, custody=Custody.IN_STORAGE)

    first = service.watch(session, WATCH)
    second = service.watch(session, WATCH)
    stand(session, tube, make_freezer(session).box_id, 1, 1)
    third = service.watch(session, WATCH)

    assert (first.opened, second.opened, third.closed) == (1, 0, 1)
    assert queries.findings(session, ada) == []


def test_an_overdue_checkout_is_reminded_of_once_a_day(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    today = clock.utc_now().date()
    service.check_out(session, ada, sample_id=tube, purpose="PCR", due_on=today)
    session.execute(update(CustodyCheckout).values(due_on=today - timedelta(days=3)))

    first, second = service.watch(session, WATCH), service.watch(session, WATCH)

    told = session.scalar(select(func.count()).where(OutboxEvent.type == "custody.return_overdue"))
    assert (first.reminded, second.reminded, told) == (1, 0, 1)
    assert queries.counts(session, ada).overdue == 1


def test_an_owner_is_told_of_the_projects_gaps_once(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    ina = signed_in(session, Role.PRINCIPAL_INVESTIGATOR, "Ina")
    project.owner_id = ina.user_id
    for _ in range(2):
        make_tube(session, project, custody=Custody.IN_STORAGE)
    make_tube(session, make_project(session, ada), custody=Custody.IN_STORAGE)

    service.watch(session, WATCH)
    service.watch(session, WATCH)

    found = select(OutboxEvent).where(OutboxEvent.type == "custody.project_gaps_found")
    [told] = session.scalars(found)
    assert told.aggregate_id == project.id
    assert told.payload["owner_id"] == str(ina.user_id)
    assert (told.payload["opened"], told.payload["project"]) == (2, project.code)


@pytest.mark.parametrize(("zone", "is_over"), [("Pacific/Auckland", True), ("UTC", False)])
def test_a_tube_is_due_back_by_the_laboratorys_day(
    session: WriteSession,
    ada: Principal,
    project: Project,
    frozen_clock: FrozenClock,
    *,
    zone: str,
    is_over: bool,
) -> None:
    frozen_clock.now = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # the 28th in Auckland
    set_up_laboratory(session, zone)
    tube = make_tube(session, project)
    service.check_out(session, ada, sample_id=tube, purpose="PCR", due_on=date(2026, 11, 28))
    session.execute(update(CustodyCheckout).values(due_on=date(2026, 11, 27)))

    reminded = service.watch(session, WATCH).reminded

    assert (reminded, queries.counts(session, ada).overdue) == (int(is_over), int(is_over))
    found = queries.checkout_of(session, ada, tube)
    assert found is not None
    assert found.is_overdue is is_over
