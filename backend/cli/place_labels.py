"""``tracseq labels places``: labels of boxes, racks and other places, printed or on sheets."""

import argparse
import sys
from pathlib import Path

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.labels import place_labels, queries, service, sizes
from backend.labels.schemas import MOST_COPIES, LabelsInput, SheetsInput
from backend.labels.views import LabelContent
from backend.storage import place_listing


def declare(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the act."""
    parser = acts.add_parser("places", help="labels of a place and of all in it")
    parser.add_argument("place", metavar="PLACE", help="path, barcode or key: ULT-03/2")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--printer", metavar="NAME", help="put them into this printer's queue")
    where.add_argument("--out", type=Path, metavar="FILE", help="write them as a PDF")
    parser.add_argument("--alone", action="store_true", help="the place only, nothing in it")
    parser.add_argument("--only-new", action="store_true", help="without those that have a label")
    parser.add_argument("--template", default=place_labels.TEMPLATE, choices=list(sizes.TEMPLATES))
    parser.add_argument("--sheet", default=place_labels.SHEET, choices=list(sizes.SHEETS))
    parser.add_argument("--start-at", type=int, default=1, metavar="N", help="first free label")
    parser.add_argument(
        "--copies", type=int, default=1, metavar="N", choices=range(1, MOST_COPIES + 1)
    )
    parser.add_argument("--reason", default="", help="needed where one was printed before")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Queue or write labels: 0 done, 2 refused."""
    principal = operator()
    with transaction.writing() as session:
        labels = _labels(session, principal, arguments)
        if arguments.printer:
            said = _queue(session, principal, arguments, labels)
        else:
            said = _write(session, principal, arguments, labels)
    sys.stdout.write(f"{said}\n")
    return 0


def _labels(
    session: WriteSession, principal: Principal, arguments: argparse.Namespace
) -> list[LabelContent]:
    place = place_listing.find_place(session, principal, arguments.place)
    return service.labels_of_place(
        session, principal, place.id, is_alone=arguments.alone, only_new=arguments.only_new
    )


def _queue(
    session: WriteSession,
    principal: Principal,
    arguments: argparse.Namespace,
    labels: list[LabelContent],
) -> str:
    printer = queries.find_printer(session, principal, arguments.printer)
    asked = LabelsInput(
        template=arguments.template, copies=arguments.copies, reason=arguments.reason
    )
    service.request_place_prints(
        session, principal, printer_id=printer.id, asked=asked, labels=labels
    )
    return f"{len(labels) * arguments.copies:,} labels queued on {printer.name}"


def _write(
    session: WriteSession,
    principal: Principal,
    arguments: argparse.Namespace,
    labels: list[LabelContent],
) -> str:
    asked = SheetsInput(
        template=arguments.template,
        sheet=arguments.sheet,
        start_at=arguments.start_at,
        copies=arguments.copies,
        only_new=arguments.only_new,
        reason=arguments.reason,
    )
    _, file = service.make_place_sheets(session, principal, asked=asked, labels=labels)
    try:
        # Inside the transaction: a file that cannot be written leaves no print behind.
        arguments.out.write_bytes(file)
    except OSError as error:
        raise InvalidInput(f"{arguments.out} cannot be written: {error.strerror}.") from error
    return f"{arguments.out} written. Print it at 100 %, not fitted to the page."
