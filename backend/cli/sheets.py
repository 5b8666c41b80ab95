"""``tracseq sheet``: sample sheets checked, converted and compared. No laboratory is needed."""

import argparse
import json
import sys
from pathlib import Path

from backend.core.errors import InvalidInput
from backend.sequencing.errors import SheetRefused
from backend.sequencing.ids import I5Orientation
from backend.sequencing.run_folders.values import storable
from backend.sequencing.sheets.checking import Examined, examine
from backend.sequencing.sheets.converting import Converted, to_v2
from backend.sequencing.sheets.difference import compare
from backend.sequencing.sheets.mending import mend
from backend.sequencing.sheets.model import SampleSheet
from backend.sequencing.sheets.plain import difference_out, examined_out
from backend.sequencing.sheets.reading import LARGEST_SHEET_BYTES
from backend.sequencing.sheets.run_info import RunInfo, read_run_info
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.writing import write
from backend.templates.reading.values import Severity

_FOUND = 1
_I5 = {each.value.replace("_", "-"): each for each in I5Orientation}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and what it does to a sheet."""
    parser = commands.add_parser(
        "sheet",
        help="check, convert and compare sample sheets",
        description=(
            "Sample sheets of Illumina (both formats), Element and Oxford Nanopore, bare tables, "
            "and the JSON of v2-samplesheet-maker."
        ),
    )
    # Sheets are files: nothing is asked of a laboratory.
    parser.set_defaults(needs_database=False)
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    check = acts.add_parser("check", help="say what a demultiplexer would refuse or misread")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--json", action="store_true", help="print JSON instead of lines")
    check.add_argument("--fix", type=Path, metavar="OUT", help="write the sheet with fixes made")
    _run_info(check)
    check.set_defaults(run=run_check)
    convert = acts.add_parser("convert", help="write a sheet in another format")
    convert.add_argument("file", type=Path, metavar="FILE")
    convert.add_argument("--to", choices=["v2"], required=True, help="BCL Convert's format")
    convert.add_argument("--i5", choices=sorted(_I5), help="how the instrument reads i5")
    convert.add_argument("--output", type=Path, metavar="OUT", help="file instead of the terminal")
    _run_info(convert)
    convert.set_defaults(run=run_convert)
    diff = acts.add_parser("diff", help="say what differs between two sheets")
    diff.add_argument("first", type=Path, metavar="A")
    diff.add_argument("second", type=Path, metavar="B")
    diff.add_argument("--json", action="store_true", help="print JSON instead of lines")
    diff.set_defaults(run=run_diff)


def run_check(arguments: argparse.Namespace) -> int:
    """Check a sheet: 0 nothing to refuse, 1 it has errors, 2 it cannot be opened."""
    content, info = _content(arguments.file), _known_run(arguments)
    cycles = info.cycles if info else None
    seen = examine(content, run=cycles)
    if arguments.fix:
        mended = mend(content, run=cycles)
        _save(arguments.fix, mended.content)
        seen = mended.examined
        sys.stderr.write(f"{arguments.fix}: {len(mended.done)} fixes made.\n")
    if arguments.json:
        told = {"file": arguments.file.name, **examined_out(seen)}
        _print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(_text(arguments.file, seen))
    return _FOUND if seen.has_errors else 0


def run_convert(arguments: argparse.Namespace) -> int:
    """Convert a sheet: 0 done, 2 refused. What was left out is said beside the sheet."""
    info = _known_run(arguments)
    seen = examine(_content(arguments.file), run=info.cycles if info else None)
    sheet = _without_errors(seen, arguments.file)
    done = Converted(sheet, ())
    if sheet.dialect is not Dialect.ILLUMINA_V2:
        done = to_v2(sheet, i5=_orientation(arguments, info), run=info.cycles if info else None)
    written = write(done.sheet)
    _without_errors(examine(written), arguments.file)
    if arguments.output:
        _save(arguments.output, written)
    else:
        sys.stdout.write(written.decode())
    for note in done.notes:
        sys.stderr.write(f"{note}\n")
    return 0


def run_diff(arguments: argparse.Namespace) -> int:
    """Compare two sheets: 0 they say the same, 1 they differ, 2 one is no sheet."""
    found = compare(_sheet(arguments.first), _sheet(arguments.second))
    if arguments.json:
        told = {
            "first": arguments.first.name,
            "second": arguments.second.name,
            "differences": [difference_out(each) for each in found],
        }
        _print(json.dumps(told, ensure_ascii=False, indent=2))
    elif not found:
        _print("Both sheets say the same.")
    for each in () if arguments.json else found:
        _print(each.sentence)
    return _FOUND if found else 0


def _run_info(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run-info",
        type=Path,
        metavar="XML",
        help="RunInfo.xml of the run: its cycles, and how it reads i5, count before any table",
    )


def _known_run(arguments: argparse.Namespace) -> RunInfo | None:
    return read_run_info(_content(arguments.run_info)) if arguments.run_info else None


def _orientation(arguments: argparse.Namespace, info: RunInfo | None) -> I5Orientation | None:
    """Return how i5 is read: RunInfo before what was said on the command line."""
    if info is not None and info.i5_reversed is not None:
        return I5Orientation.REVERSE_COMPLEMENT if info.i5_reversed else I5Orientation.FORWARD
    return _I5[arguments.i5] if arguments.i5 else None


def _sheet(path: Path) -> SampleSheet:
    seen = examine(_content(path))
    if seen.sheet is None:
        raise SheetRefused(f"{path.name}: {seen.findings[0].message}")
    return seen.sheet


def _without_errors(seen: Examined, path: Path) -> SampleSheet:
    wrong = [each for each in seen.findings if each.severity is Severity.ERROR]
    if wrong or seen.sheet is None:
        told = "".join(f"\n  line {each.line or '–'}: {each.message}" for each in wrong[:10])
        more = f"\n  and {len(wrong) - 10} more" if len(wrong) > 10 else ""  # noqa: PLR2004
        raise SheetRefused(f"{path.name} was not converted; correct it first.{told}{more}")
    return seen.sheet


def _text(path: Path, seen: Examined) -> str:
    sheet = seen.sheet
    what = "no sample sheet"
    if sheet is not None:
        what = f"{sheet.dialect.value}, {len(sheet.samples):,} rows"
    counts = f"{seen.count(Severity.ERROR):,} errors, {seen.count(Severity.WARNING):,} warnings"
    lines = [f"{path.name}: {what}, {counts}."]
    for each in seen.findings:
        named = (("line", each.line), ("column", each.column))
        place = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        fix = f" [{each.fix.label}]" if each.fix else ""
        lines.append(f"{each.severity.value:7}  {place:20}  {each.message}{fix}")
    return "\n".join(lines)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            # The reader has the sentence that says how large is too large.
            return stream.read(LARGEST_SHEET_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _save(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error


def _print(text: str) -> None:
    # Names and cells of a file may hold what commands a terminal, or what none can write.
    sys.stdout.write(f"{storable(text)}\n")
