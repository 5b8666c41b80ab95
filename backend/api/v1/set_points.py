"""What if a unit's set point were another: its energy and cost. No unit is set from here.

Differences are K, energies kWh a day.
"""

from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.units import unit_of
from backend.auth import queries as auth_queries
from backend.core.errors import InvalidInput
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.storage import energy_queries
from backend.telemetry import electricity
from backend.telemetry.electricity import Price
from backend.telemetry.energy import slope
from backend.telemetry.energy.days import cost
from backend.telemetry.energy.slope import Change, EnergyModel, Lacking, NotIdentified

_FARTHEST_K = 40.0
"""As the page takes it."""
_DAYS_A_YEAR = 365


class SetPointQuery(ApiInput):
    """By how much the set point would move; above zero is warmer."""

    shift_k: float = Field(ge=-_FARTHEST_K, le=_FARTHEST_K, description="10, for example.")


class EnergyChangeOut(ApiOutput):
    """By how much the unit would take more a day; ``low_kwh`` to ``high_kwh`` hold 80 %.

    ``is_beyond``: such a difference of room and inside was never seen. ``cost_a_year`` is at the
    price that holds, null before one was set.
    """

    from_c: float
    to_c: float
    kwh_a_day: float
    low_kwh: float
    high_kwh: float
    is_beyond: bool
    cost_a_year: Decimal | None
    currency: str | None


class SetPointOut(ApiOutput):
    """The answer and how wrong its model was on weeks that it had not seen.

    Without an answer ``lacking`` says what the unit's days lack; it is null too where the unit has
    no power sensor or no thermometer, as ``has_sensors`` says.
    """

    unit_id: UUID
    unit_label: str
    has_sensors: bool
    lacking: Lacking | None
    days: int
    rmse_kwh: float | None
    rmse_of_mean_kwh: float | None
    room_sensor: str | None
    is_simulated: bool | None
    change: EnergyChangeOut | None


def set_point(call: Call) -> SetPointOut:
    """Return what another set point would change, from the unit's own days."""
    shift_k = call.asked(SetPointQuery).shift_k
    if not shift_k:
        said = "A set point that stays changes nothing. Give a shift_k other than 0."
        raise InvalidInput(said, fields={"shift_k": said})
    with reading() as session:
        unit = unit_of(session, call.caller, call.path["unit"])
        unit_id, label = unit.id, unit.label
        laboratory = auth_queries.get_laboratory(session)
        zone = ZoneInfo(laboratory.time_zone if laboratory else call.settings.time_zone)
        model = energy_queries.setpoint_model(session, call.caller, unit_id, zone=zone)
        price = electricity.price_now(session)
    fitted = None if model is None else model.fitted
    return SetPointOut(
        unit_id=unit_id,
        unit_label=label,
        has_sensors=model is not None,
        lacking=fitted.lacking if isinstance(fitted, NotIdentified) else None,
        days=0 if fitted is None else fitted.days,
        rmse_kwh=None if fitted is None else fitted.rmse_kwh,
        rmse_of_mean_kwh=None if fitted is None else fitted.rmse_of_mean_kwh,
        room_sensor=None if model is None else model.room_code,
        is_simulated=None if model is None else model.is_simulated,
        change=None
        if model is None or not isinstance(fitted, EnergyModel)
        else _change(slope.change(fitted, model.from_c, model.from_c + shift_k), price),
    )


def _change(found: Change, price: Price | None) -> EnergyChangeOut:
    a_year = found.kwh_a_day * _DAYS_A_YEAR
    return EnergyChangeOut(
        from_c=found.from_c,
        to_c=found.to_c,
        kwh_a_day=found.kwh_a_day,
        low_kwh=found.low_kwh,
        high_kwh=found.high_kwh,
        is_beyond=found.is_beyond,
        cost_a_year=None if price is None else cost(a_year, price.price_per_kwh),
        currency=None if price is None else price.currency,
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/what-if/units/{unit}/set-point",
        handler=set_point,
        access=Permission.PREDICTIONS_VIEW,
        summary="What a unit would take at another set point, by its own days; nothing is set",
        tag="What if",
        query=SetPointQuery,
        answer=SetPointOut,
    ),
)
