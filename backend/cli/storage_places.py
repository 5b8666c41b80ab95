"""``tracseq storage add``, ``describe`` and ``print``: one place, of whatever kind."""

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.cli.operator import operator
from backend.core import clock, transaction
from backend.core.config import load_settings
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.labels.adapters import place_sheet
from backend.samples.ids import TemperatureClass
from backend.storage import place_contents, place_queries, queries, service
from backend.storage.describing import Written
from backend.storage.ids import NodeId, NodeKind, Numbering
from backend.storage.models import StorageNode
from backend.storage.place_kinds import KINDS
from backend.storage.place_views import PlaceView
from backend.storage.rules import NUMBERING_NAMES, BoxShape


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the acts."""
    add = acts.add_parser("add", help="one more place: a shelf, a stack, a box, a plate, a bag")
    add.add_argument("kind", choices=[kind.value for kind in NodeKind])
    add.add_argument("label", help="what is written on it")
    add.add_argument("--in", dest="place", metavar="PLACE", help="path or barcode; none: a site")
    add.add_argument("--barcode", metavar="CODE")
    add.add_argument("--rows", type=int, metavar="N", help="of a box or plate")
    add.add_argument("--columns", type=int, metavar="N", help="of a box or plate")
    _numbering(add, Numbering.LETTERS)
    add.add_argument("--tubes", type=int, metavar="N", help="that a bag takes; else unknown")
    add.add_argument("--boxes", type=int, metavar="N", help="that a rack or stack takes")
    add.add_argument("--zone", choices=[zone.value for zone in TemperatureClass], help="of a unit")
    add.add_argument("--set-point", type=float, metavar="°C", help="of a unit")
    add.set_defaults(run=run_add)
    describe = acts.add_parser("describe", help="what is written on a place, what a unit is set to")
    describe.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2/C/B-0418")
    describe.add_argument("--barcode", metavar="CODE", help="what is printed on it; ““: nothing")
    describe.add_argument("--set-point", type=float, metavar="°C", help="of a unit")
    describe.add_argument(
        "--circuit", metavar="NAME", help="power circuit of a unit, as the fuse box calls it"
    )
    _numbering(describe, None)
    describe.set_defaults(run=run_describe)
    paper = acts.add_parser("print", help="a place with maps of its boxes, as a PDF")
    paper.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2")
    paper.add_argument("file", type=Path, metavar="FILE")
    paper.set_defaults(run=run_print)


def run_add(arguments: argparse.Namespace) -> int:
    """Add a place and say where."""
    principal = operator()
    if bool(arguments.rows) != bool(arguments.columns):
        raise InvalidInput("Rows and columns belong together. Give both, or neither.")
    numbering = Numbering(arguments.numbering)
    shape = BoxShape(arguments.rows, arguments.columns, numbering) if arguments.rows else None
    with transaction.writing() as session:
        around = place_of(session, principal, arguments.place) if arguments.place else None
        made = service.create_node(
            session,
            principal,
            kind=NodeKind(arguments.kind),
            label=arguments.label,
            parent_id=NodeId(around.id) if around else None,
            barcode=arguments.barcode,
            temperature_class=TemperatureClass(arguments.zone) if arguments.zone else None,
            setpoint_c=arguments.set_point,
            shape=shape,
            capacity=arguments.tubes,
            box_slots=arguments.boxes,
        )
        place = place_queries.place_of(session, principal, made)
    sys.stdout.write(f"{place.path} is added: {_said(place)}.\n")
    return 0


def run_describe(arguments: argparse.Namespace) -> int:
    """Write on a place what was given, leave the rest, and say what stands there."""
    principal = operator()
    with transaction.writing() as session:
        node = place_of(session, principal, arguments.place)
        written: Written = {}
        if arguments.barcode is not None:
            written["barcode"] = arguments.barcode
        if arguments.set_point is not None:
            written["setpoint_c"] = arguments.set_point
        if arguments.circuit is not None:
            written["power_circuit"] = arguments.circuit
        service.redescribe_place(
            session,
            principal,
            node_id=NodeId(node.id),
            written=written,
            numbering=Numbering(arguments.numbering) if arguments.numbering else None,
        )
        place = place_queries.place_of(session, principal, NodeId(node.id))
    sys.stdout.write(f"{place.path}: {_said(place)}.\n")
    return 0


def run_print(arguments: argparse.Namespace) -> int:
    """Write the sheet of a place."""
    principal = operator()
    with transaction.reading() as session:
        top = place_queries.get_place(session, principal, arguments.place)
        places = place_queries.list_inside(session, principal, top.id)
        standing = place_contents.by_box(session, principal, places, most=place_sheet.MOST_MAPS)
        now = clock.utc_now().astimezone(ZoneInfo(laboratory_zone(session)))
    arguments.file.write_bytes(place_sheet.draw(places, standing, printed=f"{now:%Y-%m-%d %H:%M}"))
    sys.stdout.write(f"{len(places):,} places are in {arguments.file}.\n")
    return 0


def place_of(session: ReadSession, principal: Principal, path: str) -> StorageNode:
    """Return the place with this path or barcode. Raises InvalidInput: there is none."""
    node = queries.find_node(session, principal, path)
    if node is None:
        raise InvalidInput(f"There is no place “{path}”. Write its path, like ULT-03/2/C.")
    return node


def laboratory_zone(session: ReadSession) -> str:
    """Return the time zone in which files tell the time."""
    laboratory = auth_queries.get_laboratory(session)
    return laboratory.time_zone if laboratory is not None else load_settings().time_zone


def _numbering(parser: argparse.ArgumentParser, default: Numbering | None) -> None:
    parser.add_argument(
        "--numbering",
        choices=[each.value for each in Numbering],
        default=default,
        help="what the lid of a box calls its positions: A1, or 1, 2, 3 by rows or by columns",
    )


def _said(place: PlaceView) -> str:
    """Say what a place is and what is written on it."""
    shape = place.shape
    parts = [f"a {KINDS[place.kind].word}"]
    if shape and not shape.is_loose:
        parts.append(f"{shape.words}, {NUMBERING_NAMES[shape.numbering]}")
    elif shape:
        parts.append(f"takes {place.capacity:,} tubes" if place.capacity else "no share in use")
    if place.box_slots is not None:
        parts.append(f"takes {place.box_slots} boxes")
    if place.setpoint_c is not None:
        parts.append(f"set to {place.setpoint_c:g} °C")
    parts.append(f"barcode {place.barcode}" if place.barcode else "no barcode")
    return ", ".join(parts)
