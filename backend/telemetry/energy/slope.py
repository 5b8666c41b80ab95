"""What another set point would cost or save, learnt from a unit's own days. Pure.

In a steady state the compressor carries away what comes through the walls, so

    power = base + walls · (room − inside) / COP,  COP ∝ (inside_K / (room − inside)) ** shape

where shape 1 is a fixed share of Carnot's limit and the others lie around it. ``base`` and
``walls`` are the unit's and are fitted to it. The shape cannot be told within the few kelvin that
days differ, so every answer is spread over SHAPES: nothing but the form is taken from a book.
Days are kWh, differences K. A day after which the inside is another is none of a steady state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

VERSION: Final = "1"
SHAPES: Final = (0.5, 1.0, 1.5)
FORM_SPREAD: Final = 0.06
"""Widens every interval, never moves it: at another set point the compressor's share of the limit
is a little another, and sensors' errors flatten a slope. Assumed, as standard deviation."""
LEAST_DAYS: Final = 21
"""Three weeks: of weeks one has to be held out, and two are needed to learn from."""
LEAST_SPREAD_K: Final = 0.5
"""Standard deviation of room − inside from day to day, below which a slope is noise."""
LEAST_STEP_K: Final = 2.0
"""The same of the inside alone, where the room is not measured: a set point that was changed."""
ASSUMED_ROOMS_C: Final = (19.0, 22.0, 25.0)
"""The room where nothing measures it: 22 ± 3 °C, as the thermal model assumes it."""
STEADY_K: Final = 1.0
_BLOCK_DAYS: Final = 7
_DRAWS: Final = 1_000
_ZERO_C_IN_K: Final = 273.15
_LOW, _MEDIAN, _HIGH = 10.0, 50.0, 90.0
_TWO_POINTS: Final = 3
_MOSTLY: Final = 0.8


class Lacking(StrEnum):
    """Why a unit's days do not say what another set point would do."""

    DAYS = "days"
    SPREAD = "spread"
    ROOM = "room"
    """The room is not measured, and the inside never was another."""
    NOT_BETTER = "not_better"
    """Held-out days are not predicted better than by the mean of the others."""
    SLOPE = "slope"
    """Within the interval a colder inside would take less power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDay:
    """A day of a unit; all means are of its whole day. ``room_c`` None: not measured."""

    on: date
    kwh: float
    inside_c: float
    room_c: float | None
    door_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotIdentified:
    """No answer yet, and what there is: usable days, and by how much they differ."""

    lacking: Lacking
    days: int
    spread_k: float | None
    rmse_kwh: float | None = None
    rmse_of_mean_kwh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyModel:
    """A fitted unit. ``slopes`` has shape (forms, draws): kWh a day for each unit of the drive."""

    days: int
    first: date
    last: date
    inside_c: float
    """The mean of the last week's days, from which a change is counted."""
    room_c: float
    """The mean of all days, or what is assumed."""
    room_is_measured: bool
    has_doors: bool
    spread_k: float
    nearest_k: float
    farthest_k: float
    """Between which differences of room and inside the days lie."""
    kwh_a_day: float
    rmse_kwh: float
    """Of held-out weeks."""
    rmse_of_mean_kwh: float
    forms: Sequence[tuple[float, float]]
    """(shape, room where it is assumed); one of each row of ``slopes``."""
    slopes: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """By how much a unit would take more a day, kWh, the 80 % interval around it.

    ``is_beyond``: the asked difference of room and inside was never seen.
    """

    from_c: float
    to_c: float
    kwh_a_day: float
    low_kwh: float
    high_kwh: float
    is_beyond: bool


def fit(days: Sequence[UnitDay], rng: np.random.Generator) -> EnergyModel | NotIdentified:
    """Learn a unit's slope from its days, oldest first; the same days give the same model."""
    measured = [each for each in days if each.room_c is not None]
    room_is_measured = len(measured) >= LEAST_DAYS
    usable = steady(measured if room_is_measured else [_roomless(each) for each in days])
    usable, has_doors = _with_doors(usable)
    spread_k = _spread(usable)
    if len(usable) < LEAST_DAYS:
        return NotIdentified(lacking=Lacking.DAYS, days=len(usable), spread_k=spread_k)
    if not room_is_measured and (spread_k or 0.0) < LEAST_STEP_K:
        return NotIdentified(lacking=Lacking.ROOM, days=len(usable), spread_k=spread_k)
    if spread_k is None or spread_k < LEAST_SPREAD_K:
        return NotIdentified(lacking=Lacking.SPREAD, days=len(usable), spread_k=spread_k)
    return _fitted(
        usable, rng, room_is_measured=room_is_measured, has_doors=has_doors, spread_k=spread_k
    )


def change(model: EnergyModel, from_c: float, to_c: float) -> Change:
    """Return what another set point does; the inside keeps its distance from the set point."""
    before_c, after_c = model.inside_c, model.inside_c + (to_c - from_c)
    steps = np.array(
        [
            _drive(shape, room, np.array([after_c]))[0]
            - _drive(shape, room, np.array([before_c]))[0]
            for shape, room in model.forms
        ]
    )
    low, median, high = np.percentile(model.slopes * steps[:, None], (_LOW, _MEDIAN, _HIGH))
    asked_k = model.room_c - after_c
    return Change(
        from_c=from_c,
        to_c=to_c,
        kwh_a_day=float(median),
        low_kwh=float(low),
        high_kwh=float(high),
        is_beyond=not model.nearest_k <= asked_k <= model.farthest_k,
    )


