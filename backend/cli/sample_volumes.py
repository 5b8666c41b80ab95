"""``tracseq samples volumes|use|aliquot|derive|pool|lineage|sprec``: what comes out of tubes."""

import argparse
import sys
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.samples import lineage, preanalytics, queries, volumes
from backend.samples import service as samples_service
from backend.samples.errors import PreanalyticalNotFound
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.making_schemas import Aliquoting, Deriving, Pooling, PoolPart, Portion
from backend.samples.volume_rules import shown


def declare(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the acts to ``tracseq samples``."""
    ledger = acts.add_parser("volumes", help="what went into and out of a tube")
    ledger.add_argument("barcode")
    ledger.set_defaults(run=show_ledger)
    use = acts.add_parser("use", help="write down that some of a sample was used up")
    use.add_argument("barcode")
    use.add_argument("volume", metavar="UL")
    use.add_argument("--reason", required=True, help="what for; kept in the audit trail")
    use.set_defaults(run=use_some)
    part = acts.add_parser("aliquot", help="part a sample into tubes of the same material")
    part.add_argument("barcode")
    part.add_argument("volumes", nargs="+", metavar="UL", help="volume of each tube in µL")
    part.set_defaults(run=make_aliquots)
    got = acts.add_parser("derive", help="register another material that was got from a sample")
    got.add_argument("barcode")
    got.add_argument("--type", required=True, choices=[each.value for each in MaterialType])
    got.add_argument(
        "--temperature", required=True, choices=[each.value for each in TemperatureClass]
    )
    got.add_argument("--used", metavar="UL", help="drawn from the sample, where its volume counts")
    got.add_argument("--volume", metavar="UL", help="what came out")
    got.set_defaults(run=make_derivative)
    pool = acts.add_parser("pool", help="put volumes of several samples into one tube")
    pool.add_argument("name")
    pool.add_argument("parts", nargs="+", metavar="BARCODE=UL")
    pool.add_argument(
        "--temperature", required=True, choices=[each.value for each in TemperatureClass]
    )
    pool.add_argument("--project", metavar="CODE", help="where the parts are of several")
    pool.set_defaults(run=make_pool)
    tree = acts.add_parser("lineage", help="what a sample came from and what came from it")
    tree.add_argument("barcode")
    tree.set_defaults(run=show_lineage)
    code = acts.add_parser("sprec", help="a sample's SPREC code and what each element rests on")
    code.add_argument("barcode")
    code.set_defaults(run=show_sprec)


def show_ledger(arguments: argparse.Namespace) -> int:
    """Print a tube's ledger, oldest line first."""
    principal = operator()
    with transaction.reading() as session:
        key = queries.sample_id_of(session, principal, arguments.barcode)
        lines = volumes.ledger_of(session, principal, key)
    for line in lines:
        moved = "measured" if line.delta_ul is None else f"{line.delta_ul.normalize():+f} µL"
        left = "unknown" if line.balance_ul is None else f"{shown(line.balance_ul)} µL"
        other = line.counterpart_barcode or ""
        why = f"“{line.reason}”" if line.reason else ""
        told = (f"{line.at:%Y-%m-%d %H:%M} UTC", line.cause, moved, f"left {left}", other)
        sys.stdout.write("  ".join((*told, line.actor_name, why)).rstrip() + "\n")
    return 0


def show_sprec(arguments: argparse.Namespace) -> int:
    """Print the code that counts and its derivation: 0 found, 2 nothing is recorded."""
    principal = operator()
    with transaction.reading() as session:
        key = queries.sample_id_of(session, principal, arguments.barcode)
        view = preanalytics.preanalytical_of(session, principal, key)
    if view is None:
        raise PreanalyticalNotFound(arguments.barcode)
    source = f" from {view.inherited_from}" if view.inherited_from else ""
    sys.stdout.write(f"{view.code}  SPREC {view.sprec.version}{source}\n")
    for each in view.sprec.elements:
        told = (each.code, each.name, each.meaning, each.inputs, each.rule)
        sys.stdout.write("  ".join(told) + "\n")
    if view.override_code is not None:
        by = f"set by {view.override_by_name}: “{view.override_reason}”"
        sys.stdout.write(f"{by}; derived is {view.sprec.code}\n")
    return 0


def use_some(arguments: argparse.Namespace) -> int:
    """Draw a volume: 0 done, 2 refused, every reason in the message."""
    principal = operator()
    with transaction.writing() as session:
        line = samples_service.use_volume(
            session,
            principal,
            sample_id=queries.sample_id_of(session, principal, arguments.barcode),
            volume_ul=_volume(arguments.volume),
            reason=arguments.reason,
        )
    left = "an unknown volume" if line.balance_ul is None else f"{shown(line.balance_ul)} µL"
    sys.stdout.write(f"{arguments.barcode.upper()} holds {left} now\n")
    return 0


def make_aliquots(arguments: argparse.Namespace) -> int:
    """Part a sample and print the new barcodes, one a line."""
    principal = operator()
    try:
        aliquoting = Aliquoting(
            portions=tuple(Portion(volume_ul=_volume(each)) for each in arguments.volumes)
        )
    except ValidationError as error:
        raise _refusal(error) from error
    with transaction.writing() as session:
        made = samples_service.make_aliquots(
            session,
            principal,
            sample_id=queries.sample_id_of(session, principal, arguments.barcode),
            aliquoting=aliquoting,
        )
    sys.stdout.write("".join(f"{each.barcode}\n" for each in made))
    return 0


def make_derivative(arguments: argparse.Namespace) -> int:
    """Register what was got from a sample and print its barcode."""
    principal = operator()
    try:
        deriving = Deriving(
            material_type=MaterialType(arguments.type),
            temperature_class=TemperatureClass(arguments.temperature),
            used_ul=_volume(arguments.used) if arguments.used else None,
            volume_ul=_volume(arguments.volume) if arguments.volume else None,
        )
    except ValidationError as error:
        raise _refusal(error) from error
    with transaction.writing() as session:
        made = samples_service.make_derivative(
            session,
            principal,
            sample_id=queries.sample_id_of(session, principal, arguments.barcode),
            deriving=deriving,
        )
    sys.stdout.write(f"{made.barcode}\n")
    return 0


def make_pool(arguments: argparse.Namespace) -> int:
    """Make a pool and print its barcode."""
    principal = operator()
    try:
        pooling = Pooling(
            name=arguments.name,
            parts=tuple(_part(each) for each in arguments.parts),
            temperature_class=TemperatureClass(arguments.temperature),
            project_code=arguments.project,
        )
    except ValidationError as error:
        raise _refusal(error) from error
    with transaction.writing() as session:
        made = samples_service.make_pool(session, principal, pooling=pooling)
    sys.stdout.write(f"{made.barcode}\n")
    return 0


def show_lineage(arguments: argparse.Namespace) -> int:
    """Print the relatives, farthest ancestor first, indented by how far off they are."""
    principal = operator()
    with transaction.reading() as session:
        key = queries.sample_id_of(session, principal, arguments.barcode)
        above, below = lineage.lineage_of(session, principal, key)
    for edge in (*reversed(above), *below):
        share = "" if edge.proportion is None else f"  {float(edge.proportion):.1%}"
        drawn = "" if edge.volume_ul is None else f"  {shown(edge.volume_ul)} µL"
        sys.stdout.write(f"{edge.distance:+d}  {edge.barcode}  {edge.kind}{drawn}{share}\n")
    return 0


def _part(typed: str) -> PoolPart:
    barcode, equals, volume = typed.rpartition("=")
    if not equals:
        raise InvalidInput(f"“{typed}” is no part of a pool. Write BARCODE=10.5.")
    return PoolPart(barcode=barcode, volume_ul=_volume(volume))


def _volume(typed: str) -> Decimal:
    try:
        return Decimal(typed.replace(",", "."))
    except InvalidOperation as error:
        raise InvalidInput(f"“{typed}” is no volume in µL. Write a number such as 12.5.") from error


def _refusal(error: ValidationError) -> InvalidInput:
    said = [str(problem["msg"]).removeprefix("Value error, ") for problem in error.errors()]
    return InvalidInput(" ".join(said))
