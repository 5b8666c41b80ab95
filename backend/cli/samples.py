"""``tracseq samples``: register one (and place it if asked), show one, take a step with one."""

import argparse
import sys
import time

from backend.cli import sample_arrivals, sample_volumes
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import Conflict, Unavailable
from backend.core.principal import Principal
from backend.samples import queries as samples_queries
from backend.samples import rules
from backend.samples import service as samples_service
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.schemas import SampleRegistration
from backend.transactions import queries, service
from backend.transactions.ids import SagaId, SagaState
from backend.transactions.views import SagaView

_WAIT_S = 60.0
_LOOK_EVERY_S = 0.3
_OVER = {SagaState.COMPLETED.value, SagaState.COMPENSATED.value}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("samples", help="work with samples")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    add = acts.add_parser("register", help="register one sample, and place it if asked")
    add.add_argument("--project", required=True, metavar="CODE")
    add.add_argument("--name", required=True)
    add.add_argument("--type", required=True, choices=[each.value for each in MaterialType])
    add.add_argument(
        "--temperature", required=True, choices=[each.value for each in TemperatureClass]
    )
    add.add_argument("--barcode", help="scanned code; without it one is made")
    add.add_argument("--consent", metavar="REFERENCE", help="consent recorded before")
    add.add_argument("--volume", metavar="UL", help="volume in µL")
    add.add_argument(
        "--place-in",
        metavar="BOX",
        help="barcode or path of a box; when it cannot be placed the registration is withdrawn",
    )
    add.set_defaults(run=run)
    one = acts.add_parser("show", help="what is known of a sample, and what it went through")
    one.add_argument("barcode")
    one.set_defaults(run=show)
    step = acts.add_parser("step", help="take a step with a sample; a refusal names every guard")
    step.add_argument("barcode")
    step.add_argument("action", choices=list(rules.BY_ACTION))
    step.add_argument("--reason", help="why; kept in the audit trail")
    step.set_defaults(run=take_step)
    sample_arrivals.declare(acts)
    sample_volumes.declare(acts)


def run(arguments: argparse.Namespace) -> int:
    """Register: 0 done, 2 refused or taken back."""
    registration = samples_service.check_registration(
        project_code=arguments.project,
        name=arguments.name,
        material_type=arguments.type,
        temperature_class=arguments.temperature,
        barcode=arguments.barcode,
        volume_ul=arguments.volume,
        consent=arguments.consent,
    )
    principal = operator()
    if arguments.place_in:
        return _register_and_place(principal, registration, arguments.place_in)
    with transaction.writing() as session:
        made = samples_service.register_sample(session, principal, registration=registration)
    sys.stdout.write(f"{made.barcode} registered\n")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print a sample: 0 found, 2 no such sample."""
    with transaction.reading() as session:
        sample = samples_queries.get_by_barcode(session, operator(), arguments.barcode)
    row = sample.row
    holds = [hold for hold in sample.holds if hold.released_at is None]
    facts = {
        "name": row.name,
        "project": row.project_code,
        "type": row.material_type,
        "status": row.status,
        "lifecycle": sample.lifecycle,
        "custody": row.custody,
        "holds": ", ".join(f"{hold.kind} ({hold.reason})" for hold in holds) or "none",
        "qc verdict": row.qc_verdict,
        "arrived": sample_arrivals.arrived(sample.arrival),
        "volume": "" if row.volume_ul is None else f"{row.volume_ul} µL",
    }
    lines = [f"{name:<11}{value}" for name, value in facts.items() if value]
    steps = [
        f"{step.at:%Y-%m-%d %H:%M} UTC  {step.action}  {step.actor_name}"
        + (f"  “{step.reason}”" if step.reason else "")
        for step in sample.transitions
    ]
    sys.stdout.write("\n".join([row.barcode, *lines, "", *steps]) + "\n")
    return 0


def take_step(arguments: argparse.Namespace) -> int:
    """Take a step: 0 done, 2 refused, every guard that failed in the message."""
    principal = operator()
    with transaction.writing() as session:
        key = samples_queries.sample_id_of(session, principal, arguments.barcode)
        status = samples_service.change_status(
            session, principal, sample_id=key, action=arguments.action, reason=arguments.reason
        )
    sys.stdout.write(f"{arguments.barcode.upper()} is {status.replace('_', ' ')} now\n")
    return 0


def _register_and_place(principal: Principal, registration: SampleRegistration, box: str) -> int:
    with transaction.writing() as session:
        saga_id = service.start_register_and_place(
            session, principal, registration=registration, box=box
        )
    view = _wait(principal, saga_id)
    if view.state == SagaState.COMPENSATED.value:
        raise Conflict(f"Not registered: {view.why}")
    data = view.data
    sys.stdout.write(f"{data['barcode']} registered, {data['path']} {data['position']}\n")
    return 0


def _wait(principal: Principal, saga_id: SagaId) -> SagaView:
    """Return the saga once it is over.

    Raises:
        Unavailable: no worker has done it in time; it goes on as soon as one runs.
    """
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        with transaction.reading() as session:
            view = queries.get_saga(session, principal, saga_id)
        if view.state in _OVER:
            return view
        time.sleep(_LOOK_EVERY_S)
    raise Unavailable(
        f"No worker has taken this up within {_WAIT_S:.0f} s. It is done as soon as one runs."
    )
