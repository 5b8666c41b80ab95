"""What if: cooling stops, a unit is lost, a project arrives. Nothing is written.

Times are minutes, temperatures °C, differences K.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.units import unit_of
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples.ids import TemperatureClass
from backend.storage import scenario_queries
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.planning import scenarios
from backend.telemetry import door_queries, thermal_queries

_COLDEST_C, _WARMEST_C = -196.0, 60.0
"""Liquid nitrogen, and warmer than any room: as the page takes them."""


class LimitQuery(ApiInput):
    """The temperature that must not be crossed."""

    limit_c: float = Field(ge=_COLDEST_C, le=_WARMEST_C, description="−60, for example.")


class ArrivalQuery(ApiInput):
    """A project of full boxes of one size."""

    zone: TemperatureClass
    boxes: int = Field(ge=1, le=scenarios.MOST_BOXES)
    rows: int = Field(default=9, ge=1, le=scenarios.LARGEST_SIDE)
    columns: int = Field(default=9, ge=1, le=scenarios.LARGEST_SIDE)


class ThermalModelOut(ApiOutput):
    """How good the unit's model is: its error on warm-ups that it had not seen.

    ``time_factors``: between which multiples of a predicted time 80 % of them lie. ``warmest_c``:
    up to which temperature it was compared.
    """

    version: str
    made_at: datetime
    first_at: datetime
    last_at: datetime
    readings: int
    warm_ups: int
    rmse_k: float
    time_factors: tuple[float, float]
    warmest_c: float | None
    slow_min: float | None
    learnt: float | None
    is_simulated: bool


class CrossingOut(ApiOutput):
    """When the limit is crossed if cooling stops now; ``low_min`` to ``high_min`` hold 80 %.

    Null: not within 14 days. ``is_beyond``: the limit is warmer than anything that the model was
    compared with. ``is_stale``: the newest reading is too old to be the present temperature.
    """

    limit_c: float
    from_c: float
    low_min: float | None
    median_min: float | None
    high_min: float | None
    is_beyond: bool
    read_at: datetime
    is_stale: bool


class SpreadOut(ApiOutput):
    """A median, and between which 80 % lie."""

    low: float
    median: float
    high: float


class DoorsOut(ApiOutput):
    """What an opened door does to the unit, from its own openings of the last two weeks.

    A door open for m minutes lets the sensor rise by ``constant_k`` + m · ``k_per_min``; 80 % of
    the openings lie from ``low_k`` to ``high_k`` beside that. ``rmse_k`` is of openings that the
    line had not seen, ``back_min`` until it was cold again after the door was shut.
    """

    openings: int
    k_per_min: float
    constant_k: float
    rmse_k: float
    low_k: float
    high_k: float
    longest_min: float
    back_min: SpreadOut | None


class TimeUntilLimitOut(ApiOutput):
    """The answer; without a model ``needed`` says what one needs, and the rest is null.

    ``doors`` is null for a unit without a door sensor or with too few openings.
    """

    unit_id: UUID
    unit_label: str
    model: ThermalModelOut | None
    crossing: CrossingOut | None
    needed: str
    doors: DoorsOut | None


class RoomOut(ApiOutput):
    """A unit and its free places; ``loose`` samples are in places of no capacity, not ``used``."""

    unit_id: UUID
    label: str
    temperature_class: TemperatureClass
    status: UnitStatus
    used: int
    capacity: int
    loose: int
    free: int
    is_in_alarm: bool


class ClassRoomOut(ApiOutput):
    """A temperature class; ``free`` counts units that take samples only."""

    temperature_class: TemperatureClass
    used: int
    capacity: int
    free: int


class UnitLostOut(ApiOutput):
    """What becomes of the unit's samples without it; ``short`` of them find no place."""

    unit: RoomOut
    takers: list[RoomOut]
    free_elsewhere: int
    short: int
    before: ClassRoomOut
    after: ClassRoomOut


class ArrivalOut(ApiOutput):
    """Whether the project finds room today; ``short`` positions are missing."""

    temperature_class: TemperatureClass
    needed: int
    fits: bool
    short: int
    free_after: int
    before: ClassRoomOut


def time_until_limit(call: Call) -> TimeUntilLimitOut:
    """Return when a unit crosses a limit if its cooling stops now, and how sure that is."""
    limit_c = call.asked(LimitQuery).limit_c
    with reading() as session:
        unit = unit_of(session, call.caller, call.path["unit"])
        model = thermal_queries.find_model(session, call.caller, unit.id)
        found = thermal_queries.find_crossing(session, call.caller, unit.id, limit_c)
        opened = door_queries.find_doors(session, call.caller, unit.id)
        fit = None if opened is None else opened.fit
        doors = None if fit is None else DoorsOut.model_validate(fit)
        needed = _NOT_FITTED if model is None else model.needed
        if model is None or model.rmse_k is None or found is None:
            return TimeUntilLimitOut(
                unit_id=unit.id,
                unit_label=unit.label,
                model=None,
                crossing=None,
                needed=needed or "No reading of the unit's sensor is left.",
                doors=doors,
            )
        said = found.crossing
        return TimeUntilLimitOut(
            unit_id=unit.id,
            unit_label=unit.label,
            model=ThermalModelOut.model_validate(model),
            crossing=CrossingOut(
                limit_c=said.limit_c,
                from_c=said.from_c,
                low_min=said.low_min,
                median_min=said.median_min,
                high_min=said.high_min,
                is_beyond=said.is_beyond,
                read_at=found.read_at,
                is_stale=found.is_stale,
            ),
            needed="",
            doors=doors,
        )


def unit_lost(call: Call) -> UnitLostOut:
    """Return what becomes of a unit's samples if it is retired or fails."""
    with reading() as session:
        unit = unit_of(session, call.caller, call.path["unit"])
        return UnitLostOut.model_validate(
            scenario_queries.lose_unit(session, call.caller, NodeId(unit.id))
        )


def arrival(call: Call) -> ArrivalOut:
    """Return whether a project of full boxes finds room today."""
    asked = call.asked(ArrivalQuery)
    with reading() as session:
        return ArrivalOut.model_validate(
            scenario_queries.arrive(
                session,
                call.caller,
                zone=asked.zone,
                boxes=asked.boxes,
                rows=asked.rows,
                columns=asked.columns,
            )
        )


_NOT_FITTED = (
    "The readings of this unit have not been fitted yet. That is done every day for a unit with a "
    "temperature sensor."
)
_TAG = "What if"
_VIEW = Permission.PREDICTIONS_VIEW
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/what-if/units/{unit}/limit",
        handler=time_until_limit,
        access=_VIEW,
        summary="When a unit crosses a limit if its cooling stops now, with an 80 % interval",
        tag=_TAG,
        query=LimitQuery,
        answer=TimeUntilLimitOut,
    ),
    Route(
        method="GET",
        path="/api/v1/what-if/units/{unit}/loss",
        handler=unit_lost,
        access=_VIEW,
        summary="What becomes of a unit's samples if it is retired or fails",
        tag=_TAG,
        answer=UnitLostOut,
    ),
    Route(
        method="GET",
        path="/api/v1/what-if/arrival",
        handler=arrival,
        access=_VIEW,
        summary="Whether a project of full boxes finds room today",
        tag=_TAG,
        query=ArrivalQuery,
        answer=ArrivalOut,
    ),
)
