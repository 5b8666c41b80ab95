"""The frame's own figures: what waits in the sidebar, what is unread at the bell."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.gateway.ids import Health
from backend.gateway.models import ComponentHealth
from backend.notifications.ids import Kind, NotificationId, Severity
from backend.notifications.views import NotificationView
from backend.telemetry.ids import AlarmKind
from dashboard.components.tones import Tone
from dashboard.shell_bell import newest, unread_mark
from dashboard.shell_counts import Count, counts, draw
from tests.factories.sequencing import make_libraries, make_person, make_project, make_request
from tests.factories.telemetry import make_sensor, open_alarm

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def words_of(parts: object) -> str:
    """Return all text of components, in reading order."""
    match parts:
        case None:
            return ""
        case str() | int():
            return str(parts)
        case list() | tuple():
            return "".join(words_of(each) for each in parts)
        case Component():
            return words_of(getattr(parts, "children", None))
        case _:
            raise TypeError(parts)


def notice(*, read: bool = False, title: str = "Plan is ready") -> NotificationView:
    return NotificationView(
        id=NotificationId(new_id()),
        kind=Kind.PLAN_READY,
        severity=Severity.INFO,
        title=title,
        body="12 samples",
        href="/storage?plan=1",
        at=NOW,
        read_at=NOW if read else None,
        email=None,
    )


def test_a_unit_that_is_too_warm_is_counted_as_critical(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    open_alarm(session, make_sensor(session), NOW)

    found = counts(session, principal_of(Permission.STORAGE_VIEW))

    assert found == {
        "storage": Count(1, "unit in alarm", Tone.CRIT),
        "alarms": Count(1, "alarm to acknowledge", Tone.WARN),
    }


def test_alarms_of_every_kind_wait_until_somebody_acknowledges_them(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    reader = principal_of(Permission.STORAGE_VIEW)
    silent = open_alarm(session, make_sensor(session), NOW, kind=AlarmKind.NO_DATA)
    open_alarm(session, make_sensor(session), NOW, kind=AlarmKind.DOOR).told_at = None
    session.flush()
    before = counts(session, reader)["alarms"]

    silent.acknowledged_at, silent.acknowledged_by_name = NOW, "Ada"
    session.flush()

    assert before.number == 1
    assert counts(session, reader)["alarms"].number == 0


def test_libraries_of_ones_own_projects_are_what_waits_for_sequencing(
    session: WriteSession,
) -> None:
    member = make_person(session, Permission.SEQUENCING_VIEW)
    project = make_project(session, member)
    make_request(session, project, make_libraries(session, project, 3))
    other = make_project(session)
    make_request(session, other, make_libraries(session, other, 2))

    found = counts(session, member)

    assert found == {"sequencing": Count(3, "libraries waiting")}


def test_a_part_that_nobody_measured_lately_counts_as_not_well(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    session.add(
        ComponentHealth(
            component="disk",
            status=Health.OPERATIONAL,
            since=NOW,
            checked_at=datetime(2020, 1, 1, tzinfo=UTC),
            latency_ms=None,
            detail="",
        )
    )
    session.flush()

    found = counts(session, principal_of(Permission.HEALTH_VIEW))

    assert found == {"health": Count(1, "part not well", Tone.WARN)}


def test_nobody_is_told_a_count_of_a_page_that_they_may_not_open(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    open_alarm(session, make_sensor(session), NOW)

    assert counts(session, principal_of(Permission.ACCOUNT_SELF)) == {}


def test_nothing_waiting_shows_no_zero() -> None:
    assert draw(Count(0, "libraries waiting")) == []
    assert draw(None) == []
    assert words_of(draw(Count(1204, "libraries waiting"))) == "1,204 libraries waiting"


@pytest.mark.parametrize(
    ("unread", "said"),
    [(0, ""), (3, "3, 3 unread"), (99, "99, 99 unread"), (1500, "99+, 1,500 unread")],
)
def test_the_bell_says_how_much_is_unread(unread: int, said: str) -> None:
    assert words_of(unread_mark(unread)) == said


def test_an_empty_bell_says_what_will_be_told_there() -> None:
    shown = words_of(newest([], unread=0, zone=ZoneInfo("Europe/London")))

    assert "Plans, imports, reports and alarms" in shown


def test_what_is_unread_is_said_in_words_and_can_be_marked() -> None:
    notices = [notice(title="Unread plan"), notice(read=True, title="Read plan")]

    shown = words_of(newest(notices, unread=1, zone=ZoneInfo("Europe/London")))

    assert "Information. Unread plan12 samples (unread)09:30" in shown
    assert "Read plan12 samples09:30" in shown
    assert "Mark all as read" in shown


def test_with_nothing_unread_there_is_nothing_to_mark() -> None:
    shown = words_of(newest([notice(read=True)], unread=0, zone=ZoneInfo("Europe/London")))

    assert "Mark all as read" not in shown
