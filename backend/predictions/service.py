"""Making forecasts: load the histories, compute without a session, store what came out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.predictions.events import ForecastMade
from backend.predictions.models import CapacityForecast
from backend.predictions.planning.forecast import (
    HORIZON_DAYS,
    METHOD,
    CapacityOutlook,
    NotEnoughHistory,
    forecast_capacity,
)
from backend.predictions.planning.series import (
    LONGEST_DAYS,
    OccupancyDay,
    OccupancyHistory,
    history_of,
)
from backend.samples.ids import TemperatureClass
from backend.storage import queries as storage_queries
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "predictions.forecast_capacity"


@dataclass(frozen=True, slots=True)
class ZoneForecast:
    """What came out for a zone, with the history it rests on."""

    temperature_class: TemperatureClass
    history: OccupancyHistory
    outcome: CapacityOutlook | NotEnoughHistory


def request_forecast(session: WriteSession, principal: Principal) -> JobId:
    """Ask for every zone to be forecast anew; asking twice within a minute is asking once."""
    principal.require(Permission.PREDICTIONS_REVIEW)
    minute = f"{clock.utc_now():%Y-%m-%dT%H:%M}"
    return work_service.request_job(
        session, principal, kind=JOB_KIND, key=f"asked {minute}", arguments={}, queue="long"
    )


def load_histories(
    session: ReadSession, principal: Principal
) -> Mapping[TemperatureClass, OccupancyHistory]:
    """Return the daily occupancy of every zone that has any."""
    principal.require(Permission.PREDICTIONS_VIEW)
    days: defaultdict[TemperatureClass, list[OccupancyDay]] = defaultdict(list)
    for each in storage_queries.occupancy_history(session, principal, LONGEST_DAYS):
        days[each.temperature_class].append(OccupancyDay(each.day, each.used, each.capacity))
    histories = {zone: history_of(of_zone) for zone, of_zone in days.items()}
    return {zone: history for zone, history in histories.items() if history is not None}


def forecast_zone(zone: TemperatureClass, history: OccupancyHistory) -> ZoneForecast:
    """Forecast a zone; the same history gives the same forecast, whenever it is made."""
    rng = np.random.default_rng(history.last_day.toordinal())
    return ZoneForecast(zone, history, forecast_capacity(history, rng))


def store_forecasts(
    session: WriteSession, principal: Principal, *, forecasts: Sequence[ZoneForecast]
) -> None:
    """Keep what came out, one row and one event for each zone."""
    principal.require(Permission.PREDICTIONS_VIEW)
    for forecast in forecasts:
        row = _row(forecast)
        session.add(row)
        session.flush()
        made = ForecastMade(
            aggregate_id=row.id,
            temperature_class=row.temperature_class.value,
            method=row.method,
            history_days=row.history_days,
            full_p50_days=row.full_p50_days,
        )
        events_service.record(session, principal, made)


def _row(forecast: ZoneForecast) -> CapacityForecast:
    history, outcome = forecast.history, forecast.outcome
    row = CapacityForecast(
        temperature_class=forecast.temperature_class,
        made_at=clock.utc_now(),
        method=METHOD,
        last_day=history.last_day,
        history_days=history.n_days,
        used=round(float(history.used[-1])),
        capacity=history.capacity,
        horizon_days=HORIZON_DAYS,
    )
    if isinstance(outcome, CapacityOutlook):
        row.quantiles = {"days": list(outcome.days)} | {
            str(share): list(line) for share, line in outcome.levels.items()
        }
        row.full_p10_days = outcome.full_p10_days
        row.full_p50_days = outcome.full_p50_days
        row.full_p90_days = outcome.full_p90_days
        row.chances = {"dots": list(outcome.dots)}
        row.backtest = asdict(outcome.score)
    return row
