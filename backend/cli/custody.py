"""``tracseq custody gaps``: what is wrong with who holds what."""

import argparse
import sys

from backend.cli.operator import operator
from backend.core import transaction
from backend.custody import queries, service


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("custody", help="who holds what, and where the record has gaps")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    gaps = acts.add_parser("gaps", help="look for gaps now and list those that are open")
    gaps.set_defaults(run=show_gaps)


def show_gaps(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command takes them
    """Look once, as the hourly job does, and print every open gap."""
    principal = operator()
    with transaction.writing() as session:
        service.watch(session, principal)
    with transaction.reading() as session:
        found = queries.findings(session, principal)
    for finding in found:
        sys.stdout.write(f"{finding.opened_at:%Y-%m-%d %H:%M}  {finding.sentence}\n")
    sys.stdout.write("" if found else "No gap was found.\n")
    return 0
