"""What temperatures meant for what stood there: minutes above, degree-hours, MKT. Pure.

Between two readings the temperature is taken to go straight from one to the other. Readings farther
apart than three times their usual distance are not joined: what nobody measured counts as unknown,
neither as cold nor as warm.

MKT after Haynes (1971). Activation energy 83.144 kJ/mol and gas constant 8.3144 J/(mol·K) are those
of USP 29 <1160>, read there. USP <1079.2>, official since 1 August 2025, takes it over 30 days for
controlled room temperature and over 24 hours for controlled cold, each with the excursion in it;
known from its forerunner, the stimulus of Anderson, Seevers and Hunt in Pharmacopeial Forum 44(4),
and from summaries, for the chapter itself is sold. Neither defines it for anything frozen.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from backend.telemetry.views import ReadingPoint

THRESHOLDS_C: Final = (-60.0, -40.0, -20.0, 0.0)
GAP: Final = 3
"""Readings farther apart than so many times their usual distance are not joined."""
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(minutes=60)
_KELVIN = 273.15
_DELTA_H_OVER_R: Final = 83_144.0 / 8.3144
_MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Above ``high_c`` or below ``low_c`` is out; None where there is no such limit."""

    high_c: float | None
    low_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What a stay meant. Minutes of the known part; ``degree_hours`` out of the alarm's limits."""

    above_min: tuple[float, ...]
    """As THRESHOLDS_C."""
    out_of_alarm_min: float
    out_of_product_min: float
    degree_hours: float
    highest_c: float | None
    lowest_c: float | None
    known_min: float
    unknown_min: float

    @property
    def coverage(self) -> float:
        """The known share of the stay, 0–1; 1 for a stay of no length."""
        whole = self.known_min + self.unknown_min
        return self.known_min / whole if whole else 1.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of straight line: ``minutes`` long, from one temperature to another."""

    minutes: float
    start_c: float
    end_c: float


def usual_interval(points: Sequence[ReadingPoint]) -> timedelta:
    """Return the usual distance of readings, from a minute to an hour; a minute for fewer than two.

    ``points`` are oldest first.
    """
    gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(points)]
    if not gaps:
        return _SHORTEST
    return min(max(timedelta(seconds=median(gaps)), _SHORTEST), _LONGEST)


def exposure(
    points: Sequence[ReadingPoint],
    start: datetime,
    end: datetime,
    *,
    interval: timedelta,
    alarm: Limits,
    product: Limits,
) -> Exposure:
    """Return what a stay from ``start`` to ``end`` meant.

    ``points`` are oldest first and should reach a little beyond the stay on both sides. The
    exposure of a stay is the sum of those of its parts, for one ``interval``.
    """
    pieces = list(_pieces(points, start, end, interval))
    known = sum(piece.minutes for piece in pieces)
    ends = [degrees for piece in pieces for degrees in (piece.start_c, piece.end_c)]
    return Exposure(
        above_min=tuple(sum(_above(piece, limit) for piece in pieces) for limit in THRESHOLDS_C),
        out_of_alarm_min=sum(_out(piece, alarm) for piece in pieces),
        out_of_product_min=sum(_out(piece, product) for piece in pieces),
        degree_hours=sum(_degree_minutes(piece, alarm) for piece in pieces) / 60,
        highest_c=max(ends, default=None),
        lowest_c=min(ends, default=None),
        known_min=known,
        unknown_min=max(0.0, _minutes(end - start) - known),
    )


def kinetic_mean(weighted: Sequence[tuple[float, float]]) -> float | None:
    """Return the mean kinetic temperature in °C of (°C, weight) pairs; None of no weight."""
    total = sum(weight for _, weight in weighted)
    if total <= 0:
        return None
    mean = (
        sum(
            weight * math.exp(-_DELTA_H_OVER_R / (degrees + _KELVIN))
            for degrees, weight in weighted
        )
        / total
    )
    return _DELTA_H_OVER_R / -math.log(mean) - _KELVIN


def kinetic_mean_of(
    points: Sequence[ReadingPoint], start: datetime, end: datetime, *, interval: timedelta
) -> float | None:
    """Return the MKT of a stretch in °C, each reading weighted by its time.

    None where readings lack for longer than a gap: then there is no such number.
    """
    pieces = list(_pieces(points, start, end, interval))
    known = sum(piece.minutes for piece in pieces)
    if _minutes(end - start) - known > _minutes(interval * GAP):
        return None
    halves = [
        (degrees, piece.minutes / 2) for piece in pieces for degrees in (piece.start_c, piece.end_c)
    ]
    return kinetic_mean(halves)


def back_in_range(points: Sequence[ReadingPoint], alarm: Limits) -> datetime | None:
    """Return since when the newest reading's run within the limits lasts; None if it is out."""
    since = None
    for point in reversed(points):
        if _is_out(point.temperature_c, alarm):
            break
        since = point.at
    return since


def _pieces(
    points: Sequence[ReadingPoint], start: datetime, end: datetime, interval: timedelta
) -> Iterator[_Piece]:
    for before, after in pairwise(points):
        if after.at <= start or before.at >= end or after.at - before.at > interval * GAP:
            continue
        first, last = max(before.at, start), min(after.at, end)
        if first < last:
            yield _Piece(
                _minutes(last - first),
                _between(before, after, first),
                _between(before, after, last),
            )


def _between(before: ReadingPoint, after: ReadingPoint, at: datetime) -> float:
    share = (at - before.at) / (after.at - before.at)
    return before.temperature_c + share * (after.temperature_c - before.temperature_c)


def _above(piece: _Piece, limit: float) -> float:
    """Return for how many minutes a piece lies above a limit."""
    over = (piece.start_c - limit, piece.end_c - limit)
    if max(over) <= 0:
        return 0.0
    if min(over) >= 0:
        return piece.minutes
    return piece.minutes * max(over) / (max(over) - min(over))


def _out(piece: _Piece, limits: Limits) -> float:
    warm = 0.0 if limits.high_c is None else _above(piece, limits.high_c)
    cold = 0.0 if limits.low_c is None else _above(_turned(piece), -limits.low_c)
    return warm + cold


def _degree_minutes(piece: _Piece, limits: Limits) -> float:
    """Return the area between a piece and the limits that it is out of."""
    warm = 0.0 if limits.high_c is None else _area(piece, limits.high_c)
    cold = 0.0 if limits.low_c is None else _area(_turned(piece), -limits.low_c)
    return warm + cold


def _area(piece: _Piece, limit: float) -> float:
    over = (piece.start_c - limit, piece.end_c - limit)
    if min(over) >= 0:
        return piece.minutes * (over[0] + over[1]) / 2
    # A triangle from where it crosses the limit; none where it stays below.
    return _above(piece, limit) * max(*over, 0.0) / 2


def _turned(piece: _Piece) -> _Piece:
    return _Piece(piece.minutes, -piece.start_c, -piece.end_c)


def _is_out(degrees: float, limits: Limits) -> bool:
    too_warm = limits.high_c is not None and degrees > limits.high_c
    return too_warm or (limits.low_c is not None and degrees < limits.low_c)


def _minutes(length: timedelta) -> float:
    return length.total_seconds() / _MINUTE
