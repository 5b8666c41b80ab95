"""What needs a person, most urgent first: pure, from the views of the domains."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from uuid import UUID

from backend.gateway.views import ComponentNow
from backend.storage.views import PlanView, UnitOccupancy
from backend.telemetry.ids import AlarmKind, AlarmSeverity
from backend.telemetry.kinds import back_words
from backend.telemetry.views import UnitAlarm
from dashboard import format as fmt

_CELSIUS = "°C"
SHOWN_AT_MOST = 5
STOP_INTAKE = 0.95
_NEVER = datetime.max.replace(tzinfo=UTC)


class Urgency(IntEnum):
    """Order of the list; a smaller number comes first."""

    CRITICAL = 0
    WARNING = 1
    REVIEW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """One line: cause, effect, since when, and the way to fix it."""

    urgency: Urgency
    title: str
    text: str
    since: datetime | None
    fix: str
    href: str
    acknowledge: str | None = None
    """Where an alarm is acknowledged, with what was found; None when there is nothing to."""
    incident: str | None = None
    """Code of the incident that it belongs to."""


def most_urgent(items: Iterable[Attention]) -> list[Attention]:
    """Return the items, critical first, then the oldest first; undated ones last."""
    return sorted(
        items,
        key=lambda item: (item.urgency, item.since is None, item.since or _NEVER),
    )


def alarms(
    units: Sequence[UnitAlarm], now: datetime, incidents: Mapping[UUID, str]
) -> list[Attention]:
    """Return a line per unit outside its alarm limits; ``incidents`` are codes by unit."""
    return [
        Attention(
            urgency=Urgency.CRITICAL
            if unit.severity is AlarmSeverity.CRITICAL
            else Urgency.WARNING,
            title=_what(unit),
            text=(
                f"{_measured(unit, now)}"
                + (f" {back_words(unit.kind)}." if unit.back_since else "")
                + (" Acknowledged." if unit.acknowledged_at else "")
                + (" Simulated reading." if unit.is_simulated else "")
            ),
            since=unit.since,
            fix="Open unit",
            href=f"/storage/{unit.unit_label}",
            acknowledge=None if unit.acknowledged_at else f"/health?alarm={unit.sensor_id}",
            incident=incidents.get(unit.unit_id),
        )
        for unit in units
    ]


_TITLES = {
    AlarmKind.RATE: "{} warms fast",
    AlarmKind.DOOR: "The door of {} is open",
    AlarmKind.NO_DATA: "Nothing is heard from {}",
    AlarmKind.CUMULATIVE: "{} was too warm too often",
    AlarmKind.DISAGREE: "Two sensors of {} disagree",
}


def _what(unit: UnitAlarm) -> str:
    if unit.kind in _TITLES:
        return _TITLES[unit.kind].format(unit.unit_label)
    if unit.measured_in != _CELSIUS:
        return f"{unit.unit_label}: {unit.measured_in} too {'low' if unit.is_cold else 'high'}"
    return f"{unit.unit_label} is too {'cold' if unit.is_cold else 'warm'}"


def _measured(unit: UnitAlarm, now: datetime) -> str:
    """Say what was measured and for how long it has been an alarm."""
    lasting = fmt.age(now - unit.since)
    if unit.kind is AlarmKind.NO_DATA and unit.connected_at is not None:
        return f"For {lasting}, since its sensor {unit.code} was connected."
    if unit.kind in {AlarmKind.DOOR, AlarmKind.NO_DATA} or unit.temperature_c is None:
        return f"For {lasting}."
    is_side = unit.kind in {AlarmKind.HIGH, AlarmKind.LOW}
    side = "Below" if unit.is_cold else "Above"
    if unit.measured_in != _CELSIUS:
        value, limit = f"{unit.temperature_c:g}", f"{unit.limit_c:g}"
        return f"{value} {unit.measured_in}. {side} {limit} for {lasting}."
    now_at = f"{fmt.temperature(unit.temperature_c)}{_rate(unit.rate_c_per_min)}."
    return (
        f"{now_at} {side} {fmt.temperature(unit.limit_c)} for {lasting}."
        if is_side
        else (f"{now_at} For {lasting}.")
    )


def full_units(units: Sequence[UnitOccupancy]) -> list[Attention]:
    """Return a line per unit past the limit at which intake stops, fullest first."""
    full = [unit for unit in units if unit.capacity and unit.used / unit.capacity >= STOP_INTAKE]
    return [
        Attention(
            urgency=Urgency.WARNING,
            title=f"{unit.label} is {fmt.percent(unit.used / unit.capacity)} full",
            text=(
                f"{fmt.count(unit.capacity - unit.used)} of {fmt.count(unit.capacity)} "
                "positions are free. Intake stops at 95%."
            ),
            since=None,
            fix="Plan space",
            href=f"/storage/{unit.label}",
        )
        for unit in sorted(full, key=lambda unit: unit.capacity - unit.used)
    ]


def ill_components(components: Sequence[ComponentNow]) -> list[Attention]:
    """Return a line per part of the program that is down or degraded."""
    urgency = {"down": Urgency.CRITICAL, "degraded": Urgency.WARNING}
    return [
        Attention(
            urgency=urgency[component.status],
            title=f"{component.label} is {component.status}",
            text=component.detail,
            since=component.since,
            fix="Open health",
            href="/health",
        )
        for component in components
        if component.status in urgency
    ]


def plans(waiting: Sequence[PlanView]) -> list[Attention]:
    """Return a line per placement plan that waits for somebody's decision."""
    return [
        Attention(
            urgency=Urgency.REVIEW,
            title="A placement plan is ready",
            text=f"{_of(plan)}{plan.requested_by_name} asked. Nothing moves until it is accepted.",
            since=plan.ready_at,
            fix="Review plan",
            href=f"/storage?plan={plan.id}",
        )
        for plan in waiting
    ]


def _of(plan: PlanView) -> str:
    return f"{fmt.count(plan.summary.samples)} samples. " if plan.summary else ""


def _rate(rate_c_per_min: float | None) -> str:
    if rate_c_per_min is None or abs(rate_c_per_min) < 0.05:  # noqa: PLR2004 would print as 0.0
        return ""
    direction = "rising" if rate_c_per_min > 0 else "falling"
    return f" and {direction} {fmt.decimal(abs(rate_c_per_min), 1)} °C/min"
