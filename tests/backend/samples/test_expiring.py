"""What expires is told to its project: once for each lead time, in one notice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from backend.auth.ids import Role
from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import expiry_leads, queries, service
from backend.samples.consent_models import Consent
from backend.samples.expiry_events import ExpiryNear
from backend.samples.expiry_rules import lead_of
from backend.samples.ids import Lifecycle
from backend.samples.models import Project, ProjectMember, Sample
from tests.factories.laboratory import set_up_laboratory
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.support.clock import FrozenClock

LEADS = (30, 7)
TODAY = date(2026, 11, 28)
CLOCK = machinery("clock", Permission.SAMPLES_VIEW_ALL_PROJECTS, request_id="test")


def _told(session: WriteSession) -> list[dict[str, object]]:
    events = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == ExpiryNear.TYPE).order_by(OutboxEvent.id)
    )
    return [dict(event.payload) for event in events]


def _samples(session: WriteSession, *days_left: int) -> str:
    """Make a project of samples that expire in so many days, and return its code."""
    project = make_project(session)
    for left in days_left:
        made = make_sample(session, project.code)
        session.execute(
            update(Sample)
            .where(Sample.id == made.id)
            .values(expires_on=TODAY + timedelta(days=left))
        )
    return project.code


@given(left=st.integers(-500, max(LEADS)), leads=st.sets(st.integers(30, 90)))
def test_the_lead_is_the_shortest_that_a_day_is_under(left: int, leads: set[int]) -> None:
    asked = {*LEADS, *leads}

    lead = lead_of(TODAY + timedelta(days=left), TODAY, asked)

    assert lead in {0, *asked}
    assert (lead == 0) == (left < 0)
    assert lead == 0 or left <= lead
    assert not any(left <= shorter < lead for shorter in asked if left >= 0)


def test_a_day_further_away_than_every_lead_is_none() -> None:
    with pytest.raises(ValueError, match="empty"):
        lead_of(TODAY + timedelta(days=max(LEADS) + 1), TODAY, LEADS)


def test_a_laboratory_begins_with_30_and_7_days(session: WriteSession) -> None:
    assert expiry_leads.lead_days(session) == [30, 7]


def test_lead_times_are_the_laboratorys_to_set(session: WriteSession) -> None:
    _samples(session, 60, 3)

    after = service.set_lead_days(session, EVERYBODY, days=[2, 90, 90], reason="SOP 4")
    told = service.tell_expiring(session, CLOCK, today=TODAY)

    assert after == expiry_leads.lead_days(session) == [90, 2]
    assert told == 1
    assert [(e["lead_days"], e["count"]) for e in _told(session)] == [(90, 2)]
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "samples.expiry_leads_set")
    ).one()
    assert (entry.old_values, entry.new_values, entry.reason) == (
        {"days": [30, 7]},
        {"days": [90, 2]},
        "SOP 4",
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [([], "at least one"), ([0], "1 to 730"), ([731], "1 to 730"), (list(range(1, 9)), "at most")],
)
def test_lead_times_that_cannot_be_are_refused(
    session: WriteSession, days: list[int], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        service.set_lead_days(session, EVERYBODY, days=days)

    assert expiry_leads.lead_days(session) == [30, 7]


def test_lead_times_are_not_for_everybody_to_set(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        service.set_lead_days(session, principal_of(Permission.SAMPLES_EDIT), days=[5])


def test_a_project_hears_once_of_all_its_samples_of_a_lead(session: WriteSession) -> None:
    code = _samples(session, 20, 30, 3, -1, 31)

    assert service.tell_expiring(session, CLOCK, today=TODAY) == 3
    assert service.tell_expiring(session, CLOCK, today=TODAY) == 0

    told = {event["lead_days"]: event for event in _told(session)}
    assert {lead: event["count"] for lead, event in told.items()} == {30: 2, 7: 1, 0: 1}
    assert {event["project"] for event in told.values()} == {code}
    assert (told[30]["first_on"], told[30]["last_on"]) == ("2026-12-18", "2026-12-28")


def test_the_next_lead_and_another_day_are_told_anew(session: WriteSession) -> None:
    _samples(session, 20)
    service.tell_expiring(session, CLOCK, today=TODAY)

    later = service.tell_expiring(session, CLOCK, today=TODAY + timedelta(days=14))
    session.execute(update(Sample).values(expires_on=TODAY + timedelta(days=19)))
    moved = service.tell_expiring(session, CLOCK, today=TODAY + timedelta(days=14))

    assert (later, moved) == (1, 1)


def test_what_is_gone_is_not_told(session: WriteSession) -> None:
    _samples(session, 3)
    session.execute(update(Sample).values(lifecycle=Lifecycle.DEPLETED))

    assert service.tell_expiring(session, CLOCK, today=TODAY) == 0


def test_a_consent_is_told_to_each_project_that_rests_on_it(session: WriteSession) -> None:
    consent = Consent(
        reference="C-1", scope="research", recorded_by=None, expires_on=TODAY + timedelta(days=5)
    )
    session.add(consent)
    session.flush()
    for _ in range(2):
        _samples(session, 400, 400)
    session.execute(update(Sample).values(consent_id=consent.id))

    assert service.tell_expiring(session, CLOCK, today=TODAY) == 2
    assert [(e["kind"], e["count"], e["lead_days"]) for e in _told(session)] == [
        ("consent", 1, 7),
        ("consent", 1, 7),
    ]


def _with_people(session: WriteSession, code: str, *members: UUID, owner: UUID | None) -> None:
    project = session.scalars(select(Project).where(Project.code == code)).one()
    project.owner_id = owner
    session.add_all(ProjectMember(project_id=project.id, user_id=key) for key in members)
    session.flush()


def test_those_of_the_project_who_may_act_are_told_and_no_others(session: WriteSession) -> None:
    code = _samples(session, 3)
    owner = make_user(session, Role.PRINCIPAL_INVESTIGATOR)
    scientist = make_user(session, Role.SCIENTIST)
    stranger = make_user(session, Role.TECHNICIAN)
    onlookers = [make_user(session, role).id for role in (Role.GUEST, Role.ANALYST)]
    gone = make_user(session, Role.SCIENTIST, is_active=False)
    _with_people(session, code, scientist.id, gone.id, *onlookers, owner=owner.id)

    service.tell_expiring(session, CLOCK, today=TODAY)

    (event,) = _told(session)
    assert event["people"] == sorted([str(owner.id), str(scientist.id)])
    assert str(stranger.id) not in event["people"]


def test_where_nobody_of_the_project_may_act_those_do_who_may_everywhere(
    session: WriteSession,
) -> None:
    code = _samples(session, 3)
    guest = make_user(session, Role.GUEST)
    technician = make_user(session, Role.TECHNICIAN)
    _with_people(session, code, guest.id, owner=None)

    service.tell_expiring(session, CLOCK, today=TODAY)

    (event,) = _told(session)
    assert event["people"] == [str(technician.id)]


@pytest.mark.parametrize(("zone", "is_good"), [("Pacific/Auckland", False), ("UTC", True)])
def test_a_sample_has_expired_when_the_laboratorys_day_is_over(
    session: WriteSession, frozen_clock: FrozenClock, zone: str, *, is_good: bool
) -> None:
    frozen_clock.now = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # the 28th in Auckland
    set_up_laboratory(session, zone)
    made = make_sample(session)
    session.execute(
        update(Sample).where(Sample.id == made.id).values(expires_on=date(2026, 11, 27))
    )

    standing = queries.get_sample(session, EVERYBODY, made.id).standing

    assert (standing.expired_on is None) == is_good


def test_the_search_has_an_index(session: WriteSession) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))

    plan = session.execute(
        text("EXPLAIN SELECT id FROM sample WHERE expires_on <= DATE '2026-12-28'")
    )

    assert "ix_sample_expires" in "\n".join(line for (line,) in plan)
