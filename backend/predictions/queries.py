"""Reading forecasts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.predictions.ids import ForecastId
from backend.predictions.models import CapacityForecast
from backend.predictions.planning.backtest import Score
from backend.predictions.planning.series import MINIMUM_DAYS
from backend.predictions.views import CapacityForecastView, Outlook
from backend.samples.ids import TemperatureClass

_COLDEST_FIRST = {zone: rank for rank, zone in enumerate(TemperatureClass)}

_NEWEST = (
    select(*CapacityForecast.__table__.columns)
    .ext(distinct_on(CapacityForecast.temperature_class))
    .order_by(CapacityForecast.temperature_class, CapacityForecast.made_at.desc())
)


def latest_capacity(session: ReadSession, principal: Principal) -> list[CapacityForecastView]:
    """Return the newest forecast of every zone that has one, coldest zone first."""
    principal.require(Permission.PREDICTIONS_VIEW)
    rows = sorted(session.execute(_NEWEST), key=lambda row: _COLDEST_FIRST[row.temperature_class])
    return [_view(row) for row in rows]


def _view(row: Row[*tuple[Any, ...]]) -> CapacityForecastView:
    return CapacityForecastView(
        id=ForecastId(row.id),
        temperature_class=row.temperature_class,
        made_at=row.made_at,
        method=row.method,
        last_day=row.last_day,
        history_days=row.history_days,
        needed_days=MINIMUM_DAYS,
        used=row.used,
        capacity=row.capacity,
        horizon_days=row.horizon_days,
        outlook=None
        if row.quantiles is None or row.backtest is None or row.chances is None
        else _outlook(row, row.quantiles, row.chances, row.backtest),
    )


def _outlook(
    row: Row[*tuple[Any, ...]],
    quantiles: Mapping[str, Any],
    chances: Mapping[str, Any],
    backtest: Mapping[str, Any],
) -> Outlook:
    levels = {float(share): line for share, line in quantiles.items() if share != "days"}
    return Outlook(
        days=quantiles["days"],
        levels=dict(sorted(levels.items())),
        full_p10_days=row.full_p10_days,
        full_p50_days=row.full_p50_days,
        full_p90_days=row.full_p90_days,
        dots=chances["dots"],
        score=Score(**backtest),
    )
