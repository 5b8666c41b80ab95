"""``tracseq what-if UNIT``: when it crosses a limit without cooling, and who takes its samples."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.storage import queries, scenario_queries
from backend.storage.ids import NodeId, NodeKind
from backend.telemetry import door_queries, thermal_queries
from backend.telemetry.door_queries import UnitDoors
from backend.telemetry.thermal_views import UnitCrossing, UnitModel
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_COLDEST_C, _WARMEST_C = -196.0, 60.0
_NO_ANSWER = 1
_AN_HOUR = 60
_NOT_FITTED = "Its readings have not been fitted yet; that is done every day."


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "what-if", help="when a unit without cooling crosses a limit, and if it is lost"
    )
    parser.add_argument("unit", metavar="UNIT", help="path or barcode: ULT-03")
    parser.add_argument("--limit", type=float, required=True, metavar="C", help="°C: -60")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer: 0, or 1 where no model can say when the limit is crossed."""
    limit_c, principal = arguments.limit, operator()
    if not _COLDEST_C <= limit_c <= _WARMEST_C:
        raise InvalidInput(
            f"--limit {limit_c:g} is no limit. Give a temperature from {_COLDEST_C:g} to "
            f"{_WARMEST_C:g} °C, such as -60."
        )
    with transaction.reading() as session:
        node = queries.find_node(session, principal, arguments.unit)
        if node is None or node.kind is not NodeKind.UNIT:
            raise InvalidInput(f"{arguments.unit} is no storage unit. Write its path, like ULT-03.")
        model = thermal_queries.find_model(session, principal, node.id)
        found = thermal_queries.find_crossing(session, principal, node.id, limit_c)
        lost = scenario_queries.lose_unit(session, principal, NodeId(node.id))
        told: dict[str, Any] = {
            "unit": node.path,
            "limit_c": limit_c,
            "crossing": None if found is None else _crossing(found),
            "model": None if model is None or model.rmse_k is None else _model(model),
            "needed": _needed(model, found),
            "doors": _doors(door_queries.find_doors(session, principal, node.id)),
            "if_lost": {
                "samples": lost.unit.samples,
                "free_elsewhere": lost.free_elsewhere,
                "short": lost.short,
            },
        }
    text = json.dumps(told, ensure_ascii=False, indent=2) if arguments.json else _text(told)
    sys.stdout.write(f"{text}\n")
    return _NO_ANSWER if found is None else 0


def _crossing(found: UnitCrossing) -> dict[str, Any]:
    said = found.crossing
    return {
        "from_c": said.from_c,
        "median_min": said.median_min,
        "low_min": said.low_min,
        "high_min": said.high_min,
        "interval": 0.8,
        "is_beyond_model": said.is_beyond,
        "read_at": found.read_at.isoformat(),
        "is_stale": found.is_stale,
    }


def _model(model: UnitModel) -> dict[str, Any]:
    return {
        "version": model.version,
        "made_at": model.made_at.isoformat(),
        "warm_ups": model.warm_ups,
        "rmse_k": model.rmse_k,
        "time_factors": list(model.time_factors),
        "is_simulated": model.is_simulated,
    }


def _doors(found: UnitDoors | None) -> dict[str, Any] | None:
    return None if found is None or found.fit is None else asdict(found.fit)


def _needed(model: UnitModel | None, found: UnitCrossing | None) -> str | None:
    if found is not None:
        return None
    return _NOT_FITTED if model is None else model.needed or "No reading of its sensor is left."


def _text(told: dict[str, Any]) -> str:
    lost = told["if_lost"]
    place = (
        f"If it is lost, {lost['short']:,} of {lost['samples']:,} samples find no place."
        if lost["short"]
        else f"If it is lost, all of its {lost['samples']:,} samples find a place elsewhere."
    )
    said, doors = told["crossing"], told["doors"]
    if doors is not None:
        place = f"{_of_doors(doors)}\n{place}"
    if said is None:
        return f"{told['unit']}: no model. {told['needed']}\n{place}"
    between = f"{_duration(said['low_min'])} to {_duration(said['high_min'])}"
    head = (
        f"{told['unit']} crosses {told['limit_c']:g} °C {_duration(said['median_min'])} after its "
        f"cooling stops ({between}, 80 %), from {said['from_c']:g} °C."
    )
    error = f"The model was wrong by {told['model']['rmse_k']:.1f} K on warm-ups it had not seen."
    stale = " Its newest reading is too old to be the present." if said["is_stale"] else ""
    beyond = " The limit is warmer than any of them." if said["is_beyond_model"] else ""
    return f"{head}\n{error}{beyond}{stale}\n{place}"


def _of_doors(doors: dict[str, Any]) -> str:
    return (
        f"An open door warms its sensor by {doors['constant_k']:.1f} K and "
        f"{doors['k_per_min']:.2f} K a minute, by {doors['openings']} openings; wrong by "
        f"{doors['rmse_k']:.1f} K on those it had not seen."
    )


def _duration(minutes: float | None) -> str:
    if minutes is None:
        return "over 14 days"
    hours, rest = divmod(round(minutes), _AN_HOUR)
    return f"{hours} h {rest:02d} min" if hours else f"{rest} min"
