"""What a measurement means, as pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.gateway import rules
from backend.gateway.ids import Health
from backend.gateway.views import Observation

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("observation", "status"),
    [
        (rules.of_answer("web", 40, ""), Health.OPERATIONAL),
        (rules.of_answer("web", 501, ""), Health.DEGRADED),
        (rules.of_answer("web", 5001, ""), Health.DOWN),
        (rules.of_answer("web", None, "No answer."), Health.DOWN),
        (rules.of_second_try("Timed out.", 40, ""), Health.DEGRADED),
        (rules.of_second_try("Timed out.", None, "No answer."), Health.DOWN),
        (rules.of_redis(1.0, configured=True), Health.OPERATIONAL),
        (rules.of_redis(None, configured=True), Health.DEGRADED),
        (rules.of_redis(None, configured=False), Health.DEGRADED),
        (rules.of_mail(None, configured=False, problem=""), Health.OFF),
        (rules.of_mail(None, configured=True, problem="Refused."), Health.DEGRADED),
        (rules.of_mail(30, configured=True, problem=""), Health.OPERATIONAL),
        (rules.of_outbox(None, waiting=0, dead_letters=0), Health.OPERATIONAL),
        (rules.of_outbox(11, waiting=3, dead_letters=0), Health.DEGRADED),
        (rules.of_outbox(121, waiting=3, dead_letters=0), Health.DOWN),
        (rules.of_outbox(None, waiting=0, dead_letters=2), Health.DEGRADED),
        (rules.of_outbox(121, waiting=0, dead_letters=2), Health.DOWN),
        (rules.of_schedules(None, name=""), Health.UNKNOWN),
        (rules.of_schedules(0, name="tick"), Health.OPERATIONAL),
        (rules.of_schedules(46, name="tick"), Health.DEGRADED),
        (rules.of_schedules(181, name="tick"), Health.DOWN),
        (rules.of_queues(None, queue=""), Health.OPERATIONAL),
        (rules.of_queues(121, queue="long"), Health.DEGRADED),
        (rules.of_disk(50, 100), Health.OPERATIONAL),
        (rules.of_disk(9, 100), Health.DEGRADED),
        (rules.of_disk(2, 100), Health.DOWN),
        (rules.of_lease("leader", None, NOW), Health.UNKNOWN),
        (rules.of_lease("leader", NOW, NOW), Health.OPERATIONAL),
        (rules.of_lease("leader", NOW - timedelta(seconds=1), NOW), Health.DOWN),
    ],
)
def test_limits_decide(observation: Observation, status: Health) -> None:
    assert observation.status is status


@pytest.mark.parametrize(
    ("observation", "words"),
    [
        (rules.of_redis(None, configured=True), "nothing is lost"),
        (rules.of_mail(None, configured=True, problem="Refused."), "will be sent"),
        (rules.of_outbox(200, waiting=3, dead_letters=1), "1 event waits in dead letters"),
        (rules.of_schedules(200, name="probe health"), "“probe health” is 3 min late."),
        (rules.of_queues(7300, queue="long"), "the queue long has waited for 2.0 h"),
        (rules.of_disk(int(5e9), int(1e11)), "5.0 GB free (5%)."),
    ],
)
def test_a_part_in_trouble_says_what_it_means_in_plain_words(
    observation: Observation, words: str
) -> None:
    assert words in observation.detail


def test_an_old_finding_is_no_finding() -> None:
    just, late = NOW - timedelta(seconds=90), NOW - timedelta(seconds=91)

    assert rules.current(Health.OPERATIONAL, just, NOW) is Health.OPERATIONAL
    assert rules.current(Health.OPERATIONAL, late, NOW) is Health.UNKNOWN
    assert rules.current(Health.DOWN, late, NOW) is Health.UNKNOWN


def test_parts_have_names_for_people() -> None:
    assert rules.label_of("worker:worker-1") == "Worker 1"
    assert rules.label_of("database") == "PostgreSQL"
    assert rules.component_of_service("worker-2") == "worker:worker-2"
    assert rules.component_of_service("leader") == "leader"


def broker(
    *,
    lives: bool = True,
    connected: bool = True,
    refused_ago: timedelta | None = None,
    gone_ago: timedelta | None = None,
) -> rules.Link:
    return rules.Link(
        lease_until=NOW + (rules.LEASE if lives else -timedelta(minutes=5)),
        is_connected=connected,
        detail="" if connected else "The broker cannot be reached.",
        last_message_at=NOW - timedelta(minutes=2),
        refused=0 if refused_ago is None else 3,
        last_refused_at=None if refused_ago is None else NOW - refused_ago,
        last_reason="" if refused_ago is None else "north: Invalid JSON.",
        gone_since=None if gone_ago is None else NOW - gone_ago,
    )


@pytest.mark.parametrize(
    ("link", "status", "said"),
    [
        (None, Health.OFF, "MQTT is not set up"),
        (broker(), Health.OPERATIONAL, "Last message 2 min ago. None refused."),
        (broker(lives=False), Health.DOWN, "No sign of life for 6 min."),
        (broker(gone_ago=timedelta(hours=3)), Health.OPERATIONAL, "Last message 2 min ago."),
        (
            broker(lives=False, gone_ago=timedelta(days=3)),
            Health.DOWN,
            "Nothing listens for MQTT readings for 72.0 h.",
        ),
        (broker(connected=False), Health.DOWN, "The broker cannot be reached."),
        (broker(refused_ago=timedelta(minutes=5)), Health.DEGRADED, "3 refused so far, the newest"),
        (broker(refused_ago=timedelta(days=5)), Health.OPERATIONAL, "3 refused so far."),
    ],
)
def test_a_broker_is_judged_by_the_listener_the_connection_and_what_was_refused(
    link: rules.Link | None, status: Health, said: str
) -> None:
    seen = rules.of_mqtt(link, NOW)

    assert (seen.component, seen.status) == ("mqtt", status)
    assert said in seen.detail
