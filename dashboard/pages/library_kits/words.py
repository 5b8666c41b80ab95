"""What pages say of the kits of libraries, and of how each is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.views import LibraryKit
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone

PATH = "/sequencing/kits"

SOURCES: Mapping[KitSource, Look] = {
    KitSource.WORKSHEET: Look("Worksheet", "clipboard-check", Tone.OK),
    KitSource.BY_HAND: Look("Named by hand", "pencil", Tone.INFO),
    KitSource.GUESSED: Look("Guessed by index pair", "question-circle", Tone.OFF),
}
UNKNOWN = Look("Unknown", "question-circle", Tone.WARN)


def href(*, run: str = "", lane: int | None = None, request: str = "") -> str:
    """Return the address of the kits of a run's, a lane's or a request's libraries."""
    asked = {"run": run, "lane": lane, "request": request}
    return f"{PATH}?{urlencode({name: said for name, said in asked.items() if said})}"


def how(kit: LibraryKit, zone: ZoneInfo) -> str:
    """Return who names a kit: a worksheet, a person and when; "" for a guess."""
    if kit.named_at is not None:
        return f"{kit.named_by_name}, {fmt.moment(kit.named_at, zone)}"
    return kit.worksheet


def summary(libraries: Iterable[UUID], kits: Mapping[UUID, LibraryKit]) -> str:
    """Say how many libraries are of which kit and how that is known: ``2 UD five (guessed …)``."""
    counts = Counter(
        f"{kit.name} ({SOURCES[kit.source].word.lower()})" if (kit := kits.get(each)) else "unknown"
        for each in set(libraries)
    )
    said = ", ".join(f"{fmt.count(number)} {name}" for name, number in sorted(counts.items()))
    return f"Index kits: {said or 'no library'}."
