"""``tracseq reference``: reference data listed, shown, brought up to date, and kits imported."""

import argparse
import json
import sys
from pathlib import Path

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.sequencing.reference import queries, service
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.kit_files import KitFile, KitReading, said
from backend.sequencing.reference.plain import kit_out, version_out
from backend.sequencing.reference.umi_lines import umis_in
from backend.sequencing.reference.usual import add_usual_reference
from backend.sequencing.reference.views import ReferenceView
from backend.sequencing.reference.words import FIELDS, KINDS, differences, written
from backend.templates.adapters.files import LARGEST_FILE_BYTES

_FOUND = 1
_KINDS = [each.value.replace("_", "-") for each in ReferenceKind]


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "reference", help="reference data of sequencing: list, show, update, import a kit"
    )
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="list the entries of a kind, or of all")
    listed.add_argument("kind", nargs="?", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
    listed.add_argument("--json", action="store_true", help="print JSON instead of lines")
    listed.set_defaults(run=show_list)
    show = acts.add_parser("show", help="show an entry, its versions and what they changed")
    show.add_argument("kind", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
    show.add_argument("key", metavar="KEY")
    show.add_argument("--json", action="store_true", help="print JSON instead of lines")
    show.set_defaults(run=show_entry)
    update = acts.add_parser(
        "update", help="take over usual figures that are new; what somebody changed stays"
    )
    update.set_defaults(run=take_over)
    kit = acts.add_parser(
        "import-kit", help="keep an index kit: a table, or a list of i7 and a list of i5"
    )
    kit.add_argument("files", type=Path, nargs="+", metavar="FILE")
    kit.add_argument("--name", help="the kit's name (default: that of the file)")
    kit.add_argument("--maker", default="Own design", help="who makes it")
    kit.add_argument("--source", help="where the sequences are from (default: the file's name)")
    kit.add_argument("--i5-reversed", action="store_true", help="the file lists i5 as it is read")
    for end in ("1", "2"):
        kit.add_argument(
            f"--adapter-read{end}",
            default="",
            metavar="BASES",
            help=f"adapter that read {end} runs into (default: as the kit has it)",
        )
    kit.add_argument(
        "--umi",
        action="append",
        default=[],
        metavar="LINE",
        help="a UMI, such as “read 1: U7N1” or “index 1: U9” (default: as the kit has them)",
    )
    kit.add_argument("--dry-run", action="store_true", help="say what would be kept, keep nothing")
    kit.add_argument("--json", action="store_true", help="print JSON instead of lines")
    kit.set_defaults(run=import_kit)


def show_list(arguments: argparse.Namespace) -> int:
    """Print a line for each entry."""
    kinds = [_kind(arguments.kind)] if arguments.kind else list(ReferenceKind)
    with transaction.reading() as session:
        found = [each for kind in kinds for each in queries.list_entries(session, operator(), kind)]
    if arguments.json:
        _print(json.dumps([version_out(each) for each in found], ensure_ascii=False, indent=2))
        return 0
    for each in found:
        retired = "" if each.is_active else "  retired"
        _print(f"{KINDS[each.kind].one}  {each.key}  {each.name}  version {each.number}{retired}")
    if not found:
        _print("There is no reference data yet.")
    return 0


def show_entry(arguments: argparse.Namespace) -> int:
    """Print an entry as it stands, and its versions."""
    with transaction.reading() as session:
        versions = queries.list_versions(session, operator(), _kind(arguments.kind), arguments.key)
    if arguments.json:
        _print(json.dumps([version_out(each) for each in versions], ensure_ascii=False, indent=2))
        return 0
    newest = versions[0]
    _print(f"{newest.name} ({newest.key}), {KINDS[newest.kind].one}, version {newest.number}")
    for name in type(newest.content).model_fields:
        words, value = FIELDS[name], getattr(newest.content, name)
        _print(f"  {words.label}: {written(value)} {words.unit}".rstrip())
    _print(f"  Source: {newest.source}")
    for place, each in enumerate(versions):
        _print(
            f"version {each.number}  {each.made_at:%Y-%m-%d}  {each.made_by_name}: {each.reason}"
        )
        if place + 1 < len(versions):
            for change in differences(versions[place + 1].content, each.content):
                _print(f"  {change.label}: {change.before} → {change.after}")
    return 0


def take_over(_: argparse.Namespace) -> int:
    """Put usual figures in force that are new, and print a line for each."""
    with transaction.writing() as session:
        made = add_usual_reference(session, operator())
    for each in made:
        _print(f"{KINDS[each.kind].one}  {each.key}  {each.name}  version {each.number}")
    if not made:
        _print("Nothing is new. What you changed yourself stays as it is.")
    return 0


def import_kit(arguments: argparse.Namespace) -> int:
    """Keep a kit and say what was found; 1 when its files hold errors."""
    files = [KitFile(path.name, _content(path)) for path in arguments.files]
    with transaction.writing() as session:
        reading, kept = service.import_index_kit(
            session,
            operator(),
            files=files,
            name=arguments.name or arguments.files[0].stem,
            maker=arguments.maker,
            source=arguments.source or f"File {', '.join(each.name for each in files)}.",
            i5_is_reversed=arguments.i5_reversed,
            carries={
                "adapter_read1": arguments.adapter_read1,
                "adapter_read2": arguments.adapter_read2,
                "umis": umis_in(arguments.umi),
            },
            dry_run=arguments.dry_run,
        )
    if arguments.json:
        _print(json.dumps(kit_out(reading, kept), ensure_ascii=False, indent=2))
    else:
        for finding in reading.findings:
            _print(f"{finding.severity.value}: {said(finding)}")
        _print(_told(reading, kept))
    return _FOUND if reading.content is None else 0


def _told(reading: KitReading, kept: ReferenceView | None) -> str:
    if reading.content is None:
        return "Nothing is kept. Mend the file and import it again."
    pairs = f"{len(reading.content.wells)} index pairs"
    apart = ", ".join(
        f"{side} at least {least} bases apart"
        for side, least in (("i7", reading.least_i7), ("i5", reading.least_i5))
        if least is not None
    )
    told = f"{pairs}, {apart}" if apart else pairs
    if kept is None:
        return f"{told}. Nothing is kept: this was a dry run."
    return f"{kept.name} ({kept.key}) is kept as version {kept.number}: {told}."


def _kind(written_kind: str) -> ReferenceKind:
    return ReferenceKind(written_kind.replace("-", "_"))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            # The reader has the sentence that says how large is too large.
            return stream.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
