"""``tracseq labels``: print, sheets, the queue, printers, series of codes and bought tubes."""

import argparse
import sys
from pathlib import Path

from backend.cli import place_labels
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.labels import contents, queries, rules, service, sizes
from backend.labels.schemas import MOST_COPIES, MOST_LABELS, PrintInput, SheetsInput
from backend.samples import issuing
from backend.samples import service as samples_service
from backend.samples.codes import ForeignCodes
from backend.samples.ids import MaterialType


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("labels", help="print labels; printers and where codes come from")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    _declare_prints(acts)
    place_labels.declare(acts)
    _declare_printers(acts)
    _declare_codes(acts)


def _declare_prints(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = acts.add_parser("print", help="put labels of samples into a printer's queue")
    one.add_argument("barcodes", nargs="+", metavar="BARCODE")
    one.add_argument("--printer", required=True, metavar="NAME")
    one.add_argument("--template", choices=list(sizes.TEMPLATES), help="the printer's own if none")
    one.set_defaults(run=run_print)
    sheet = acts.add_parser("sheet", help="write labels of samples as a PDF")
    sheet.add_argument("barcodes", nargs="*", metavar="BARCODE")
    sheet.add_argument("--codes", type=Path, metavar="FILE", help="more of them, one a line")
    sheet.add_argument("--sheet", required=True, choices=list(sizes.SHEETS))
    sheet.add_argument("--template", default="tube", choices=list(sizes.TEMPLATES))
    sheet.add_argument("--start-at", type=int, default=1, metavar="N", help="first free label")
    sheet.add_argument("--out", required=True, type=Path, metavar="FILE")
    sheet.set_defaults(run=run_sheet)
    for parser in (one, sheet):
        parser.add_argument("--copies", type=int, default=1, metavar="N")
        parser.add_argument("--reason", default="", help="needed where one was printed before")
    queue = acts.add_parser("queue", help="what waits, is sent, or needs a look at the printer")
    queue.add_argument("--all", action="store_true", help="what is over, too")
    queue.set_defaults(run=run_queue)


def _declare_printers(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts.add_parser("printers", help="the printers there are").set_defaults(run=run_printers)
    add = acts.add_parser("add-printer", help="add a printer that speaks ZPL over TCP")
    add.add_argument("name")
    add.add_argument("host")
    add.add_argument("--port", type=int, default=9100)
    add.add_argument("--dpi", type=int, default=203, choices=sizes.DPIS)
    add.add_argument("--template", default=sizes.DEFAULT, choices=list(sizes.TEMPLATES))
    add.set_defaults(run=run_add_printer)
    test = acts.add_parser("test", help="print one label that belongs to no sample")
    test.add_argument("printer", metavar="NAME")
    test.set_defaults(run=run_test)


def _declare_codes(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    series = acts.add_parser("series", help="make a series of check-digited codes of your own")
    series.add_argument("prefix")
    series.add_argument("--digits", type=int, default=7)
    series.add_argument("--start-at", type=int, default=1, metavar="N")
    series.add_argument(
        "--types", nargs="*", default=[], choices=[each.value for each in MaterialType]
    )
    series.set_defaults(run=run_series)
    tubes = acts.add_parser("tubes", help="register bought tubes by their first and last code")
    tubes.add_argument("first")
    tubes.add_argument("last")
    tubes.add_argument("--note", default="")
    tubes.set_defaults(run=run_tubes)
    codes = acts.add_parser("codes", help="which codes from elsewhere are taken")
    codes.add_argument("accept", nargs="?", choices=[each.value for each in ForeignCodes])
    codes.set_defaults(run=run_codes)


def run_print(arguments: argparse.Namespace) -> int:
    """Queue labels: 0 queued, 2 refused."""
    principal = operator()
    with transaction.writing() as session:
        printer = queries.find_printer(session, principal, arguments.printer)
        asked = _asked(session, principal, arguments, arguments.template or printer.template)
        key = service.request_print(session, principal, printer_id=printer.id, asked=asked)
    count = len(asked.sample_ids) * asked.copies
    sys.stdout.write(f"{count} labels queued on {printer.name} ({key})\n")
    return 0


def run_sheet(arguments: argparse.Namespace) -> int:
    """Write a PDF: 0 written, 2 refused."""
    principal = operator()
    codes = [*arguments.barcodes, *(_codes_in(arguments.codes) if arguments.codes else ())]
    if not codes:
        raise InvalidInput("Name the samples' barcodes, or a file of them with --codes.")
    asked = SheetsInput(
        template=arguments.template,
        sheet=arguments.sheet,
        start_at=arguments.start_at,
        copies=_copies(arguments.copies),
        only_new=False,
        reason=arguments.reason,
    )
    with transaction.writing() as session:
        keys = contents.sample_ids_of(session, principal, codes)
        file = service.make_long_sheets(session, principal, asked=asked, sample_ids=keys)
        # Inside the transaction: a file that cannot be written leaves no print behind.
        _write(arguments.out, file)
    sys.stdout.write(f"{arguments.out} written. Print it at 100 %, not fitted to the page.\n")
    return 0


def run_queue(arguments: argparse.Namespace) -> int:
    """Print the queue, newest first."""
    states = () if arguments.all else rules.OPEN
    with transaction.reading() as session:
        found = queries.list_prints(session, operator(), states=states)
    for each in found:
        said = f"  {each.detail}" if each.detail else ""
        sys.stdout.write(
            f"{each.created_at:%Y-%m-%d %H:%M} UTC  {rules.STATE_NAME[each.state]:<12}  "
            f"{each.labels} × {each.copies}  {each.first_barcode}  "
            f"{each.printer_name or 'PDF'}  {each.requested_by_name}{said}\n"
        )
    if not found:
        sys.stdout.write("Nothing waits.\n")
    return 0


def run_printers(_: argparse.Namespace) -> int:
    """Print the printers by name."""
    with transaction.reading() as session:
        found = queries.list_printers(session, operator())
    for each in found:
        off = "" if each.is_active else "  switched off"
        sys.stdout.write(
            f"{each.name}  {each.host}:{each.port}  {each.dpi} dpi  {each.template}  "
            f"{each.waiting} waiting{off}\n"
        )
    if not found:
        sys.stdout.write("There is no printer yet: tracseq labels add-printer NAME HOST\n")
    return 0


def run_add_printer(arguments: argparse.Namespace) -> int:
    """Add a printer: 0 added, 2 refused."""
    printer = service.check_printer(
        name=arguments.name,
        host=arguments.host,
        port=arguments.port,
        dpi=arguments.dpi,
        template=arguments.template,
    )
    with transaction.writing() as session:
        service.add_printer(session, operator(), printer=printer)
    sys.stdout.write(f"{printer.name} added. Print a test: tracseq labels test “{printer.name}”\n")
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """Queue a test label: 0 queued, 2 refused."""
    principal = operator()
    with transaction.writing() as session:
        printer = queries.find_printer(session, principal, arguments.printer)
        service.request_test(session, principal, printer_id=printer.id)
    sys.stdout.write(f"A test label is queued on {printer.name}\n")
    return 0


def run_series(arguments: argparse.Namespace) -> int:
    """Make a series: 0 made, 2 refused."""
    with transaction.writing() as session:
        samples_service.set_series(
            session,
            operator(),
            prefix=arguments.prefix,
            digits=arguments.digits,
            start_at=arguments.start_at,
            material_types=[MaterialType(each) for each in arguments.types],
        )
    sys.stdout.write(f"Series {arguments.prefix.upper()} is ready\n")
    return 0


def run_tubes(arguments: argparse.Namespace) -> int:
    """Register a range of tubes: 0 done, 2 refused."""
    with transaction.writing() as session:
        samples_service.add_tube_range(
            session, operator(), first=arguments.first, last=arguments.last, note=arguments.note
        )
        newest = issuing.list_tube_ranges(session)[0]
    sys.stdout.write(f"{newest.tubes.count:,} tubes registered\n")
    return 0


def run_codes(arguments: argparse.Namespace) -> int:
    """Show series, ranges and policy; set the policy where one is given."""
    with transaction.writing() as session:
        if arguments.accept:
            accepted = ForeignCodes(arguments.accept)
            samples_service.set_foreign_codes(session, operator(), accepted)
        policy = issuing.foreign_codes(session)
        series, ranges = issuing.list_series(session), issuing.list_tube_ranges(session)
    sys.stdout.write(f"codes from elsewhere: {policy.value}\n")
    for each in series:
        of = ", ".join(each.series.material_types) or "every type"
        sys.stdout.write(f"series {each.series.prefix}, {each.series.digits} digits, {of}\n")
    for one in ranges:
        tubes, closed = one.tubes, ", closed" if one.closed_at else ""
        sys.stdout.write(
            f"tubes {tubes.code(tubes.first)} to {tubes.code(tubes.last)}, "
            f"{one.used:,} of {tubes.count:,} used{closed}\n"
        )
    return 0


def _asked(
    session: ReadSession, principal: Principal, arguments: argparse.Namespace, template: str
) -> PrintInput:
    keys = contents.sample_ids_of(session, principal, arguments.barcodes)
    service.check_amount(keys, arguments.copies, most=MOST_LABELS)
    return PrintInput(
        sample_ids=tuple(keys),
        template=template,
        copies=arguments.copies,
        reason=arguments.reason,
    )


def _copies(number: int) -> int:
    if not 1 <= number <= MOST_COPIES:
        raise InvalidInput(f"Print 1 to {MOST_COPIES} copies of a label; you wrote {number}.")
    return number


def _codes_in(path: Path) -> list[str]:
    """Return the barcodes of a file, one a line; empty lines are passed over."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as a text of barcodes, one a line.") from error
    return [line.strip() for line in lines if line.strip()]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
