"""``tracseq storage``: types of units, whole units made from one, places as files."""

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.cli import storage_places, storage_plans
from backend.cli.operator import operator
from backend.cli.storage_places import laboratory_zone, place_of
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.core.paging import MAX_PAGE_SIZE
from backend.storage import (
    place_contents,
    place_files,
    place_listing,
    place_queries,
    service,
    unit_types,
)
from backend.storage.ids import NodeId
from backend.storage.unit_type_rules import counted
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
    listed = acts.add_parser("list", help="what stands directly in a place, with how full it is")
    listed.add_argument("place", metavar="PLACE", nargs="?", help="path or barcode; none: sites")
    listed.add_argument("--closed", action="store_true", help="closed places, too")
    listed.set_defaults(run=run_list)
    storage_places.register(acts)
    storage_plans.register(acts)
    rename = acts.add_parser("rename", help="call a place otherwise; what is in it follows")
    rename.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2")
    rename.add_argument("label", help="what it is called from now on")
    rename.set_defaults(run=run_rename)
    remove = acts.add_parser("remove", help="take a place away, or close one with a history")
    remove.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2/C")
    remove.add_argument("--reason", default="", help="for the audit trail")
    remove.set_defaults(run=run_remove)
    reopen = acts.add_parser("reopen", help="let a closed place take samples again")
    reopen.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2/C")
    reopen.set_defaults(run=run_reopen)
    export = acts.add_parser("export", help="a place with all in it, as CSV or a workbook")
    export.add_argument("place", metavar="PLACE", help="path or barcode: ULT-03/2")
    export.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="its name ends in .csv or .xlsx",
    )
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
            f"{each.name}  version {each.version}  {made.words}, "
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
        f"{arguments.label} is made: {made.words}, {counted(made.box_kind, made.boxes)}, "
        f"{made.positions:,} positions.\n"
    )
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Print a line for each place that stands directly in one."""
    principal = operator()
    cursor, count = None, 0
    with transaction.reading() as session:
        of = place_of(session, principal, arguments.place).id if arguments.place else None
        while True:
            page = place_listing.list_children(
                session,
                principal,
                of=NodeId(of) if of else None,
                limit=MAX_PAGE_SIZE,
                cursor=cursor,
                with_closed=arguments.closed,
            )
            sys.stdout.writelines(f"{_line(each)}\n" for each in page.items)
            count += len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
    sys.stdout.write("" if count else "Nothing stands there.\n")
    return 0


def run_rename(arguments: argparse.Namespace) -> int:
    """Rename a place and say what it is called."""
    principal = operator()
    with transaction.writing() as session:
        place = place_of(session, principal, arguments.place)
        before = place.path
        path = service.rename_place(
            session, principal, node_id=NodeId(place.id), label=arguments.label
        )
    sys.stdout.write(f"{before} is called {path} now. Its printed codes go on finding it.\n")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Remove or close a place and say which."""
    principal = operator()
    with transaction.writing() as session:
        place = place_of(session, principal, arguments.place)
        gone = service.remove_place(
            session, principal, node_id=NodeId(place.id), reason=arguments.reason
        )
    sys.stdout.write(f"{gone.sentence}\n")
    return 0


def run_reopen(arguments: argparse.Namespace) -> int:
    """Open a closed place and say so."""
    principal = operator()
    with transaction.writing() as session:
        place = place_of(session, principal, arguments.place)
        path = service.reopen_place(session, principal, node_id=NodeId(place.id))
    sys.stdout.write(f"{path} takes samples again.\n")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write a file of a place; a workbook has its contents on a second sheet."""
    principal = operator()
    kind = arguments.file.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise InvalidInput(
            f"{arguments.file} is neither .csv nor .xlsx. Name it as one of them; labels are "
            "written by: tracseq labels places."
        )
    with transaction.reading() as session:
        top = place_queries.get_place(session, principal, arguments.place)
        places = place_queries.list_inside(session, principal, top.id)
        zone = ZoneInfo(laboratory_zone(session))
        table = place_files.places_table(places, zone)
        content = place_files.as_csv(table)
        if kind == ".xlsx":
            boxes = [place.id for place in places if place.shape]
            tubes = place_contents.list_contents(session, principal, boxes)
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
            zone=ZoneInfo(laboratory_zone(session)),
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


def _line(each: place_listing.FilledPlace) -> str:
    filled = f"{each.used:,} of {each.capacity:,} used" if each.capacity else ""
    loose = f"{each.loose:,} loose" if each.loose or not filled else ""
    said = ", ".join(part for part in (filled, loose) if part)
    closed = "  closed" if each.place.closed_at else ""
    return f"{each.place.path}  {each.place.kind_words}  {said}{closed}"
