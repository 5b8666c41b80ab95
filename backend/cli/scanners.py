"""``tracseq scanner``: rack scanners in the network: which, setting them up, trying one out."""

import argparse
import sys

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.config import load_settings
from backend.core.devices import RackScanner, ScannerDialect
from backend.core.errors import InvalidInput
from backend.storage import rack_scanners, service
from backend.storage.adapters import rack_scanner
from backend.storage.scanner_schemas import ScannerInput
from backend.storage.scanner_views import ScannerView
from backend.storage.scanning.spelling import unspelled

_PORT = 8000
"""As VisionMate comes."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "scanner", help="rack scanners in the network: list, add, change, test"
    )
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    acts.add_parser("list", help="the rack scanners there are").set_defaults(run=run_list)
    add = acts.add_parser("add", help="set up a rack scanner that has a TCP/IP server")
    add.add_argument("name", help="where it stands: Bench 2")
    add.add_argument("host", help="its computer's name or address in the network")
    _declare_facts(add, port=_PORT, dialect=ScannerDialect.VISIONMATE)
    add.set_defaults(run=run_add)
    change = acts.add_parser("change", help="change what is named of a rack scanner")
    change.add_argument("scanner", metavar="NAME")
    change.add_argument("--name", metavar="NEW", help="what it is called from now on")
    change.add_argument("--host")
    _declare_facts(change)
    use = change.add_mutually_exclusive_group()
    use.add_argument("--off", dest="is_active", action="store_false", help="nobody lets it scan")
    use.add_argument("--on", dest="is_active", action="store_true", help="people may let it scan")
    change.set_defaults(run=run_change, is_active=None)
    test = acts.add_parser("test", help="connect to one and say what it answers")
    test.add_argument("scanner", metavar="NAME")
    test.set_defaults(run=run_test)


def _declare_facts(
    parser: argparse.ArgumentParser,
    *,
    port: int | None = None,
    dialect: ScannerDialect | None = None,
) -> None:
    dialects = [each.value for each in ScannerDialect]
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--dialect", choices=dialects, default=dialect)
    parser.add_argument("--trigger", metavar="TEXT", help=r"starts a scan: SCAN\r\n")
    parser.add_argument("--terminator", metavar="TEXT", help=r"ends an answer: \r\nOK\r\n")
    parser.add_argument("--delimiter", metavar="CHAR", help="between two codes")
    parser.add_argument("--order", choices=["columns", "rows"], help="of codes: A1 B1, or A1 A2")
    parser.add_argument("--wait", type=float, metavar="S", help="seconds a scan may take")


def run_list(_: argparse.Namespace) -> int:
    """Print the rack scanners, those of the variable first."""
    with transaction.reading() as session:
        found = rack_scanners.list_scanners(session, operator(), load_settings().rack_scanners)
    sys.stdout.writelines(f"{_line(each)}\n" for each in found)
    if not found:
        sys.stdout.write("There is no rack scanner yet: tracseq scanner add NAME HOST\n")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Add a rack scanner: 0 added, 2 refused."""
    scanner = service.check_scanner(**_said(arguments))
    with transaction.writing() as session:
        service.add_scanner(
            session, operator(), scanner=scanner, fixed=load_settings().rack_scanners
        )
    sys.stdout.write(f"{scanner.name} is set up. Try it: tracseq scanner test “{scanner.name}”\n")
    return 0


def run_change(arguments: argparse.Namespace) -> int:
    """Change a rack scanner, or switch it off and on: 0 changed, 2 refused."""
    principal, fixed = operator(), load_settings().rack_scanners
    with transaction.writing() as session:
        found = rack_scanners.find_scanner(session, principal, arguments.scanner, fixed)
        if found.scanner_id is None:
            raise InvalidInput(
                f"The variable TRACSEQ_RACK_SCANNERS names {found.scanner.name}. Change it there."
            )
        known = found.scanner.model_dump() | {"is_active": found.is_active}
        scanner = service.check_scanner(**(known | _said(arguments)))
        service.change_scanner(
            session, principal, scanner_id=found.scanner_id, scanner=scanner, fixed=fixed
        )
    sys.stdout.write(f"{_line_of(scanner, is_active=scanner.is_active)}\n")
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """Say what a rack scanner answers: 0 it answers, 2 it does not."""
    principal = operator()
    with transaction.reading() as session:
        found = rack_scanners.find_scanner(
            session, principal, arguments.scanner, load_settings().rack_scanners
        )
    sys.stdout.write(f"{rack_scanner.try_out(principal, found.scanner)}\n")
    return 0


def _said(arguments: argparse.Namespace) -> dict[str, object]:
    """Return what was named, as a scanner has it."""
    facts = {name: getattr(arguments, name) for name in ("name", "host", "port", "dialect")}
    for name in ("trigger", "terminator", "delimiter"):
        written = getattr(arguments, name)
        facts[name] = None if written is None else unspelled(written)
    facts["by_columns"] = None if arguments.order is None else arguments.order == "columns"
    facts["wait_s"] = arguments.wait
    facts["is_active"] = getattr(arguments, "is_active", None)
    return {name: value for name, value in facts.items() if value is not None}


def _line(each: ScannerView) -> str:
    line = _line_of(each.scanner, is_active=each.is_active)
    if each.is_fixed:
        return f"{line}  by TRACSEQ_RACK_SCANNERS"
    return f"{line}  hidden by TRACSEQ_RACK_SCANNERS" if each.is_hidden else line


def _line_of(scanner: RackScanner | ScannerInput, *, is_active: bool) -> str:
    off = "" if is_active else "  switched off"
    return f"{scanner.name}  {scanner.host}:{scanner.port}  {scanner.dialect}{off}"
