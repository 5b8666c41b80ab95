"""Maintenance windows: hours in which alarms of some units are written down and nobody is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry.alarm_models import MaintenanceWindow
from backend.telemetry.errors import ReasonMissing, WindowNotFound, WindowOver, WindowRefused
from backend.telemetry.events import MaintenanceEnded, MaintenanceStarted
from backend.telemetry.ids import WindowId
from backend.telemetry.models import Sensor

LONGEST: Final = timedelta(days=7)
_LONGEST_REASON: Final = 500
_SHOWN_AFTER: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A maintenance window as it was set; ``ends_at`` is when it ends or was ended."""

    window_id: WindowId
    unit_labels: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    set_by_name: str
    ended_by_name: str | None

    def is_over(self, now: datetime) -> bool:
        """Say whether people are told of its units again."""
        return now >= self.ends_at


def start_window(
    session: WriteSession,
    principal: Principal,
    *,
    unit_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> WindowId:
    """Say that units are worked on, so that nobody is told of their alarms, a week at most.

    Raises:
        WindowRefused: no unit with a sensor, an end before the start or in the past, or more than
            a week; each fault stands at its field.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    labels = _labels(session, unit_ids)
    faults = _faults(labels, unit_ids, starts_at, ends_at)
    if len(reason.strip()) > _LONGEST_REASON:
        faults["reason"] = f"Use at most {_LONGEST_REASON} characters."
    if faults:
        raise WindowRefused("The maintenance cannot be set like this yet.", fields=faults)
    if not reason.strip():
        raise ReasonMissing(
            "Say in a few words what is done at the units.",
            fields={"reason": "A few words are needed."},
        )
    window = MaintenanceWindow(
        unit_ids=[str(each) for each in labels],
        unit_labels=sorted(labels.values()),
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        set_by_name=principal.name,
    )
    session.add(window)
    session.flush()
    started = MaintenanceStarted(
        aggregate_id=window.id,
        unit_labels=tuple(sorted(labels.values())),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    events_service.record(session, principal, started, reason=reason.strip())
    return WindowId(window.id)


def end_window(session: WriteSession, principal: Principal, window_id: WindowId) -> None:
    """End a maintenance before its time; what is out of range then is told by the next check.

    Raises:
        WindowNotFound: no such window.
        WindowOver: it has ended already.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    window = session.scalars(
        select(MaintenanceWindow).where(MaintenanceWindow.id == window_id).with_for_update()
    ).one_or_none()
    if window is None:
        raise WindowNotFound("There is no such maintenance. Look at the list.")
    now = clock.utc_now()
    if window.ends_at <= now:
        raise WindowOver("This maintenance has ended already. There is nothing to do.")
    # One that has not begun never begins: a moment is the shortest that the table knows.
    window.starts_at = min(window.starts_at, now - timedelta(microseconds=1))
    window.ends_at = now
    window.ended_by_name = principal.name
    ended = MaintenanceEnded(
        aggregate_id=window.id, unit_labels=tuple(str(each) for each in window.unit_labels)
    )
    events_service.record(session, principal, ended)


def list_windows(session: ReadSession, principal: Principal) -> list[Window]:
    """Return the windows that stand or are to come, and those of two weeks past, newest first."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(
        select(MaintenanceWindow)
        .where(MaintenanceWindow.ends_at >= clock.utc_now() - _SHOWN_AFTER)
        .order_by(MaintenanceWindow.starts_at.desc())
    )
    return [
        Window(
            window_id=WindowId(row.id),
            unit_labels=tuple(str(each) for each in row.unit_labels),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
            set_by_name=row.set_by_name,
            ended_by_name=row.ended_by_name,
        )
        for row in rows
    ]


def list_units(session: ReadSession, principal: Principal) -> list[tuple[UUID, str]]:
    """Return the units that have a sensor, by label."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        select(Sensor.unit_id, func.min(Sensor.unit_label))
        .where(Sensor.disconnected_at.is_(None))
        .group_by(Sensor.unit_id)
        .order_by(func.min(Sensor.unit_label))
    )
    return [(unit_id, label) for unit_id, label in rows]


def units_muted(session: Session, now: datetime) -> frozenset[UUID]:
    """Return the units of whose alarms nobody is told at an instant."""
    rows = session.scalars(
        select(MaintenanceWindow.unit_ids).where(
            MaintenanceWindow.starts_at <= now, MaintenanceWindow.ends_at > now
        )
    )
    return frozenset(UUID(str(each)) for unit_ids in rows for each in unit_ids)


def _labels(session: Session, unit_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(Sensor.unit_id, func.min(Sensor.unit_label))
        .where(Sensor.unit_id.in_(unit_ids), Sensor.disconnected_at.is_(None))
        .group_by(Sensor.unit_id)
    )
    return {unit_id: label for unit_id, label in rows}  # noqa: C416 -- rows are not pairs to mypy


def _faults(
    labels: dict[UUID, str], unit_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> dict[str, str]:
    faults = {}
    if not unit_ids:
        faults["units"] = "Choose at least one unit."
    elif len(labels) < len(set(unit_ids)):
        faults["units"] = "One of these units has no sensor: nothing could alarm there."
    if ends_at <= starts_at:
        faults["ends_at"] = "The end comes after the start."
    elif ends_at <= clock.utc_now():
        faults["ends_at"] = "The end lies in the past."
    elif ends_at - starts_at > LONGEST:
        faults["ends_at"] = "A maintenance takes a week at most."
    return faults
