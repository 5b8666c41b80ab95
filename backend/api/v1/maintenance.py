"""Maintenance: hours in which alarms of some units are written down and nobody is told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.units import unit_of
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.telemetry import maintenance
from backend.telemetry.errors import WindowNotFound
from backend.telemetry.ids import WindowId
from backend.telemetry.maintenance import Window

_LONGEST_REASON = 500
_LONGEST_PATH = 300
_MOST_UNITS = 200


class MaintenanceIn(ApiInput):
    """Which units, by path or barcode, from when until when, and what is done there."""

    units: list[Annotated[str, Field(max_length=_LONGEST_PATH)]] = Field(
        min_length=1, max_length=_MOST_UNITS, description="ULT-03"
    )
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)


class MaintenanceOut(ApiOutput):
    """A maintenance; ``ends_at`` is when it ends or was ended by ``ended_by_name``."""

    id: UUID
    units: list[str]
    starts_at: datetime
    ends_at: datetime
    reason: str
    set_by_name: str
    ended_by_name: str | None


class MaintenancesOut(ApiOutput):
    """Those that stand or are to come, and those of two weeks past, newest first."""

    items: list[MaintenanceOut]


def list_windows(call: Call) -> MaintenancesOut:
    """Return the maintenances."""
    with reading() as session:
        found = maintenance.list_windows(session, call.caller)
    return MaintenancesOut(items=[_shown(each) for each in found])


def start(call: Call) -> object:
    """Begin or plan a maintenance."""
    sent = call.sent(MaintenanceIn)
    with writing() as session:

        def act() -> MaintenanceOut:
            units = [unit_of(session, call.caller, each) for each in sent.units]
            window_id = maintenance.start_window(
                session,
                call.caller,
                unit_ids=[unit.id for unit in units],
                starts_at=sent.starts_at,
                ends_at=sent.ends_at,
                reason=sent.reason,
            )
            return _window(session, call, window_id)

        return once(session, call, act)


def end(call: Call) -> object:
    """End a maintenance before its time, or call off one that is to come."""
    with writing() as session:

        def act() -> MaintenanceOut:
            window_id = WindowId(call.key("window_id"))
            maintenance.end_window(session, call.caller, window_id)
            return _window(session, call, window_id)

        return once(session, call, act)


def _window(session: ReadSession, call: Call, window_id: WindowId) -> MaintenanceOut:
    for each in maintenance.list_windows(session, call.caller):
        if each.window_id == window_id:
            return _shown(each)
    raise WindowNotFound("There is no such maintenance. Look at the list.")


def _shown(window: Window) -> MaintenanceOut:
    return MaintenanceOut(
        id=window.window_id,
        units=list(window.unit_labels),
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        reason=window.reason,
        set_by_name=window.set_by_name,
        ended_by_name=window.ended_by_name,
    )


_TAG = "Alarms"
_CONFIGURE = Permission.STORAGE_CONFIGURE
_PATH = "/api/v1/maintenance"
ROUTES = (
    Route(
        method="GET",
        path=_PATH,
        handler=list_windows,
        access=Permission.STORAGE_VIEW,
        summary="Maintenances that stand or are to come, and those of two weeks past",
        tag=_TAG,
        answer=MaintenancesOut,
    ),
    Route(
        method="POST",
        path=_PATH,
        handler=start,
        access=_CONFIGURE,
        summary="Let nobody be told of the alarms of some units for a while, a week at most",
        tag=_TAG,
        body=MaintenanceIn,
        answer=MaintenanceOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{window_id}}/end",
        handler=end,
        access=_CONFIGURE,
        summary="End a maintenance now; what is out of range is told by the next check",
        tag=_TAG,
        answer=MaintenanceOut,
        status=201,
        once=True,
    ),
)
