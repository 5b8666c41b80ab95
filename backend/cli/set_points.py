"""``tracseq set-point UNIT``: what it would take at another set point. No unit is set from here."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.cli.operator import operator
from backend.cli.units import unit_of
from backend.core import transaction
from backend.core.config import load_settings
from backend.core.errors import InvalidInput
from backend.storage import energy_queries
from backend.telemetry import electricity
from backend.telemetry.electricity import Price
from backend.telemetry.energy import slope
from backend.telemetry.energy.days import cost
from backend.telemetry.energy.slope import Lacking, NotIdentified
from backend.telemetry.energy_views import SetpointModel
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_FARTHEST_K = 40.0
"""As the page and the API take it."""
_DAYS_A_YEAR = 365
_NO_ANSWER = 1
_SENSORS = "sensors"
_LACKING: Mapping[str, str] = {
    _SENSORS: "It has no power sensor, or no thermometer.",
    Lacking.DAYS.value: "Too few of its days are known.",
    Lacking.SPREAD.value: "Its inside and its room were hardly ever another.",
    Lacking.ROOM.value: "Its room is not measured.",
    Lacking.NOT_BETTER.value: "Held-out days are predicted no better than by their mean.",
    Lacking.SLOPE.value: "By its days a colder inside may as well take less.",
}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("set-point", help="what a unit would take at another set point")
    parser.add_argument("unit", metavar="UNIT", help="path or barcode: ULT-03")
    parser.add_argument(
        "--shift", type=float, required=True, metavar="K", help="above zero is warmer: 10"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer: 0, or 1 where the unit's own days cannot say it."""
    shift_k, principal = arguments.shift, operator()
    if not shift_k or not -_FARTHEST_K <= shift_k <= _FARTHEST_K:
        raise InvalidInput(
            f"--shift {shift_k:g} is no change. Give from {-_FARTHEST_K:g} to {_FARTHEST_K:g} K "
            "and not 0."
        )
    with transaction.reading() as session:
        unit = unit_of(session, principal, arguments.unit)
        laboratory = auth_queries.get_laboratory(session)
        zone = ZoneInfo(laboratory.time_zone if laboratory else load_settings().time_zone)
        model = energy_queries.setpoint_model(session, principal, unit.unit_id, zone=zone)
        price = electricity.price_now(session)
    told = {"unit": unit.label, "shift_k": shift_k, **_told(model, price, shift_k)}
    text = json.dumps(told, ensure_ascii=False, indent=2) if arguments.json else _text(told)
    sys.stdout.write(f"{text}\n")
    return 0 if told["change"] else _NO_ANSWER


def _told(model: SetpointModel | None, price: Price | None, shift_k: float) -> dict[str, Any]:
    if model is None:
        return {"lacking": _SENSORS, "days": 0, "change": None}
    fitted = model.fitted
    if isinstance(fitted, NotIdentified):
        return {"lacking": fitted.lacking.value, "days": fitted.days, "change": None}
    found = slope.change(fitted, model.from_c, model.from_c + shift_k)
    a_year = found.kwh_a_day * _DAYS_A_YEAR
    return {
        "lacking": None,
        "days": fitted.days,
        "rmse_kwh": fitted.rmse_kwh,
        "rmse_of_mean_kwh": fitted.rmse_of_mean_kwh,
        "is_simulated": model.is_simulated,
        "change": {
            "from_c": found.from_c,
            "to_c": found.to_c,
            "kwh_a_day": found.kwh_a_day,
            "low_kwh": found.low_kwh,
            "high_kwh": found.high_kwh,
            "interval": 0.8,
            "is_beyond": found.is_beyond,
            "cost_a_year": None if price is None else str(cost(a_year, price.price_per_kwh)),
            "currency": None if price is None else price.currency,
        },
    }


def _text(told: dict[str, Any]) -> str:
    change = told["change"]
    if change is None:
        return f"{told['unit']}: no answer. {_LACKING[told['lacking']]}"
    money = (
        "No price of electricity is set."
        if change["cost_a_year"] is None
        else f"That is {change['cost_a_year']} {change['currency']} a year."
    )
    beyond = " Such a difference of room and inside was never seen." if change["is_beyond"] else ""
    return (
        f"{told['unit']} from {change['from_c']:g} to {change['to_c']:g} °C: "
        f"{change['kwh_a_day']:+.2f} kWh a day ({change['low_kwh']:+.2f} to "
        f"{change['high_kwh']:+.2f}, 80 %). {money}{beyond}\n"
        f"Learnt from {told['days']} days; wrong by {told['rmse_kwh']:.2f} kWh on those it had "
        "not seen."
    )
