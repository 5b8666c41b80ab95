"""What telemetry knows a storage unit by: the copies of its label, and what hangs on it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.telemetry.alarm_models import AlarmRule, MaintenanceWindow
from backend.telemetry.device_models import DeviceToken
from backend.telemetry.models import Sensor
from backend.telemetry.thermal_models import ThermalFitRecord

_NAMED = 3


def rename_unit(
    session: WriteSession, principal: Principal, *, unit_id: UUID, before: str, label: str
) -> None:
    """Call a unit by its new label wherever telemetry shows one now.

    What is over keeps the label of its time: ended windows, replaced rules, closed alarms' words.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    for table in (Sensor, DeviceToken, ThermalFitRecord):
        session.execute(
            update(table)
            .where(table.unit_id == unit_id)
            .values(unit_label=label)
            .execution_options(synchronize_session="fetch")
        )
    session.execute(
        update(AlarmRule)
        .where(
            AlarmRule.unit_id == unit_id,
            AlarmRule.sensor_id.is_(None),
            AlarmRule.replaced_at.is_(None),
        )
        .values(scope_label=label)
        .execution_options(synchronize_session="fetch")
    )
    windows = session.scalars(
        select(MaintenanceWindow)
        .where(MaintenanceWindow.ends_at > clock.utc_now())
        .order_by(MaintenanceWindow.id)
        .with_for_update()
    ).all()
    for window in windows:
        if str(unit_id) in window.unit_ids:
            kept = (label if each == before else str(each) for each in window.unit_labels)
            window.unit_labels = sorted(kept)
    session.flush()


def reasons_to_stay(session: ReadSession, unit_ids: Collection[UUID]) -> tuple[str, ...]:
    """Return, a sentence each, what measures units or watches over them."""
    wanted = list(unit_ids)
    codes = session.scalars(
        select(Sensor.code)
        .where(Sensor.unit_id.in_(wanted), Sensor.disconnected_at.is_(None))
        .order_by(Sensor.code)
    ).all()
    tokens = session.scalars(
        select(DeviceToken.name)
        .where(DeviceToken.unit_id.in_(wanted), DeviceToken.revoked_at.is_(None))
        .order_by(DeviceToken.name)
    ).all()
    rules = session.scalars(
        select(AlarmRule.scope_label)
        .where(
            AlarmRule.unit_id.in_(wanted),
            AlarmRule.replaced_at.is_(None),
            AlarmRule.is_withdrawn.is_(False),
        )
        .limit(1)
    ).all()
    reasons = []
    if codes:
        word = "Sensor" if len(codes) == 1 else "Sensors"
        verb = "measures" if len(codes) == 1 else "measure"
        reasons.append(f"{word} {_some(codes)} {verb} it.")
    if tokens:
        reasons.append(f"Device token {_some(tokens)} records for it. Revoke it first.")
    if rules:
        reasons.append("It has an alarm rule of its own. Withdraw that first.")
    return tuple(reasons)


def was_watched(session: ReadSession, unit_ids: Collection[UUID]) -> bool:
    """Say whether telemetry keeps a past of units: sensors, rules of theirs, a fitted model."""
    wanted = list(unit_ids)
    kept = (
        select(AlarmRule.id).where(AlarmRule.unit_id.in_(wanted)).limit(1),
        select(ThermalFitRecord.id).where(ThermalFitRecord.unit_id.in_(wanted)).limit(1),
        select(DeviceToken.id).where(DeviceToken.unit_id.in_(wanted)).limit(1),
        select(Sensor.id).where(Sensor.unit_id.in_(wanted)).limit(1),
    )
    return any(session.scalars(each).first() is not None for each in kept)


def _some(names: Collection[str]) -> str:
    shown = list(names)[:_NAMED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
