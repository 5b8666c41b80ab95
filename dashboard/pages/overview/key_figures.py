"""The row of key figures: what is held, what came in, what waits, how full, how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dash import html
from dash.development.base_component import Component

from backend.samples.ids import Status
from backend.samples.views import DayFlow, StageRow, Turnaround
from backend.sequencing.views import QueueSummary
from backend.storage.views import DayOccupancy, ZoneOccupancy
from dashboard import format as fmt
from dashboard.components.stat_tile import stat_strip, stat_tile
from dashboard.pages.overview import figures
from dashboard.still import drawn_once

_tile = drawn_once(stat_tile)

TREND_DAYS = 14
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFigures:
    """What the samples' tiles are made from."""

    counts: Mapping[str, int]
    days: Sequence[DayFlow]
    stages: Sequence[StageRow]
    turnaround: Turnaround | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageFigures:
    """What the storage tile is made from."""

    zones: Sequence[ZoneOccupancy]
    history: Sequence[DayOccupancy]


def key_figures(
    samples: SampleFigures | None, storage: StorageFigures | None, queue: QueueSummary | None
) -> html.Section:
    """Draw the tiles of what the person may see; None leaves that domain's tiles out."""
    tiles: list[Component] = []
    if samples is not None:
        tiles += [_held(samples), _registered_today(samples), _awaiting(samples)]
    if storage is not None:
        tiles.append(_storage_used(storage))
    if queue is not None:
        tiles.append(_queue(queue))
    if samples is not None:
        tiles.append(_turnaround(samples.turnaround))
    return stat_strip(*tiles)


def _held(samples: SampleFigures) -> Component:
    week = sum(day.registered for day in samples.days[-_WEEK:])
    return _tile(
        "Samples held",
        fmt.count(figures.held(samples.counts)),
        detail=f"{fmt.count(week)} registered in 7 days",
        href="/samples",
    )


def _registered_today(samples: SampleFigures) -> Component:
    today = figures.today_against_usual(samples.days, samples.today)
    kind_of_day = "weekend day" if figures.is_weekend(samples.today) else "weekday"
    usual = (
        "no usual day known yet"
        if today.usual is None
        else f"{fmt.decimal(today.usual)} on a usual {kind_of_day}"
    )
    return _tile(
        "Registered today",
        fmt.count(today.registered),
        detail=usual,
        href="/samples",
        trend=[day.registered for day in samples.days[-TREND_DAYS:]],
    )


def _awaiting(samples: SampleFigures) -> Component:
    pending = next(
        (stage for stage in samples.stages if stage.status == Status.PENDING.value), None
    )
    oldest = pending.oldest_s if pending is not None else None
    return _tile(
        "Awaiting validation",
        fmt.count(pending.now if pending is not None else 0),
        detail=(
            "nothing waits" if oldest is None else f"oldest {fmt.age(timedelta(seconds=oldest))}"
        ),
        href=f"/samples?f=status:{Status.PENDING.value}",
    )


def _storage_used(storage: StorageFigures) -> Component:
    used = sum(zone.used for zone in storage.zones)
    capacity = sum(zone.capacity for zone in storage.zones)
    return _tile(
        "Storage used",
        fmt.decimal(100 * used / capacity, 1) if capacity else None,
        unit="%",
        detail=(
            f"{fmt.short_count(used)} of {fmt.short_count(capacity)} positions" if capacity else ""
        ),
        no_value="no storage yet",
        href="/storage",
        trend=figures.used_shares(storage.history),
    )


def _queue(queue: QueueSummary) -> Component:
    blocked = f", {fmt.count(queue.runs_blocked)} blocked" if queue.runs_blocked else ""
    return _tile(
        "Sequencing queue",
        fmt.count(queue.libraries_waiting),
        unit="library" if queue.libraries_waiting == 1 else "libraries",
        detail=f"{fmt.plural(queue.runs_planned, 'run', 'runs')} planned{blocked}",
        href="/sequencing",
    )


def _turnaround(turnaround: Turnaround | None) -> Component:
    return _tile(
        "Median turnaround",
        fmt.decimal(turnaround.median_days, 1) if turnaround else None,
        unit="days",
        detail=(
            f"P90 {fmt.decimal(turnaround.p90_days, 1)}, of {fmt.count(turnaround.completed)} "
            "in 30 days"
            if turnaround
            else "none completed in 30 days"
        ),
        href=f"/samples?f=status:{Status.COMPLETED.value}",
    )
