"""``tracseq storage``: types of units, whole units made from one, places as files."""

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.config import load_settings
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import (
    place_contents,
    place_files,
    place_queries,
    queries,
    service,
    unit_types,
)
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from backend.templates.adapters.sheets import read_sheets
from backend.work import models as _jobs  # noqa: F401  its tables are referred to


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("storage", help="places: types of units, whole units, files")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    acts.add_parser("unit-types", help="the types of units there are").set_defaults(run=run_types)
    make = acts.add_parser("unit-from-type", help="make a unit with its shelves, racks and boxes")
    make.add_argument("type", metavar="TYPE", help="its name, as “tracseq storage unit-types” says")
    make.add_argument("label", help="what is written on the unit: ULT-13")
    make.add_argument("--in", required=True, dest="place", metavar="PLACE", help="site or room")
    make.add_argument("--barcode", metavar="CODE")
    make.set_defaults(run=run_make)
    export = acts.add_parser("export", help="a place with all in it, as CSV or a workbook")
    export.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2")
    export.add_argument("file", type=Path, metavar="FILE", help="its name ends in .csv or .xlsx")
    export.set_defaults(run=run_export)
    bring = acts.add_parser("import", help="make the places of a file that are missing")
    bring.add_argument("file", type=Path, metavar="FILE", help="as “export” writes it")
    bring.add_argument("--dry-run", action="store_true", help="only say what would become of it")
    bring.set_defaults(run=run_import)


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


def run_export(arguments: argparse.Namespace) -> int:
    """Write a file of a place; a workbook has its contents on a second sheet."""
    principal = operator()
    kind = arguments.file.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise InvalidInput(f"{arguments.file} is neither .csv nor .xlsx. Name it as one of them.")
    with transaction.reading() as session:
        top = place_queries.get_place(session, principal, arguments.place)
        places = place_queries.list_inside(session, principal, top.id)
        table = place_files.places_table(places)
        content = place_files.as_csv(table)
        if kind == ".xlsx":
            boxes = [place.id for place in places if place.shape]
            tubes = place_contents.list_contents(session, principal, boxes)
            zone = ZoneInfo(laboratory_zone(session))
            contents = place_files.contents_table(tubes, zone)
            content = place_files.as_xlsx([table, contents])
    arguments.file.write_bytes(content)
    sys.stdout.write(f"{len(places):,} places are in {arguments.file}.\n")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Make the places of a file, or print the rows that keep it from that."""
    found = read_sheets(arguments.file.read_bytes())
    if found.refusal or not found.sheets:
        raise InvalidInput(found.refusal or "The file has no sheet.")
    with transaction.writing() as session:
        done = service.import_places(
            session,
            operator(),
            grid=found.sheets[0].rows,
            file_name=arguments.file.name,
            only_look=arguments.dry_run,
        )
    for refusal in done.refusals:
        sys.stdout.write(f"Row {refusal.number}: {refusal.sentence}\n")
    if done.refusals:
        sys.stdout.write("Nothing is made.\n")
        return 1
    would = "would be made" if arguments.dry_run else "are made"
    sys.stdout.write(f"{done.total:,} places {would}, {done.already:,} are there already.\n")
    return 0


def laboratory_zone(session: ReadSession) -> str:
    """Return the time zone in which files tell the time."""
    laboratory = auth_queries.get_laboratory(session)
    return laboratory.time_zone if laboratory is not None else load_settings().time_zone


def place_of(session: ReadSession, principal: Principal, path: str) -> StorageNode:
    """Return the place with this path or barcode. Raises InvalidInput: there is none."""
    node = queries.find_node(session, principal, path)
    if node is None:
        raise InvalidInput(f"There is no place “{path}”. Write its path, like ULT-03/2/C.")
    return node
