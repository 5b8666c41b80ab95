"""What is said of a sensor's value, of when it was heard, and of its calibration."""

from datetime import date, datetime, timedelta

from backend.telemetry.ids import TEMPERATURES, SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.standings import OPEN_FROM, SensorStanding
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone

_SOON = timedelta(days=30)
_PLACES = {SensorKind.POWER: 0}


def value(kind: SensorKind, measured: float | None) -> str:
    """Write a value with its unit, a door as a word; a dash where nothing was measured."""
    if measured is None:
        return "–"
    if kind in TEMPERATURES:
        return fmt.temperature(measured)
    if kind is SensorKind.DOOR:
        return "Open" if measured >= OPEN_FROM else "Shut"
    return fmt.with_unit(measured, KINDS[kind].unit, _PLACES.get(kind, 1))


def heard(sensor: SensorStanding, now: datetime) -> Look:
    """Return when a sensor was heard; silence is unknown and never well."""
    if sensor.read_at is None:
        return Look("Never", "question-circle", Tone.OFF)
    ago = f"{fmt.age(now - sensor.read_at)} ago"
    if sensor.is_stale:
        return Look(ago, "question-circle", Tone.OFF)
    return Look(ago, "check-circle-fill", Tone.OK)


def due(sensor: SensorStanding, today: date) -> Look | None:
    """Return how a sensor's next calibration stands; None where none is due."""
    on = sensor.calibration_due_on
    if on is None:
        return None
    said = fmt.calendar_day(on, with_year=True)
    if on < today:
        return Look(f"Overdue since {said}", "exclamation-triangle-fill", Tone.WARN)
    if on - today <= _SOON:
        return Look(f"Due {said}", "info-circle", Tone.INFO)
    return Look(f"Due {said}", "check2", Tone.OK)


def calibrated(sensor: SensorStanding) -> str:
    """Write a sensor's correction and since when: ``+0.3 °C since 4 Mar 2026, cert. 12``."""
    if not KINDS[sensor.kind].correctable:
        return "takes none"
    if sensor.calibrated_on is None:
        return "never"
    sign = "+" if sensor.correction > 0 else ""
    amount = fmt.with_unit(sensor.correction, KINDS[sensor.kind].unit, 2)
    since = fmt.calendar_day(sensor.calibrated_on, with_year=True)
    paper = f", {sensor.certificate}" if sensor.certificate else ""
    return f"{sign}{amount} since {since}{paper}"
