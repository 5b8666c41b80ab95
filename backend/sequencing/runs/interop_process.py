"""Illumina's InterOp library, asked in a process of its own where somebody has installed it.

The library is GPL-3.0 (pypi.org, "interop"), so it is an optional extra that is never imported
here; `interop_child` is started instead. It gets copies of the files that were taken, so that it
follows no link and sees nothing else, and what it makes of damaged ones ends with its process.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backend.sequencing.run_folders.files import Kind, RunFiles
from backend.sequencing.run_folders.supplementing import LibraryRow

_CHILD = Path(__file__).with_name("interop_child.py")
_LONGEST_S = 120
_ASKED = frozenset(
    {Kind.RUN_INFO, Kind.PARAMETERS, Kind.TILES, Kind.QUALITIES, Kind.ERRORS, Kind.EXTRACTION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryAnswer:
    """What the library said; without rows ``why`` says why it said nothing."""

    version: str = ""
    rows: Sequence[LibraryRow] = ()
    why: str = ""


def is_installed() -> bool:
    """Say whether the extra is there, without importing it."""
    return find_spec("interop") is not None


def ask(files: RunFiles) -> LibraryAnswer:
    """Return the library's figures of a folder's InterOp files. Takes up to two minutes."""
    with tempfile.TemporaryDirectory(prefix="tracseq-interop-") as place:
        for each in files.files:
            if each.kind in _ASKED and each.content is not None:
                copy = Path(place) / each.path
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(each.content)
        try:
            # -P: the folder of the child is no place to import from.
            done = subprocess.run(  # noqa: S603 our own file, and a folder of our own
                [sys.executable, "-P", str(_CHILD), place],
                capture_output=True,
                timeout=_LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return LibraryAnswer(why=f"it had not ended after {_LONGEST_S} s")
        except OSError as error:
            return LibraryAnswer(why=f"it cannot be started: {error.strerror}")
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        return LibraryAnswer(why=lines[-1][:300] if lines else f"it ended with {done.returncode}")
    return _parsed(done.stdout)


def _parsed(content: bytes) -> LibraryAnswer:
    try:
        told: Any = json.loads(content)
        rows = tuple(_row(each) for each in told["rows"])
        return LibraryAnswer(version=str(told["version"])[:40], rows=rows)
    except (ValueError, LookupError, TypeError, AttributeError):
        return LibraryAnswer(why="what it wrote was not understood")


def _row(told: Any) -> LibraryRow:
    # The library writes Y and N as the numbers of these letters.
    return LibraryRow(
        lane=int(told["lane"]),
        is_index=int(told["is_index"]) == ord("Y"),
        clusters=_number(told.get("clusters")),
        clusters_pf=_number(told.get("clusters_pf")),
        density_per_mm2=_number(told.get("density")),
        density_pf_per_mm2=_number(told.get("density_pf")),
        q30_percent=_number(told.get("q30_percent")),
        error_percent=_number(told.get("error_percent")),
        aligned_percent=_number(told.get("aligned_percent")),
        yield_gigabases=_number(told.get("yield_gigabases")),
    )


def _number(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) else None
