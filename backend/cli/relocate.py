"""``tracseq relocate``: how boxes of a unit could be freed, or the unit be emptied.

The plan is made here and now and shown; nothing is stored and nothing moves. A plan to be accepted
is asked for on the Storage page or over the API.
"""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Sample
from backend.storage import queries, relocation_problem
from backend.storage.ids import NodeId, NodeKind
from backend.storage.planning.consolidation import plan_consolidation
from backend.storage.planning.control import Control
from backend.storage.planning.evacuation import plan_evacuation
from backend.storage.planning.relocation import TubeMove
from backend.storage.planning.relocation_checking import (
    consolidation_violations,
    evacuation_violations,
)
from backend.storage.solver_output import silence_solver
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_SHOWN = 20
_STAYS_OR_BREAKS = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A plan; ``objective`` and ``bound`` are moves, no bound where none is proved."""

    unit: str
    kind: str
    objective: int
    bound: int | None
    is_proved: bool
    freed: list[str]
    boxes_bound: int | None
    moves: list[dict[str, Any]]
    stay: int
    violations: list[str]
    seconds: float


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    parser = commands.add_parser("relocate", help="how to free boxes, or to empty a unit")
    acts = parser.add_subparsers(title="plans", required=True, metavar="PLAN")
    free = acts.add_parser("consolidate", help="free boxes of a unit with the fewest moves")
    free.add_argument("unit", metavar="UNIT", help="path or barcode: ULT-03")
    free.add_argument("--boxes", type=int, metavar="N", help="so many; without it all that can be")
    free.add_argument("--to-other-units", action="store_true", help="tubes may leave the unit")
    free.set_defaults(run=run_consolidate)
    empty = acts.add_parser("evacuate", help="where the contents of a unit could go")
    empty.add_argument("unit", metavar="UNIT", help="path or barcode: ULT-03")
    empty.set_defaults(run=run_evacuate)
    for each in (free, empty):
        each.add_argument("--json", action="store_true", help="print JSON instead of lines")


def run_consolidate(arguments: argparse.Namespace) -> int:
    """Plan: 0 all that was wanted, 1 less or a broken rule."""
    if arguments.boxes is not None and arguments.boxes < 1:
        raise InvalidInput(f"--boxes {arguments.boxes} is no number of boxes. Give 1 or more.")
    silence_solver()
    principal, started = operator(), time.monotonic()
    scope = {
        "boxes_to_free": arguments.boxes,
        "box_ids": [],
        "to_other_units": arguments.to_other_units,
    }
    with transaction.reading() as session:
        unit, path = _unit(session, principal, arguments.unit)
        asked = relocation_problem.load_consolidation(session, principal, unit, scope)
        names = _barcodes(session, [tube.key for tube in asked.tubes])
    plan = plan_consolidation(asked, Control(elapsed_s=lambda: time.monotonic() - started))
    paths = {box.key: box.label for box in asked.boxes}
    told = _Told(
        unit=path,
        kind="consolidate",
        objective=len(plan.moves),
        bound=plan.moves_bound,
        is_proved=plan.is_proved,
        freed=[paths[key] for key in plan.freed],
        boxes_bound=plan.boxes_bound,
        moves=[_tube(move, names, paths) for move in plan.moves],
        stay=0,
        violations=consolidation_violations(asked, plan),
        seconds=round(time.monotonic() - started, 3),
    )
    _say(told, as_json=arguments.json)
    is_less = asked.wanted is not None and len(plan.freed) < asked.wanted
    return _STAYS_OR_BREAKS if told.violations or is_less else 0


def run_evacuate(arguments: argparse.Namespace) -> int:
    """Plan: 0 everything finds a place, 1 some stays or a rule is broken."""
    principal, started = operator(), time.monotonic()
    with transaction.reading() as session:
        unit, path = _unit(session, principal, arguments.unit)
        asked = relocation_problem.load_evacuation(session, principal, unit)
        names = _barcodes(session, [tube.key for tube in asked.tubes])
    plan = plan_evacuation(asked)
    paths = {box.key: box.label for box in asked.boxes}
    racks = {rack.key: rack.label for rack in asked.racks}
    boxes = [
        {
            "box": paths[move.box],
            "from": paths[move.box],
            "to": racks[move.to_rack],
            "tubes": len(move.tubes),
            "reasons": list(move.reasons),
        }
        for move in plan.box_moves
    ]
    told = _Told(
        unit=path,
        kind="evacuate",
        objective=len(plan.box_moves) + len(plan.tube_moves),
        bound=None,
        is_proved=False,
        freed=[],
        boxes_bound=None,
        moves=[*boxes, *(_tube(move, names, paths) for move in plan.tube_moves)],
        stay=sum(len(each.tubes) for each in plan.no_place),
        violations=evacuation_violations(asked, plan),
        seconds=round(time.monotonic() - started, 3),
    )
    _say(told, as_json=arguments.json)
    return _STAYS_OR_BREAKS if told.violations or told.stay else 0


def _unit(session: ReadSession, principal: Principal, code: str) -> tuple[NodeId, str]:
    node = queries.find_node(session, principal, code)
    if node is None or node.kind is not NodeKind.UNIT:
        raise InvalidInput(f"{code} is no storage unit. Write its path, like ULT-03.")
    return NodeId(node.id), node.path


def _barcodes(session: ReadSession, keys: Collection[str]) -> Mapping[str, str]:
    wanted = select(Sample.id, Sample.barcode).where(Sample.id.in_([UUID(key) for key in keys]))
    return {str(key): barcode for key, barcode in session.execute(wanted)}


def _tube(move: TubeMove, names: Mapping[str, str], paths: Mapping[str, str]) -> dict[str, Any]:
    return {
        "barcode": names.get(move.tube),
        "from": f"{paths[move.from_box]}/{move.from_position.label}",
        "to": f"{paths[move.to_box]}/{move.to_position.label}",
        "tubes": 1,
        "reasons": list(move.reasons),
    }


def _say(told: _Told, *, as_json: bool) -> None:
    text = (
        json.dumps(dataclasses.asdict(told), ensure_ascii=False, indent=2)
        if as_json
        else "\n".join(_lines(told))
    )
    sys.stdout.write(f"{text}\n")


def _lines(told: _Told) -> Sequence[str]:
    bound = "no bound" if told.bound is None else f"no plan needs fewer than {told.bound}"
    freed = f", freed {len(told.freed)} of at most {told.boxes_bound} boxes" if told.freed else ""
    moves_of = "move" if told.objective == 1 else "moves"
    stay = f" {told.stay} tubes stay." if told.stay else ""
    moves = [
        f"  {move.get('barcode') or move.get('box')}  {move['from']} to {move['to']}"
        for move in told.moves[:_SHOWN]
    ]
    rest = len(told.moves) - _SHOWN
    more = [f"  and {rest:,} more; --json has them all"] if rest > 0 else []
    broken = [f"BREAKS {each}" for each in told.violations]
    head = f"{told.unit}: {told.objective:,} {moves_of}{freed} ({bound}), {told.seconds:g} s.{stay}"
    return [head, *moves, *more, *broken]
