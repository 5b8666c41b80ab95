"""What the page holds of a sheet, in the browser, and what may be done to it. Bytes in and out."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TypedDict

from backend.sequencing.errors import SheetRefused
from backend.sequencing.ids import I5Orientation
from backend.sequencing.sheets import mending
from backend.sequencing.sheets.checking import Examined, examine
from backend.sequencing.sheets.converting import to_v2
from backend.sequencing.sheets.reading import LARGEST_SHEET_BYTES
from backend.sequencing.sheets.run_info import RunInfo, read_run_info
from backend.sequencing.sheets.turning import turned_i5
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.writing import write
from backend.templates.reading.values import Severity

_UNDONE = 10
_UNDONE_BYTES = 10_000_000
"""The browser sends all of it with every act."""
_PASTED = "pasted.csv"
_LONGEST_NAME = 80


class Kept(TypedDict):
    """A sheet as the browser holds it: texts in base 64, the newest of ``before`` last."""

    name: str
    content: str
    before: list[str]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A sheet with what it was before the acts on it; ``notes`` are of the last act."""

    name: str
    content: bytes
    before: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Return a short name of the text, another one for another text."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    def becomes(self, content: bytes, *notes: str) -> "Held":
        """Return the sheet with another text, from which Undo leads back."""
        return Held(self.name, content, _newest((*self.before, self.content)), notes)

    def undone(self) -> "Held":
        """Return the sheet as it was before the last act."""
        if not self.before:
            return self
        return Held(self.name, self.before[-1], self.before[:-1])

    def kept(self) -> Kept:
        """Return what the browser holds."""
        return Kept(
            name=self.name,
            content=_written(self.content),
            before=[_written(each) for each in self.before],
            notes=list(self.notes),
        )


def held(kept: Kept | None) -> Held | None:
    """Return what the browser sent back, None when it holds nothing."""
    if not kept:
        return None
    return Held(
        kept["name"],
        base64.b64decode(kept["content"]),
        tuple(base64.b64decode(each) for each in kept["before"]),
        tuple(kept["notes"]),
    )


def taken(content: bytes, name: str | None) -> Held:
    """Return a sheet that was dropped or, without a name, pasted.

    Raises:
        SheetRefused: it is larger than any sample sheet.
    """
    if len(content) > LARGEST_SHEET_BYTES:
        raise SheetRefused("The file is larger than 5 MB, which no sample sheet is.")
    return Held((name or _PASTED)[:_LONGEST_NAME], content)


def look(sheet: Held, info: RunInfo | None) -> Examined:
    """Return what the sheet is and what is to be said of it."""
    return examine(sheet.content, run=info.cycles if info else None)


def run_info(kept: Kept | None) -> RunInfo | None:
    """Return the RunInfo beside the sheet, None without one.

    Raises:
        SheetRefused: it is none.
    """
    found = held(kept)
    return read_run_info(found.content) if found else None


def fixed(sheet: Held, info: RunInfo | None, place: int) -> Held:
    """Return the sheet with one finding's fix carried out."""
    seen = look(sheet, info)
    fix = seen.findings[place].fix
    if fix is None:
        return sheet
    return sheet.becomes(mending.apply(seen.raw, [fix]), f"{fix.label}: done.")


def mended(sheet: Held, info: RunInfo | None) -> Held:
    """Return the sheet with every fix carried out that needs no person's knowledge."""
    done = mending.mend(sheet.content, run=info.cycles if info else None)
    if done.content == sheet.content:
        return sheet
    return sheet.becomes(done.content, f"Fixes made: {len(done.done):,}.")


def turned(sheet: Held) -> Held:
    """Return the sheet with every i5 reverse-complemented.

    Raises:
        SheetRefused: it has none, or one that cannot be read.
    """
    seen = examine(sheet.content)
    if seen.sheet is None:
        raise SheetRefused("This is no sample sheet.")
    turn = turned_i5(seen.sheet)
    return sheet.becomes(
        mending.apply(seen.raw, [turn]), f"Second indexes turned round: {len(turn.edits):,}."
    )


def converted(sheet: Held, info: RunInfo | None, chosen: I5Orientation | None) -> Held:
    """Return the sheet in Illumina's second format; RunInfo is believed before what was chosen.

    Raises:
        SheetRefused: it has errors, is of another format, or nothing says how i5 is read.
    """
    seen = look(sheet, info)
    if seen.sheet is None or seen.has_errors:
        wrong = next(
            (each.message for each in seen.findings if each.severity is Severity.ERROR), ""
        )
        raise SheetRefused(f"Correct the sheet's errors first. {wrong}".strip())
    if seen.dialect is Dialect.ILLUMINA_V2:
        raise SheetRefused("The sheet is of the second format already.")
    done = to_v2(seen.sheet, i5=orientation(info) or chosen, run=info.cycles if info else None)
    return sheet.becomes(write(done.sheet), *done.notes)


def orientation(info: RunInfo | None) -> I5Orientation | None:
    """Return how a run reads i5, None where its RunInfo is silent."""
    if info is None or info.i5_reversed is None:
        return None
    return I5Orientation.REVERSE_COMPLEMENT if info.i5_reversed else I5Orientation.FORWARD


def file_name(sheet: Held) -> str:
    """Return the name under which the text is saved."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", sheet.name).strip("._") or _PASTED
    return name if name.lower().endswith((".csv", ".txt")) else f"{name.rsplit('.', 1)[0]}.csv"


def _written(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _newest(texts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    kept: list[bytes] = []
    for text in reversed(texts[-_UNDONE:]):
        if sum(map(len, kept)) + len(text) > _UNDONE_BYTES:
            break
        kept.append(text)
    return tuple(reversed(kept))