def steady(days: Sequence[UnitDay]) -> list[UnitDay]:
    """Return the days whose inside is that of the day before and after, as far as those are known.

    What a unit takes to cool down or saves while it warms up belongs to no set point.
    """
    inside = {each.on: each.inside_c for each in days}
    one = timedelta(days=1)
    return [
        each
        for each in days
        if all(
            abs(each.inside_c - inside.get(beside, each.inside_c)) <= STEADY_K
            for beside in (each.on - one, each.on + one)
        )
    ]


def _fitted(
    days: Sequence[UnitDay],
    rng: np.random.Generator,
    *,
    room_is_measured: bool,
    has_doors: bool,
    spread_k: float,
) -> EnergyModel | NotIdentified:
    kwh = np.array([each.kwh for each in days])
    inside = np.array([each.inside_c for each in days])
    doors = np.array([each.door_min or 0.0 for each in days]) if has_doors else None
    rooms = np.array([each.room_c if each.room_c is not None else np.nan for each in days])
    room_c = float(rooms.mean()) if room_is_measured else ASSUMED_ROOMS_C[1]
    forms, slopes = [], []
    for assumed in (room_c,) if room_is_measured else ASSUMED_ROOMS_C:
        for shape in SHAPES:
            drive = _drive(shape, rooms if room_is_measured else assumed, inside)
            forms.append((shape, assumed))
            slopes.append(_slopes(kwh, drive, doors, rng))
    drive = _drive(1.0, rooms if room_is_measured else room_c, inside)
    rmse, of_mean = held_out(kwh, drive, doors)
    lacking = None
    if rmse >= of_mean:
        lacking = Lacking.NOT_BETTER
    elif np.percentile(np.array(slopes), _LOW) <= 0:
        lacking = Lacking.SLOPE
    if lacking is not None:
        return NotIdentified(
            lacking=lacking,
            days=len(days),
            spread_k=spread_k,
            rmse_kwh=rmse,
            rmse_of_mean_kwh=of_mean,
        )
    differences = (rooms if room_is_measured else room_c) - inside
    return EnergyModel(
        days=len(days),
        first=days[0].on,
        last=days[-1].on,
        inside_c=float(inside[-_BLOCK_DAYS:].mean()),
        room_c=room_c,
        room_is_measured=room_is_measured,
        has_doors=has_doors,
        spread_k=spread_k,
        nearest_k=float(differences.min()),
        farthest_k=float(differences.max()),
        kwh_a_day=float(kwh.mean()),
        rmse_kwh=rmse,
        rmse_of_mean_kwh=of_mean,
        forms=forms,
        slopes=np.array(slopes),
    )


def held_out(kwh: Floats, drive: Floats, doors: Floats | None) -> tuple[float, float]:
    """Return the root mean square error of weeks predicted from the others, and of their mean."""
    blocks = np.arange(len(kwh)) // _BLOCK_DAYS
    errors, of_mean = np.empty(len(kwh)), np.empty(len(kwh))
    columns = _columns(drive, doors)
    for block in np.unique(blocks):
        held, kept = blocks == block, blocks != block
        learnt = np.linalg.lstsq(columns[kept], kwh[kept], rcond=None)[0]
        errors[held] = kwh[held] - columns[held] @ learnt
        of_mean[held] = kwh[held] - kwh[kept].mean()
    return float(np.sqrt(np.mean(errors**2))), float(np.sqrt(np.mean(of_mean**2)))


def _drive(shape: float, room_c: Floats | float, inside_c: Floats) -> Floats:
    """Return what the power of the walls is proportional to, in K; shape as ``inside_c``."""
    difference = np.maximum(np.asarray(room_c - inside_c, dtype=float), 0.1)
    drive: Floats = difference * (difference / (inside_c + _ZERO_C_IN_K)) ** shape
    return drive


def _slopes(kwh: Floats, drive: Floats, doors: Floats | None, rng: np.random.Generator) -> Floats:
    """Return equally likely slopes, shape (draws,), from least squares.

    Errors that last for days, a warm week or a full compressor filter, tell less than as many that
    do not: the variance is widened by what days have in common.
    """
    columns = _columns(drive, doors)
    learnt, _, _, _ = np.linalg.lstsq(columns, kwh, rcond=None)
    left = kwh - columns @ learnt
    freedom = max(len(kwh) - columns.shape[1], 1)
    variance = float(left @ left) / freedom
    covariance = np.linalg.pinv(columns.T @ columns) * variance
    shared = min(max(_following(left) * _following(drive), 0.0), 0.9)
    error = float(np.sqrt(covariance[1, 1] * (1 + shared) / (1 - shared)))
    form = 1 + FORM_SPREAD * rng.standard_normal(_DRAWS)
    draws: Floats = (learnt[1] + error * rng.standard_t(freedom, _DRAWS)) * form
    return draws


def _columns(drive: Floats, doors: Floats | None) -> Floats:
    return np.column_stack([np.ones_like(drive), drive, *([] if doors is None else [doors])])


def _following(values: Floats) -> float:
    """Return how alike a day and the next are, −1 to 1."""
    away = values - values.mean()
    whole = float(away @ away)
    return float(away[1:] @ away[:-1]) / whole if len(values) >= _TWO_POINTS and whole else 0.0


def _with_doors(days: list[UnitDay]) -> tuple[list[UnitDay], bool]:
    """Return the days with known doors, if those are most and doors were opened; else all."""
    known = [each for each in days if each.door_min is not None]
    minutes = {each.door_min for each in known}
    if len(known) >= LEAST_DAYS and len(known) >= _MOSTLY * len(days) and len(minutes) > 1:
        return known, True
    return days, False


def _spread(days: Sequence[UnitDay]) -> float | None:
    if len(days) < _TWO_POINTS:
        return None
    return float(np.std([(each.room_c or 0.0) - each.inside_c for each in days]))


def _roomless(day: UnitDay) -> UnitDay:
    return replace(day, room_c=None)
