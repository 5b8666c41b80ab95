"""What the alarms' ladder makes people hear of, and by what."""

from collections.abc import Callable

from sqlalchemy import select

from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.views import EventView
from backend.notifications import consuming, unit_words
from backend.notifications.models import Delivery
from tests.factories.notifications import told_to

Fact = Callable[..., EventView]
UNIT = {"unit_label": "ULT-03"}


def test_a_step_of_the_ladder_says_by_what_people_are_told(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    escalated = {
        **UNIT,
        "kind": "high",
        "severity": "critical",
        "step_label": "Backup",
        "roles": [],
        "people": [str(person.user_id)],
    }
    for step, channels in enumerate((["in_app"], ["in_app", "email"]), 1):
        consuming.tell(
            session,
            fact(
                "telemetry.alarm_escalated",
                **escalated,
                alarm_id=str(new_id()),
                step=step,
                channels=channels,
            ),
        )

    assert person.user_id is not None
    by_program, by_mail = told_to(session, person.user_id)
    mailed = session.scalars(select(Delivery.notification_id)).all()
    assert mailed == [by_mail.id]
    assert by_program.in_app


def test_a_storm_is_told_in_the_place_of_the_alarm_with_which_it_climbs_the_ladder(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    storm_id = new_id()

    consuming.tell(
        session,
        fact(
            "telemetry.alarm_storm",
            storm_id=str(storm_id),
            severity="critical",
            unit_labels=["ULT-01", "ULT-02", "ULT-03"],
            within_min=2,
        ),
    )

    assert person.user_id is not None
    (told,) = told_to(session, person.user_id)
    assert told.dedupe_key == unit_words.alarm_key(storm_id, "critical", 0)
