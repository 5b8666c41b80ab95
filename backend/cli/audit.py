"""``tracseq audit verify``: walk the audit trail's chain and say whether anybody touched it."""

import argparse
import sys

from backend.cli.operator import operator
from backend.core.transaction import reading
from backend.events import queries

_BROKEN = 1


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("audit", help="the audit trail")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="recompute every hash; exit code 1 when one is wrong")
    verify.set_defaults(run=_verify)


def _verify(_: argparse.Namespace) -> int:
    with reading() as session:
        chain = queries.verify_chain(session, operator())
    if chain.first_broken_pos is not None:
        sys.stdout.write(
            f"The chain is broken at position {chain.first_broken_pos:,}: that entry or one before "
            "it was changed, inserted or removed outside the program.\n"
        )
        return _BROKEN
    sys.stdout.write(
        f"The chain is whole: {chain.sealed:,} entries verified, {chain.unsealed:,} not sealed "
        "yet.\n"
    )
    return 0
