"""``tracseq custody``: what is wrong with who holds what, and a sample's chain."""

import argparse
import sys

from backend.cli.operator import operator
from backend.core import transaction
from backend.custody import incoming_queries, queries, service, shipment_queries
from backend.custody.views import ChainLink
from backend.samples import queries as samples_queries


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("custody", help="who holds what, and where the record has gaps")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    gaps = acts.add_parser("gaps", help="look for gaps now and list those that are open")
    gaps.set_defaults(run=show_gaps)
    late = acts.add_parser("late", help="list the parcels whose day has passed")
    late.set_defaults(run=show_late)
    chain = acts.add_parser("chain", help="print who held a sample, oldest first")
    chain.add_argument("barcode")
    chain.set_defaults(run=show_chain)


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


def show_late(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command takes them
    """Print the shipments under way and the parcels from outside that should be there by now."""
    principal = operator()
    with transaction.reading() as session:
        sent = shipment_queries.shipments(session, principal)
        coming = incoming_queries.expected(session, principal)
    lines = [
        *(f"{each.expected_on}  {each.code}  to {each.recipient}" for each in sent if each.is_late),
        *(
            f"{each.expected_on}  {each.code}  from {each.sender}"
            for each in coming
            if each.is_late
        ),
    ]
    sys.stdout.write("\n".join(sorted(lines)) + "\n" if lines else "No parcel is late.\n")
    return 0


def show_chain(arguments: argparse.Namespace) -> int:
    """Print every change of hands of a sample."""
    principal = operator()
    with transaction.reading() as session:
        key = samples_queries.sample_id_of(session, principal, arguments.barcode)
        links = queries.chain_of(session, principal, key)
    for link in links:
        sys.stdout.write(f"{_line(link)}\n")
    sys.stdout.write("" if links else "Nobody is on record as having held it yet.\n")
    return 0


def _line(link: ChainLink) -> str:
    warmth = "" if link.temperature_c is None else f"{link.temperature_c:.1f} °C"
    seal = f"seal {link.seal}" if link.seal else ""
    document = f"document {link.document}" if link.document else ""
    said = ", ".join(part for part in (warmth, link.condition, link.note, seal, document) if part)
    hands = f"{link.from_label} -> {link.to_label}"
    act = link.cause.value.replace("_", " ")
    return f"{link.number}  {link.at:%Y-%m-%d %H:%M}  {act}: {hands}{f' ({said})' if said else ''}"
