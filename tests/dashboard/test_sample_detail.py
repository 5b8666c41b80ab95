"""The way and the timeline of a sample, drawn from what was recorded."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.events.views import AuditView
from backend.samples.ids import SampleId
from backend.samples.views import TransitionView
from backend.storage.ids import NodeId, PlacementId
from backend.storage.views import PlacementView
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_history import changes
from dashboard.pages.samples.detail_keeping import keeping
from dashboard.pages.samples.detail_lifecycle import way_of
from dashboard.pages.samples.detail_timeline import timeline

NINE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def step(action: str, before: str | None, after: str, hours: int) -> TransitionView:
    return TransitionView(
        action=action,
        from_status=before,
        to_status=after,
        at=NINE + hours * HOUR,
        actor_name="T. Wójcik",
        reason=None,
    )


REGISTERED = step("register", None, "pending", 0)
ACCEPTED = step("accept", "pending", "validated", 2)
PLACED = step("place", "validated", "in_storage", 4)


def way(*steps: TransitionView, status: str) -> list[tuple[str, bool, timedelta | None]]:
    stops = way_of(
        steps, status=status, registered_at=NINE, since=steps[-1].at, now=NINE + 10 * HOUR
    )
    return [(stop.status, stop.is_current, stop.lasted) for stop in stops]


def test_the_way_tells_how_long_each_stop_lasted_and_what_is_ahead() -> None:
    assert way(REGISTERED, ACCEPTED, PLACED, status="in_storage") == [
        ("pending", False, 2 * HOUR),
        ("validated", False, 2 * HOUR),
        ("in_storage", True, 6 * HOUR),
        ("in_sequencing", False, None),
        ("completed", False, None),
    ]


def test_what_left_the_way_has_nothing_ahead() -> None:
    rejected = step("reject", "pending", "rejected", 1)

    assert way(REGISTERED, rejected, status="rejected") == [
        ("pending", False, HOUR),
        ("rejected", True, 9 * HOUR),
    ]


def test_a_stop_that_was_made_twice_counts_from_its_last_time() -> None:
    out = step("take_out", "in_storage", "validated", 6)
    back = step("place", "validated", "in_storage", 7)

    assert way(REGISTERED, ACCEPTED, PLACED, out, back, status="in_storage")[1:3] == [
        ("validated", False, HOUR),
        ("in_storage", True, 3 * HOUR),
    ]


def test_a_sample_without_steps_is_where_its_row_says_since_when_it_says() -> None:
    stops = way_of(
        [], status="completed", registered_at=NINE, since=NINE + 5 * HOUR, now=NINE + 6 * HOUR
    )

    assert [(stop.status, stop.at) for stop in stops] == [
        ("pending", NINE),
        ("completed", NINE + 5 * HOUR),
    ]


def stay(*, removed: int | None = None, reason: str | None = None) -> PlacementView:
    return PlacementView(
        id=PlacementId(new_id()),
        sample_id=SampleId(new_id()),
        box_id=NodeId(new_id()),
        path="ULT-03/2/C/B-0418",
        position="D7",
        source="manual",
        placed_at=NINE + 4 * HOUR,
        placed_by="T. Wójcik",
        removed_at=None if removed is None else NINE + removed * HOUR,
        removed_by="J. Okafor",
        removal_reason=reason,
    )


def entry(action: str, hours: int, **new: str) -> AuditView:
    return AuditView(
        id=hours,
        at=NINE + hours * HOUR,
        actor_name="J. Okafor",
        origin="ui",
        request_id="r",
        action=action,
        entity="sample",
        entity_id=new_id(),
        old_values={},
        new_values=new,
        reason="Label torn.",
        sealed=False,
    )


def test_the_timeline_tells_each_act_once_newest_first() -> None:
    happenings = timeline(
        [REGISTERED, ACCEPTED, PLACED],
        [stay(removed=8, reason="Used for extraction")],
        [
            entry("samples.status_changed", 2, lifecycle="accepted"),
            entry("storage.sample_placed", 4),
            entry("samples.hold_set", 6, kind="legal_hold"),
        ],
        registered_at=NINE,
    )

    assert [(each.title, each.detail, each.reason) for each in happenings] == [
        ("Taken out", "ULT-03/2/C/B-0418/D7", "Used for extraction"),
        ("Put on hold", "legal hold", "Label torn."),
        ("Stored", "ULT-03/2/C/B-0418/D7", ""),
        ("Accepted", "now validated", ""),
        ("Registered", "", ""),
    ]


def test_a_move_is_told_by_where_it_led() -> None:
    happenings = timeline(
        [REGISTERED], [stay(removed=6, reason="moved"), stay()], [], registered_at=NINE
    )

    assert [each.title for each in happenings] == ["Stored", "Stored", "Registered"]


def test_a_change_names_field_old_and_new_value() -> None:
    assert changes({"volume_ul": "46", "notes": None}, {"volume_ul": "36", "notes": None}) == [
        "volume ul: 46 → 36"
    ]
    assert changes(None, {"is_backup": True}) == ["is backup: yes"]


@pytest.mark.parametrize(("zone", "said"), [("Pacific/Auckland", True), ("UTC", False)])
def test_a_sample_is_expired_by_the_laboratorys_day(
    principal_of: Callable[..., Principal], zone: str, *, said: bool
) -> None:
    sample = SimpleNamespace(expires_on=date(2026, 11, 27), freeze_thaw_count=0)
    facts = cast("SampleFacts", SimpleNamespace(sample=sample, thaw_limit=None))
    late = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # the 28th in Auckland

    drawn = keeping(facts, principal_of(Permission.SAMPLES_VIEW), zone=ZoneInfo(zone), now=late)

    assert ("2026, expired" in str(drawn)) == said
