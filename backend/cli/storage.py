"""``tracseq storage``: types of units, and whole units made from one."""

import argparse
import sys

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import queries, service, unit_types
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from backend.work import models as _jobs  # noqa: F401  its tables are referred to


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("storage", help="places: types of units, whole units")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    acts.add_parser("unit-types", help="the types of units there are").set_defaults(run=run_types)
    make = acts.add_parser("unit-from-type", help="make a unit with its shelves, racks and boxes")
    make.add_argument("type", metavar="TYPE", help="its name, as “tracseq storage unit-types” says")
    make.add_argument("label", help="what is written on the unit: ULT-13")
    make.add_argument("--in", required=True, dest="place", metavar="PLACE", help="site or room")
    make.add_argument("--barcode", metavar="CODE")
    make.set_defaults(run=run_make)


def run_types(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command takes them
    """Print every type with what a unit of it consists of."""
    with transaction.reading() as session:
        found = unit_types.list_unit_types(session, operator())
    for each in found:
        made = each.counts
        closed = "  closed" if each.is_closed else ""
        sys.stdout.write(
            f"{each.name}  version {each.version}  {made.shelves} shelves, {made.racks} racks, "
            f"room for {made.slots} boxes, {made.boxes} made with it{closed}\n"
        )
    sys.stdout.write("" if found else "There is no type of unit yet.\n")
    return 0


def run_make(arguments: argparse.Namespace) -> int:
    """Make a unit and say what it consists of."""
    principal = operator()
    with transaction.writing() as session:
        place = place_of(session, principal, arguments.place)
        service.create_unit_from_type(
            session,
            principal,
            type_name=arguments.type,
            label=arguments.label,
            parent_id=NodeId(place.id),
            barcode=arguments.barcode,
        )
        made = unit_types.get_unit_type(session, principal, arguments.type).counts
    sys.stdout.write(
        f"{arguments.label} is made: {made.shelves} shelves, {made.racks} racks, "
        f"{made.boxes} boxes, {made.positions:,} positions.\n"
    )
    return 0


def place_of(session: ReadSession, principal: Principal, path: str) -> StorageNode:
    """Return the place with this path or barcode. Raises InvalidInput: there is none."""
    node = queries.find_node(session, principal, path)
    if node is None:
        raise InvalidInput(f"There is no place “{path}”. Write its path, like ULT-03/2/C.")
    return node
