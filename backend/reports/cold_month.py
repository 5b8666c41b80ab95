"""What the report of a month of cold storage says. Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from backend.incidents.ids import ReadingsFrom
from backend.incidents.month_views import Month, UnitMonth, percentile
from backend.reports.content import ZONE_NAMES, Cell, Section
from backend.telemetry.electricity import Price
from backend.telemetry.energy.days import LEAST_COVERAGE, cost
from backend.telemetry.energy_views import UnitEnergy

MEDIAN, MOST = 0.5, 0.9
NOT_KNOWN = "not known"
NO_LIMIT = "none"
_NO_MORE_THAN_FLOATS = 1e-9

SOURCES: Final[Mapping[ReadingsFrom, str]] = {
    ReadingsFrom.READINGS: "Single readings",
    ReadingsFrom.FIVE_MINUTES: "Sums of 5 minutes",
    ReadingsFrom.HOURS: "Sums of hours",
    ReadingsFrom.NOTHING: "Nothing",
}


def sections(
    month: Month,
    units: Sequence[UnitMonth],
    energy: Sequence[UnitEnergy],
    price: Price | None,
) -> list[Section]:
    """Return the sections, each with the month in its note; ``energy`` of units with a meter."""
    local = month.start.astimezone(month.zone)
    when = f"{local:%B %Y}, {month.zone.key}."
    return [
        _in_range(when, units),
        _excursions(when, units),
        _kinetic(when, units),
        _energy(when, energy, price),
        _untested(when, units),
        _limits(when, month, units),
    ]


def _in_range(when: str, units: Sequence[UnitMonth]) -> Section:
    return Section(
        heading="Time in range",
        columns=(
            "Unit",
            "Zone",
            "In range",
            "Known",
            "Minutes above",
            "Minutes below",
            "Coldest °C",
            "Warmest °C",
        ),
        rows=[
            (
                unit.label,
                _zone(unit),
                _share(unit.in_range),
                _share(unit.coverage),
                *_measured(unit, unit.above_min, unit.below_min, unit.lowest_c, unit.highest_c),
            )
            for unit in units
        ],
        percent_columns=(2, 3),
        bars=[],
        note=f"{when} In range: the share of the whole month known to be within the limits of the "
        "alarm that were in force then. Time without a reading is not in range; Known says how "
        "much of the month readings cover.",
    )


def _excursions(when: str, units: Sequence[UnitMonth]) -> Section:
    every = [wait for unit in units for wait in unit.acknowledged_after_min]
    return Section(
        heading="Excursions and alarms",
        columns=(
            "Unit",
            "Excursions",
            "Alarms",
            "Acknowledged",
            "Minutes to it, median",
            "Minutes to it, p90",
        ),
        rows=[
            (
                unit.label,
                unit.excursions,
                unit.alarms,
                len(unit.acknowledged_after_min),
                *_waits(unit.acknowledged_after_min),
            )
            for unit in units
        ]
        + [
            (
                "All",
                sum(unit.excursions for unit in units),
                sum(unit.alarms for unit in units),
                len(every),
                *_waits(every),
            )
        ],
        percent_columns=(),
        bars=[],
        note=f"{when} An excursion is an incident that began in the month. Alarms without an "
        "acknowledgement are in neither figure of the time to it.",
    )


def _kinetic(when: str, units: Sequence[UnitMonth]) -> Section:
    tested = [unit for unit in units if not unit.is_untested]
    return Section(
        heading="MKT and source of readings",
        columns=("Unit", "MKT °C", "MKT is", "Probe", "Reckoned from"),
        rows=[
            (
                unit.label,
                unit.mkt_c if unit.mkt_c is not None else "",
                unit.mkt_note,
                unit.sensor_code or "",
                SOURCES[unit.readings_from],
            )
            for unit in tested
        ],
        percent_columns=(),
        bars=[],
        note=f"{when} MKT: mean kinetic temperature, after USP <1079.2>. Of sums, each counts with "
        "its temperature farthest from the set point: rather worse than it was.",
    )


def _untested(when: str, units: Sequence[UnitMonth]) -> Section:
    rows = [
        (unit.label, "No reading in the month" if unit.sensor_code else "No temperature sensor")
        for unit in units
        if unit.is_untested
    ]
    lacking = "" if rows else " Every unit has readings." if units else " No unit is set up yet."
    return Section(
        heading="Untested units",
        columns=("Unit", "Why nothing is known"),
        rows=rows,
        percent_columns=(),
        bars=[],
        note=f"{when}{lacking}",
    )


def _limits(when: str, month: Month, units: Sequence[UnitMonth]) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            unit.label,
            f"{each.start.astimezone(month.zone):%Y-%m-%d %H:%M}",
            f"{each.end.astimezone(month.zone):%Y-%m-%d %H:%M}",
            each.low if each.low is not None else NO_LIMIT,
            each.high if each.high is not None else NO_LIMIT,
        )
        for unit in units
        for each in unit.limits
    ]
    lacking = "" if rows else " No unit has a temperature sensor."
    return Section(
        heading="Limits in force",
        columns=("Unit", "From", "Until", "Alarm below °C", "Alarm above °C"),
        rows=rows,
        percent_columns=(),
        bars=[],
        note=f"{when} The milder limits, by which time in range is judged. A unit whose rules "
        f"changed in the month has a line for each.{lacking}",
    )


def _energy(when: str, energy: Sequence[UnitEnergy], price: Price | None) -> Section:
    money = "Cost" if price is None else f"Cost, {price.currency}"
    said = (
        "No price of electricity is set."
        if price is None
        else f"Cost at {price.price_per_kwh:f} {price.currency} a kWh (version {price.version})."
    )
    lacking = "" if energy else " No unit has a power sensor."
    return Section(
        heading="Energy",
        columns=("Unit", "Measured kWh", "kWh a day", "Days counted", "Days", "Known", money),
        rows=[
            (
                unit.unit_label,
                *_kilowatt_hours(unit),
                len(unit.period.counted),
                len(unit.period.days),
                _share(unit.period.coverage),
                _cost(unit, price),
            )
            for unit in energy
        ],
        percent_columns=(5,),
        bars=[],
        note=f"{when}{lacking} A day counts where readings of power cover {LEAST_COVERAGE:.0%} of "
        f"it; gaps are not filled, and only days that count are summed up. {said}",
    )


def _kilowatt_hours(unit: UnitEnergy) -> tuple[Cell, Cell]:
    whole, rate = unit.period.energy_kwh, unit.period.kwh_a_day
    if whole is None or rate is None:
        return NOT_KNOWN, NOT_KNOWN
    return round(whole, 1), round(rate, 2)


def _cost(unit: UnitEnergy, price: Price | None) -> Cell:
    whole = unit.period.energy_kwh
    if price is None:
        return ""
    return NOT_KNOWN if whole is None else float(cost(whole, price.price_per_kwh))


def _zone(unit: UnitMonth) -> str:
    return ZONE_NAMES[unit.temperature_class] if unit.temperature_class is not None else ""


def _share(fraction: float) -> float:
    """Return a share in whole tenths of a percent, rounded down: 100.0% is all of it."""
    return math.floor(fraction * 1000 + _NO_MORE_THAN_FLOATS) / 1000


def _measured(unit: UnitMonth, *values: float | None) -> list[Cell]:
    """Return figures; words where nothing was heard, for nothing is not zero."""
    return [
        NOT_KNOWN if unit.is_untested or value is None else float(round(value, 1))
        for value in values
    ]


def _waits(minutes: Sequence[float]) -> tuple[Cell, Cell]:
    median, most = (percentile(minutes, share) for share in (MEDIAN, MOST))
    if median is None or most is None:
        return "", ""
    return float(round(median, 1)), float(round(most, 1))
