"""``tracseq library kits``: how the kit of each library is known, and naming it by hand."""

import argparse
import json
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.sequencing.kit_naming import queries, service
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.rules import pair_words
from backend.sequencing.kit_naming.schemas import KitNamingIn, LibrariesIn
from backend.sequencing.kit_naming.views import KitLine, LibraryKit
from backend.work import models as _jobs  # noqa: F401  its tables are referred to


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the act among those of the command."""
    kits = acts.add_parser(
        "kits",
        help="the kits of libraries and how each is known; name one by hand",
        description=(
            "Without --name or --take-back the kits of libraries. What a worksheet says counts "
            "before what a person names, and that before what the index pair lets guess."
        ),
    )
    kits.add_argument("libraries", nargs="*", metavar="LIBRARY", help="barcodes of libraries")
    kits.add_argument("--run", dest="of_run", default="", metavar="RUN", help="all of NX-0031")
    kits.add_argument("--lane", type=int, metavar="N", help="only those on a lane of the run")
    kits.add_argument("--request", default="", metavar="REQUEST", help="all of SQ-0001")
    act = kits.add_mutually_exclusive_group()
    act.add_argument("--name", metavar="KIT", help="key of the kit that they were made with")
    act.add_argument("--take-back", action="store_true", help="what was named does not count")
    kits.add_argument("--reason", default="", help="why, for the audit trail")
    kits.add_argument("--json", action="store_true", help="print JSON instead of lines")
    kits.set_defaults(run=run, needs_database=True)


def run(arguments: argparse.Namespace) -> int:
    """Print the kits, or name one and print them: 0 done, 2 refused."""
    of = {
        "libraries": arguments.libraries,
        "run": arguments.of_run,
        "lane": arguments.lane,
        "request": arguments.request,
    }
    try:
        wish = KitNamingIn(**of, kit=arguments.name or "", reason=arguments.reason)
    except ValidationError as error:
        raise InvalidInput(_said(error)) from error
    if arguments.name or arguments.take_back:
        with transaction.writing() as session:
            lines: Sequence[KitLine] = service.name_kit(session, operator(), wish=wish)
    else:
        with transaction.reading() as session:
            lines = queries.list_kits(session, operator(), of=LibrariesIn(**of)).lines
    if arguments.json:
        told = json.dumps([_plain(each) for each in lines], ensure_ascii=False, indent=2)
        sys.stdout.write(f"{told}\n")
    else:
        sys.stdout.writelines(f"{_line(each)}\n" for each in lines)
    return 0


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    where = " ".join(str(each) for each in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _line(line: KitLine) -> str:
    library = line.library
    lanes = f"lane {', '.join(map(str, library.lanes))}  " if library.lanes else ""
    known = f"{line.kit.name}, {_how(line.kit)}" if line.kit else f"unknown. {line.why_unknown}"
    return f"{library.barcode}  {library.request_code}  {lanes}{pair_words(library)}  {known}"


def _how(kit: LibraryKit) -> str:
    match kit.source:
        case KitSource.WORKSHEET:
            return f"by worksheet {kit.worksheet}"
        case KitSource.BY_HAND:
            at = kit.named_at.isoformat(timespec="seconds") if kit.named_at else ""
            return f"named by {kit.named_by_name}, {at}"
        case KitSource.GUESSED:
            return "guessed by the index pair"


def _plain(line: KitLine) -> dict[str, object]:
    library, kit = line.library, line.kit
    return {
        "barcode": library.barcode,
        "request": library.request_code,
        "lanes": list(library.lanes),
        "index_i7": library.index_i7,
        "index_i5": library.index_i5,
        "kit": kit.name if kit else None,
        "source": kit.source.value if kit else None,
        "worksheet": kit.worksheet or None if kit else None,
        "named_by": kit.named_by_name or None if kit else None,
        "named_at": kit.named_at.isoformat() if kit and kit.named_at else None,
        "why_unknown": line.why_unknown or None,
    }
