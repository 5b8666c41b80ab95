"""The words of notifications, and who hears of what by default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.notifications import rules, unit_words
from backend.notifications.ids import Channel, Kind, Severity, Show
from backend.notifications.rules import Notice
from backend.notifications.service import DELIVER
from jobs.queues import TASKS


@given(title=st.text(max_size=400), body=st.text(max_size=900))
def test_a_notice_fits_its_row_and_one_line(title: str, body: str) -> None:
    notice = Notice(
        kind=Kind.JOB_FAILED, severity=Severity.WARNING, title=title, body=body, href="/"
    ).clipped()

    assert len(notice.title) <= 200
    assert len(notice.body) <= 500
    assert "\n" not in notice.title
    assert "\r" not in notice.title


def test_one_is_singular() -> None:
    assert rules.plan_ready(placements=1, left_over=0, plan_id="p").title.endswith("1 sample")
    assert rules.plan_ready(placements=2, left_over=0, plan_id="p").title.endswith("2 samples")


def test_a_unit_whose_label_needs_it_is_quoted_in_its_address() -> None:
    assert unit_words.alarm_cleared(unit="Cold room/2").href == "/storage/Cold%20room%2F2"
    assert unit_words.alarm_cleared(unit="").href == "/storage"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_words_is_in_a_view_and_finds_its_people(kind: Kind) -> None:
    views = [show for show in Show if show not in {Show.ALL, Show.UNREAD}]

    assert rules.LABELS[kind]
    assert any(kind in rules.KINDS_OF[show] for show in views)
    assert kind in rules.CONCERNED or kind in rules.KINDS_OF[Show.MINE]


def test_by_default_only_failed_work_stays_out_of_the_mail() -> None:
    silent = [kind for kind in Kind if not rules.is_on(kind, Channel.EMAIL, None)]

    assert silent == [Kind.JOB_FAILED]
    assert all(rules.is_on(kind, Channel.IN_APP, None) for kind in Kind)


def test_a_choice_wins_over_the_default_except_against_alarms() -> None:
    assert rules.is_on(Kind.JOB_FAILED, Channel.EMAIL, chosen=True)
    assert not rules.is_on(Kind.REPORT_BUILT, Channel.IN_APP, chosen=False)
    assert rules.is_on(Kind.ALARM_RAISED, Channel.IN_APP, chosen=False)


def test_every_recurring_work_that_may_fail_has_a_name_of_its_own() -> None:
    unnamed = [
        kind
        for kind in TASKS
        if kind not in {DELIVER, "telemetry.simulate_readings"}
        and "," in rules.job_failed(job_kind=kind, error="").title
    ]

    assert unnamed == []


def test_a_unit_that_freezes_is_told_with_its_low_limit() -> None:
    cold = unit_words.out_of_range(temperature_c=0.4, above_c=None, below_c=2.0)
    warm = unit_words.out_of_range(temperature_c=9.1, above_c=8.0, below_c=None)

    assert "allowed down to 2.0" in cold
    assert "may freeze. Look at the unit" in cold
    assert "allowed up to 8.0" in warm
