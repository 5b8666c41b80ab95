"""Who hears that what watches over the cold is to be checked, or watches no longer."""

import pytest

from backend.auth.ids import Role
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.notifications import consuming
from backend.notifications.ids import Kind
from tests.backend.notifications.test_telling import Fact, told_to
from tests.factories.people import make_user


@pytest.mark.parametrize(
    ("tested_on", "begins"),
    [("2026-10-31", "The last test was on 2026-10-31."), (None, "Nobody has tried it out yet.")],
)
def test_those_who_set_up_storage_hear_that_the_ladder_is_to_be_tried_out(
    session: WriteSession, person: Principal, fact: Fact, tested_on: str | None, begins: str
) -> None:
    keeper = make_user(session, Role.ADMINISTRATOR)

    consuming.tell(
        session, fact("telemetry.ladder_test_due", due_on="2026-12-01", tested_on=tested_on)
    )

    (told,) = told_to(session, keeper.id)
    assert (told.kind, told.href) == (Kind.LADDER_TEST_DUE, "/alarms?show=ladder")
    assert told.title == "The alarm ladder was to be tested by 2026-12-01"
    assert told.body.startswith(begins)
    assert person.user_id is not None
    assert told_to(session, person.user_id) == []


@pytest.mark.parametrize(
    ("service", "title", "waits"),
    [
        ("mqtt", "Nothing listens for MQTT readings since 23 Nov 2026, 14:02", "in the broker"),
        ("web", "Nothing takes readings over HTTP since 23 Nov 2026, 14:02", "Loggers keep"),
    ],
)
def test_those_on_duty_hear_that_nobody_takes_readings(
    session: WriteSession, fact: Fact, service: str, title: str, waits: str
) -> None:
    technician = make_user(session, Role.TECHNICIAN)

    consuming.tell(
        session,
        fact(
            "telemetry.listeners_gone",
            service=service,
            since="2026-11-23T13:02:00+00:00",
            since_there="23 Nov 2026, 14:02",
        ),
    )

    (told,) = told_to(session, technician.id)
    assert (told.kind, told.href, told.title) == (Kind.SENSOR_SILENT, "/health", title)
    assert waits in told.body
