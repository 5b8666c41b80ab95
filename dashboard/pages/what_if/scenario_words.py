"""What a lost unit or an arriving project means, in sentences. Pure."""

from datetime import timedelta

from backend.predictions.views import CapacityForecastView
from backend.storage.planning.scenarios import Arrival, Spare, UnitLost, fits_until
from dashboard import format as fmt
from dashboard.zone_names import ZONE_NAMES

COUNTED = (
    "Counted in positions; box sizes, reservations, materials and biosafety levels are not looked "
    "at. Units that are in alarm, defrosting or retired take nothing. Nothing is changed."
)


def lost(scenario: UnitLost) -> str:
    """Say whether a unit's samples find room without it."""
    unit = scenario.unit
    zone = ZONE_NAMES[unit.temperature_class]
    if not unit.samples:
        return f"{unit.label} holds no sample: nothing needs a place without it."
    samples = fmt.plural(unit.samples, "sample", "samples")
    free = fmt.plural(scenario.free_elsewhere, "place is", "places are")
    if scenario.short:
        return (
            f"Without {unit.label}, {fmt.count(scenario.short)} of its {samples} find no place: "
            f"{free} free in other {zone} units."
        )
    return f"Without {unit.label}, its {samples} find room: {free} free in other {zone} units."


def spare(scenario: Spare) -> str:
    """Say whether a class can do without its fullest unit."""
    return f"{fmt.count(scenario.short)} short" if scenario.short else "Finds room"


def arrival(scenario: Arrival, boxes: int, rows: int, columns: int) -> str:
    """Say whether the boxes fit today."""
    zone = ZONE_NAMES[scenario.temperature_class]
    free = fmt.count(scenario.before.free)
    verb = "needs" if boxes == 1 else "need"
    need = (
        f"{fmt.plural(boxes, 'box', 'boxes')} of {rows} × {columns} {verb} "
        f"{fmt.plural(scenario.needed, 'position', 'positions')}."
    )
    if scenario.fits:
        after = fmt.count(scenario.free_after)
        return f"{need} They fit: {zone} has {free} free now and {after} after."
    missing = -(-scenario.short // (rows * columns))
    return (
        f"{need} They do not fit: {zone} has {free} free, "
        f"{fmt.plural(scenario.short, 'position', 'positions')} short, the room of "
        f"{fmt.plural(missing, 'box', 'boxes')}."
    )


def later(scenario: Arrival, forecast: CapacityForecastView | None) -> str:
    """Say until when what is left lasts with the usual growth; nothing without a forecast."""
    zone = ZONE_NAMES[scenario.temperature_class]
    if not scenario.fits:
        return ""
    if forecast is None or forecast.outlook is None:
        why = "" if forecast is None else f" {forecast.shortage}."
        return f"There is no capacity forecast of {zone}, so nothing is said of later.{why}"
    early, median, late = (_full(scenario, forecast, share) for share in (0.9, 0.5, 0.1))
    horizon = fmt.plural(forecast.horizon_days, "day", "days")
    if early is None:
        return f"With usual growth, what is left lasts for {horizon} or longer."
    until = "over " + horizon if late is None else _day(forecast, late)
    interval = f"80% interval {fmt.between(_day(forecast, early), until)}"
    if median is None:
        return f"With usual growth, what is left likely lasts for {horizon}; {interval}."
    return (
        f"With usual growth, what is left is likely full on {_day(forecast, median)}, {interval}."
    )


def _full(scenario: Arrival, forecast: CapacityForecastView, share: float) -> int | None:
    outlook = forecast.outlook
    if outlook is None:
        return None
    return fits_until(
        scenario.free_after,
        days=outlook.days,
        levels=outlook.levels[share],
        used_now=forecast.used,
    )


def _day(forecast: CapacityForecastView, days: int) -> str:
    return fmt.calendar_day(forecast.last_day + timedelta(days=days), with_year=True)
