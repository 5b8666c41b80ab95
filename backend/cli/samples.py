"""``tracseq samples register``: one sample from a terminal, placed in the same go if asked."""

import argparse
import sys
import time

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import Conflict, Unavailable
from backend.core.principal import Principal
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
    add.add_argument("--volume", metavar="UL", help="volume in µL")
    add.add_argument(
        "--place-in",
        metavar="BOX",
        help="barcode or path of a box; when it cannot be placed the registration is withdrawn",
    )
    add.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Register: 0 done, 2 refused or taken back."""
    registration = samples_service.check_registration(
        project_code=arguments.project,
        name=arguments.name,
        material_type=arguments.type,
        temperature_class=arguments.temperature,
        barcode=arguments.barcode,
        volume_ul=arguments.volume,
    )
    principal = operator()
    if arguments.place_in:
        return _register_and_place(principal, registration, arguments.place_in)
    with transaction.writing() as session:
        made = samples_service.register_sample(session, principal, registration=registration)
    sys.stdout.write(f"{made.barcode} registered\n")
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
