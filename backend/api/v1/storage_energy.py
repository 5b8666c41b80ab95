"""What a unit took in the last whole days. There is no route that sets a unit: it only tells."""

from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.api.routing import ApiOutput, Call, Route
from backend.auth import service as auth_service
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.storage import energy_queries
from backend.telemetry.energy.days import LEAST_COVERAGE, cost


class EnergyDayOut(ApiOutput):
    """A local day: what was measured, of how much of it (0–1), and the rate over 24 hours.

    ``kwh_a_day`` is null where too little of the day was measured for it to count.
    """

    on: date
    energy_kwh: float
    coverage: float
    kwh_a_day: float | None


class EnergyOut(ApiOutput):
    """A unit's energy; ``sensor_code`` is null without a power sensor, and then all else is.

    ``energy_kwh`` is what was measured on the days that count, ``kwh_a_day`` their mean. Gaps are
    not filled. ``cost`` is of ``energy_kwh`` at the price that holds; null before one was set.
    """

    unit_id: UUID
    label: str
    sensor_code: str | None
    is_simulated: bool | None
    first: date | None
    last: date | None
    least_coverage: float
    coverage: float | None
    days_counted: int | None
    kwh_a_day: float | None
    energy_kwh: float | None
    wh_a_day_per_sample: float | None
    wh_a_day_per_position: float | None
    cost: Decimal | None
    currency: str | None
    days: list[EnergyDayOut]


def energy(call: Call) -> EnergyOut:
    """Return a unit's energy of the last 30 whole days there."""
    with reading() as session:
        laboratory = auth_service.get_laboratory(session)
        zone = call.settings.time_zone if laboratory is None else laboratory.time_zone
        said = energy_queries.energy_of_unit(
            session, call.caller, call.key("unit_id"), zone=ZoneInfo(zone)
        )
    taken, price = said.energy, said.price
    period = None if taken is None else taken.period
    kwh = None if period is None else period.energy_kwh
    return EnergyOut(
        unit_id=said.unit.unit_id,
        label=said.unit.label,
        sensor_code=taken and taken.sensor_code,
        is_simulated=taken and taken.is_simulated,
        first=taken and taken.first,
        last=taken and taken.last,
        least_coverage=LEAST_COVERAGE,
        coverage=period and period.coverage,
        days_counted=period and len(period.counted),
        kwh_a_day=period and period.kwh_a_day,
        energy_kwh=kwh,
        wh_a_day_per_sample=said.wh_a_day_per_sample,
        wh_a_day_per_position=said.wh_a_day_per_position,
        cost=None if kwh is None or price is None else cost(kwh, price.price_per_kwh),
        currency=price and price.currency,
        days=[EnergyDayOut.model_validate(each) for each in (period.days if period else [])],
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/storage/units/{unit_id}/energy",
        handler=energy,
        access=Permission.STORAGE_VIEW,
        summary="What a unit took in the last 30 whole days, and what that costs",
        tag="Storage",
        answer=EnergyOut,
    ),
)
