"""``tracseq rackscan FILE``: what a rack scanner's file says of a box, and letting it hold.

With ``--scanner NAME`` the scanner itself is asked for a scan. A file that names no rack is
compared with the box of ``--box``, else with the one in which most of its tubes are recorded, else
it is judged by itself; committing takes a box that somebody named.
"""

import argparse
import json
import sys
from pathlib import Path

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.blobs import DiskStore
from backend.core.config import load_settings
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.storage import rack_scanners, scan_queries, service
from backend.storage.adapters import rack_scanner
from backend.storage.errors import ScanRefused
from backend.storage.scan_views import Examined, RackScanView, effect_of, grouped
from backend.storage.scanning.reading import LARGEST_SCAN_BYTES
from backend.storage.scanning.verdicts import Verdict

_DIFFERS = 1
_AS_EXPECTED = frozenset({Verdict.MATCH, Verdict.EMPTY})


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("rackscan", help="compare a rack scanner's file with its box")
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE")
    parser.add_argument("--scanner", metavar="NAME", help="let this scanner scan now, instead")
    parser.add_argument("--box", metavar="CODE", help="path or barcode, if the file names no rack")
    parser.add_argument("--commit", action="store_true", help="let locations follow the scan")
    parser.add_argument("--json", action="store_true", help="print a verdict for every position")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare a scan: 0 all as expected, or committed; 1 something differs; 2 refused."""
    try:
        return _run(arguments)
    except ScanRefused as refusal:
        if arguments.json:
            # Whoever reads the output by a program finds the reason there, too.
            _write(json.dumps(_refused(refusal), ensure_ascii=False, indent=2))
        raise


def _run(arguments: argparse.Namespace) -> int:
    principal = operator()
    name, content = _scan(arguments.file, arguments.scanner, principal)
    seen: Examined | RackScanView
    if arguments.commit:
        files = DiskStore(load_settings().files_dir)
        with transaction.writing() as session:
            kept = service.read_rack(
                session,
                principal,
                file_name=name,
                content=content,
                files=files,
                box=arguments.box,
            )
            seen = service.commit_rack(session, principal, scan_id=kept.id)
    else:
        with transaction.reading() as session:
            seen = scan_queries.examine(session, principal, content=content, box=arguments.box)
    text = _json(seen) if arguments.json else _text(seen)
    _write(text)
    differs = any(line.verdict not in _AS_EXPECTED for line in seen.lines)
    return _DIFFERS if differs and not arguments.commit else 0


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _refused(refusal: ScanRefused) -> dict[str, object]:
    return {"box": None, "committed": False, "refused": refusal.message, "positions": []}


def _json(seen: Examined | RackScanView) -> str:
    effect = effect_of(seen.lines)
    told = {
        "box": seen.path or None,
        "box_by_tubes": isinstance(seen, Examined) and seen.by_tubes,
        "rack": seen.shape.words,
        "sha256": seen.sha256,
        "scan": str(seen.id) if isinstance(seen, RackScanView) else None,
        "committed": isinstance(seen, RackScanView),
        "same_as": seen.same_as or None,
        "counts": {verdict.value: len(lines) for verdict, lines in grouped(seen.lines).items()},
        "effect": {
            "placed": effect.placed,
            "taken_out": effect.taken_out,
            "unverified": effect.unverified,
            "refused": effect.refused,
        },
        "positions": [
            {
                "position": line.position,
                "line": line.line,
                "verdict": line.verdict.value,
                "expected": line.expected or None,
                "found": line.found or None,
                "came_from": line.came_from or None,
                "takes_out": line.takes_out or None,
                "refused": line.refused or None,
                "sentence": line.sentence,
            }
            for line in seen.lines
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _text(seen: Examined | RackScanView) -> str:
    groups = grouped(seen.lines)
    told = [f"{verdict.value} {len(lines)}" for verdict, lines in groups.items()]
    parts = [f"{_of(seen)}: {', '.join(told)}", *([seen.same_as] if seen.same_as else [])]
    parts += [
        f"  {line.position}  {verdict.value}: {line.sentence} {line.refused}".rstrip()
        for verdict, lines in groups.items()
        if verdict not in _AS_EXPECTED
        for line in lines
    ]
    effect = effect_of(seen.lines)
    done = "Done" if isinstance(seen, RackScanView) else "With --commit"
    parts.append(
        f"{done}: {effect.placed} placed, {effect.taken_out} taken out, "
        f"{effect.unverified} unverified, {effect.refused} refused by rules."
    )
    return "\n".join(parts)


def _of(seen: Examined | RackScanView) -> str:
    if not seen.path:
        return f"No box is named, judged as a rack of {seen.shape.words}"
    found = isinstance(seen, Examined) and seen.by_tubes
    return f"{seen.path}, found by its tubes" if found else seen.path


def _scan(path: Path | None, scanner: str | None, principal: Principal) -> tuple[str, bytes]:
    """Return name and content of the scan, from a file or from the scanner itself."""
    if (path is None) is (scanner is None):
        raise InvalidInput("Name either a file or, with --scanner, a rack scanner.")
    if path is not None:
        return path.name, _content(path)
    with transaction.reading() as session:
        fixed = load_settings().rack_scanners
        known = rack_scanners.usable_scanners(session, principal, fixed)
    scanned = rack_scanner.scan(principal, rack_scanner.find(known, scanner or ""))
    return scanned.file_name, scanned.content


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            # The reader has the sentence that says how large is too large.
            return stream.read(LARGEST_SCAN_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
