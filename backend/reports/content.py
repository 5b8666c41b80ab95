"""What a report says, before it is a file: the same rows for the workbook and the pages. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from backend.samples.ids import Status, TemperatureClass
from backend.storage.views import ZoneOccupancy

Cell = str | int | float

PLAN_SPACE, STOP_INTAKE = 0.80, 0.95

STATUS_NAMES: Mapping[Status, str] = {
    Status.PENDING: "Pending",
    Status.VALIDATED: "Validated",
    Status.IN_STORAGE: "In storage",
    Status.IN_SEQUENCING: "In sequencing",
    Status.COMPLETED: "Completed",
    Status.FAILED: "Failed",
    Status.REJECTED: "Rejected",
    Status.ARCHIVED: "Archived",
    Status.DISCARDED: "Discarded",
}
ZONE_NAMES: Mapping[TemperatureClass, str] = {
    TemperatureClass.LN2_VAPOUR: "LN2 vapour",
    TemperatureClass.MINUS_80: "−80 °C",
    TemperatureClass.MINUS_40: "−40 °C",
    TemperatureClass.MINUS_20: "−20 °C",
    TemperatureClass.PLUS_4: "4 °C",
    TemperatureClass.ROOM: "Room temp.",
    TemperatureClass.PLUS_37: "37 °C",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a section's chart; ``share`` is 0–1 of the chart's width."""

    label: str
    share: float
    value: str
    tone: str
    """``accent``, ``warn`` or ``crit``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table with the chart of its rows. Columns after the first are numbers."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    percent_columns: Sequence[int]
    """Indexes of the columns that hold fractions 0–1, shown as percent."""
    bars: Sequence[Bar]
    has_limits: bool = False
    """Whether the chart shows the lines of planning space and of stopping intake."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """A whole report."""

    title: str
    site: str
    made_by: str
    data_as_of: datetime
    zone: ZoneInfo
    sections: Sequence[Section]

    @property
    def as_of_words(self) -> str:
        """The instant of the data in the laboratory's time, zone named."""
        local = self.data_as_of.astimezone(self.zone)
        return f"{local.day} {local:%b %Y, %H:%M} {local.tzname()}"


def samples_by_status(counts: Mapping[str, int]) -> Section:
    """Return the section of sample counts, every status named even when it is empty."""
    rows = [(STATUS_NAMES[status], counts.get(status.value, 0)) for status in Status]
    total = sum(number for _, number in rows)
    most = max((number for _, number in rows), default=0)
    return Section(
        heading="Samples by status",
        columns=("Status", "Samples", "Share"),
        rows=[(name, number, number / total if total else 0.0) for name, number in rows]
        + [("All", total, 1.0 if total else 0.0)],
        percent_columns=(2,),
        bars=[
            Bar(name, number / most if most else 0.0, f"{number:,}", "accent")
            for name, number in rows
        ],
        note="" if total else "No sample is registered yet.",
    )


def occupancy_by_zone(zones: Sequence[ZoneOccupancy]) -> Section:
    """Return the section of occupancy; bars from 80 % on warn, from 95 % on stop."""
    return Section(
        heading="Occupancy by zone",
        columns=("Zone", "Units", "Positions used", "Positions", "Used"),
        rows=[
            (
                ZONE_NAMES[zone.temperature_class],
                zone.units,
                zone.used,
                zone.capacity,
                zone.used_fraction,
            )
            for zone in zones
        ],
        percent_columns=(4,),
        bars=[
            Bar(
                ZONE_NAMES[zone.temperature_class],
                zone.used_fraction,
                f"{zone.used_fraction:.1%}",
                _tone(zone.used_fraction),
            )
            for zone in zones
        ],
        has_limits=True,
        note="Plan space from 80%, stop intake from 95%." if zones else "No storage is set up yet.",
    )


def _tone(used_fraction: float) -> str:
    if used_fraction >= STOP_INTAKE:
        return "crit"
    return "warn" if used_fraction >= PLAN_SPACE else "accent"
