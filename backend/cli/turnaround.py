"""``tracseq turnaround``: how long requests take, and what that is measured by."""

import argparse
import json
import sys
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from backend.auth import queries as auth_queries
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.config import load_settings
from backend.sequencing.reference.words import VALUES
from backend.sequencing.turnaround import queries, terms
from backend.sequencing.turnaround.terms import TermsVersion
from backend.sequencing.turnaround.views import StageTime, Turnaround

_OPEN_STILL = "too many open"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "turnaround", help="how long requests take, open ones counted, and which are at risk"
    )
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    show = acts.add_parser("show", help="the figures of the last half year, in working days")
    show.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    show.set_defaults(run=show_figures)
    measured = acts.add_parser("terms", help="calendar, pauses and targets, every version")
    measured.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    measured.set_defaults(run=show_terms)


def show_figures(arguments: argparse.Namespace) -> int:
    """Print figures, columns and the requests at risk; the JSON is the API's."""
    with transaction.reading() as session:
        laboratory = auth_queries.get_laboratory(session)
        zone = ZoneInfo(laboratory.time_zone if laboratory else load_settings().time_zone)
        seen = queries.turnaround(session, operator(), zone=zone)
    if arguments.as_json:
        _print(_json(TypeAdapter(Turnaround).dump_python(seen, mode="json")))
        return 0
    _print(f"{seen.done} finished, {seen.open} open, counted {VALUES[seen.starts]}")
    quantiles = (("median", seen.median_days), ("75 %", seen.p75_days), ("90 %", seen.p90_days))
    _print(", ".join(f"{name} {_days(days)}" for name, days in quantiles))
    if seen.within is not None:
        kept = f"{seen.within.share:.0%} of {seen.decided} within {seen.target_days:g} days"
        _print(f"{kept} (95 %: {seen.within.low:.0%} to {seen.within.high:.0%})")
    for stage in seen.stages:
        _print(_stage(stage))
    for each in seen.at_risk:
        expected = each.expected_on or "not known"
        late = ", late" if each.is_late else ""
        _print(
            f"at risk  {each.code}  {each.project_code}  {each.state.value}  "
            f"{each.age_days:.1f} d  due {each.due_on}{late}, expected {expected}"
        )
    return 0


def show_terms(arguments: argparse.Namespace) -> int:
    """Print what turnaround is measured by, the version that holds first."""
    with transaction.reading() as session:
        now = terms.terms_now(session)
        versions = terms.list_terms(session, operator()) or [now]
    if arguments.as_json:
        _print(_json(TypeAdapter(list[TermsVersion]).dump_python(versions, mode="json")))
        return 0
    for each in versions:
        by = f"  {each.set_by_name}: {each.reason}" if each.version else "  the program's own"
        _print(
            f"version {each.version}  target {each.terms.target_days:f} d, counted "
            f"{VALUES[each.terms.starts]}{by}"
        )
    return 0


def _days(days: float | None) -> str:
    return _OPEN_STILL if days is None else f"{days:.1f} d"


def _stage(stage: StageTime) -> str:
    share = "" if stage.share is None else f", {stage.share:.0%} of the time"
    kind = "queue" if stage.is_queue else "work"
    return (
        f"{stage.state.value}  {kind}  median {_days(stage.median_days)}, 75 % "
        f"{_days(stage.p75_days)}, target {stage.target_days:g} d{share}"
    )


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
