"""``tracseq pool show|list``: pools with their recipes."""

import argparse
import json
import sys
from typing import Any

from pydantic import TypeAdapter

from backend.cli.operator import operator
from backend.core import transaction
from backend.samples.volume_rules import shown
from backend.sequencing.pooling import queries
from backend.sequencing.pooling.views import PoolView


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``pool`` to the commands."""
    pool = commands.add_parser("pool", help="pools of libraries and their recipes")
    acts = pool.add_subparsers(title="acts", required=True, metavar="ACT")
    one = acts.add_parser("show", help="one pool: what is pipetted, and what stands against it")
    one.add_argument("code", help="as P-0001")
    one.add_argument("--json", action="store_true", dest="as_json")
    one.set_defaults(run=show_pool)
    every = acts.add_parser("list", help="the newest pools")
    every.set_defaults(run=list_pools)


def show_pool(arguments: argparse.Namespace) -> int:
    """Print a pool: 0 shown, 2 not there."""
    with transaction.reading() as session:
        view = queries.get_pool(session, operator(), arguments.code)
    if arguments.as_json:
        told: Any = TypeAdapter(PoolView).dump_python(view, mode="json")
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return 0
    state = f"{view.state.value}, in {view.tube}" if view.tube else view.state.value
    target = f"{shown(view.target_nm)} nM, {shown(view.target_ul)} µL"
    sys.stdout.write(f"{view.code}  {state}  {view.mode.value}  {target}\n")
    for part in view.parts:
        nm = f"{part.molarity_nm:.3f} nM" if part.molarity_nm is not None else "unknown"
        cells = [part.barcode, nm]
        if part.line is not None:
            line = part.line
            cells += [f"{line.share:.2%}", f"{line.exact_ul:.3f} µL", f"{shown(line.volume_ul)} µL"]
            cells += [f"of 1:{line.dilution}"] if line.dilution > 1 else []
        sys.stdout.write("  ".join(cells) + "\n")
    if view.recipe is not None:
        buffer, phix = shown(view.recipe.buffer_ul), shown(view.recipe.phix_ul)
        most = f"{view.recipe.most_nm:.3f} nM at most"
        sys.stdout.write(f"buffer {buffer} µL, PhiX {phix} µL, {most}\n")
    for finding in view.findings:
        sys.stdout.write(f"{'error' if finding.is_error else 'warning'}: {finding.sentence}\n")
    return 0


def list_pools(_arguments: argparse.Namespace) -> int:
    """Print the newest pools, one a line."""
    with transaction.reading() as session:
        page = queries.list_pools(session, operator())
    for row in page.items:
        cells = (row.code, row.state.value, f"{row.libraries} libraries", row.name)
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
    return 0
