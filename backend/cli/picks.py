"""``tracseq picks``: pick lists and their lines; ``tracseq picks PL-0042`` shows one.

With ``--worklist ROBOT`` it is written as that robot reads it, for ``--volume`` µL of each tube.
"""

import argparse
import json
import sys
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.storage import pick_queries, pick_worklists, worklists
from backend.storage.pick_views import PickLineView, PickListView
from backend.storage.worklists import CherryPick, PlateFormat, Robot
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_MOST = 1_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("picks", help="pick lists, and the lines of one")
    parser.add_argument("list", nargs="?", metavar="LIST", help="show the lines of PL-0042")
    parser.add_argument("--all", action="store_true", help="also lists that are over")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    robots = [robot.value for robot in Robot]
    parser.add_argument("--worklist", choices=robots, help="write LIST for this robot")
    parser.add_argument("--plate", metavar="NAME", help="of the worklist; LIST-P1 if not said")
    parser.add_argument("--wells", choices=[each.value for each in PlateFormat], default="96")
    parser.add_argument("--volume", metavar="UL", help="µL of each tube into each of its wells")
    parser.add_argument("--each", type=int, default=1, metavar="N", help="wells of each tube")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print lists, or one list with its lines: 0, and 2 where there is none."""
    if arguments.worklist is not None:
        return _write_worklist(arguments)
    principal = operator()
    with transaction.reading() as session:
        if arguments.list is None:
            found = pick_queries.list_lists(
                session, principal, only_open=not arguments.all, limit=_MOST
            )
            told: Any = [_list_json(each) for each in found]
            text = "\n".join(_list_text(each) for each in found) or "No pick list is open."
        else:
            picks = pick_queries.find_list(session, principal, arguments.list)
            lines = pick_queries.list_lines(session, principal, picks.id)
            told = _list_json(picks) | {"steps": [_line_json(each) for each in lines]}
            text = "\n".join([_list_text(picks), *(f"  {_line_text(each)}" for each in lines)])
    if arguments.json:
        text = json.dumps(told, default=str, ensure_ascii=False, indent=2)
    sys.stdout.write(f"{text}\n")
    return 0


def _write_worklist(arguments: argparse.Namespace) -> int:
    if arguments.list is None:
        raise InvalidInput("Name the list whose worklist it is, such as PL-0042.")
    principal = operator()
    with transaction.reading() as session:
        picks = pick_queries.find_list(session, principal, arguments.list)
        wanted = CherryPick(
            plate=arguments.plate or f"{picks.label}-P1",
            format=PlateFormat(arguments.wells),
            volume_ul=_volume(arguments.volume),
            wells_each=arguments.each,
        )
        transfers = pick_worklists.transfers_of(session, principal, picks.id, wanted)
    sys.stdout.write(worklists.written(Robot(arguments.worklist), transfers))
    return 0


def _volume(text: str | None) -> Decimal:
    try:
        return Decimal((text or "").replace(",", "."))
    except InvalidOperation as error:
        said = f"“{text}” is no volume." if text else "A worklist needs a volume."
        raise InvalidInput(f"{said} Write --volume 10 for 10 µL of each tube.") from error


def _list_json(picks: PickListView) -> dict[str, Any]:
    return {
        "list": picks.label,
        "title": picks.title,
        "purpose": picks.purpose.value,
        "state": picks.state.value,
        "lines": picks.lines,
        "left": picks.left,
        "made_by": picks.made_by_name,
        "made_at": picks.made_at.isoformat(),
    }


def _list_text(picks: PickListView) -> str:
    return (
        f"{picks.label}  {picks.title}  {picks.purpose.value}  {picks.state.value}  "
        f"{picks.left} of {picks.lines} left"
    )


def _line_json(line: PickLineView) -> dict[str, Any]:
    return {
        "step": line.step,
        "barcode": line.barcode,
        "from": line.stands_in,
        "to": line.goes_to or None,
        "outcome": None if line.outcome is None else line.outcome.value,
        "reason": line.outcome_reason or line.reason or None,
        "by": line.by_name,
    }


def _line_text(line: PickLineView) -> str:
    goes = f"  to {line.goes_to}" if line.goes_to else ""
    done = "" if line.outcome is None else f"  {line.outcome.value}"
    return f"{line.step}  {line.barcode}  {line.stands_in}{goes}{done}"
