"""``tracseq picks``: pick lists and their lines; ``tracseq picks PL-0042`` shows one."""

import argparse
import json
import sys
from typing import Any

from backend.cli.operator import operator
from backend.core import transaction
from backend.storage import pick_queries
from backend.storage.pick_views import PickLineView, PickListView
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_MOST = 1_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("picks", help="pick lists, and the lines of one")
    parser.add_argument("list", nargs="?", metavar="LIST", help="show the lines of PL-0042")
    parser.add_argument("--all", action="store_true", help="also lists that are over")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print lists, or one list with its lines: 0, and 2 where there is none."""
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
