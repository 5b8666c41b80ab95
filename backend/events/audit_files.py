"""The audit trail as a file of each format: what it says of itself, and the entries below."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from backend.core.formulas import never_run
from backend.events.adapters import audit_pages
from backend.events.models import AuditEntry
from backend.events.views import Json


class AuditFormat(StrEnum):
    """What the trail may be taken out as."""

    CSV = "csv"
    JSON = "json"
    PDF = "pdf"


MEDIA_TYPES: Mapping[AuditFormat, str] = {
    AuditFormat.CSV: "text/csv; charset=utf-8",
    AuditFormat.JSON: "application/json",
    AuditFormat.PDF: audit_pages.MEDIA_TYPE,
}


class AuditFile:
    """Takes entries in the order of the trail, piece by piece, and says at its top what it holds.

    What it says is counted from the entries that it was given, so the two cannot differ.
    """

    def __init__(
        self, kind: AuditFormat, *, taken_by: str, filters: Mapping[str, Json], at: datetime
    ) -> None:
        self._kind, self._filters = kind, dict(filters)
        self._about: dict[str, Json] = {"taken_at": at.isoformat(), "taken_by": taken_by}
        self._rows: list[dict[str, Json]] = []
        self._sealed: list[tuple[int | None, str | None]] = []
        """Position and hash of the first and of the last sealed entry."""
        self._not_sealed = 0

    @property
    def entries(self) -> int:
        """Return how many entries it holds."""
        return len(self._rows)

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Take entries that come after those before."""
        for entry in entries:
            self._rows.append(_row(entry))
            if entry.pos is None:
                self._not_sealed += 1
            else:
                self._sealed = [*self._sealed[:1], (entry.pos, _hex(entry.hash))]

    def close(self) -> bytes:
        """Return the file."""
        about = self._described()
        match self._kind:
            case AuditFormat.CSV:
                return _as_csv(about, self._rows)
            case AuditFormat.JSON:
                made = {"export": about, "entries": self._rows}
                return json.dumps(made, ensure_ascii=False, indent=1).encode()
            case AuditFormat.PDF:
                return audit_pages.draw(about, self._rows)

    def _described(self) -> dict[str, Json]:
        about: dict[str, Json] = {
            **self._about,
            "filters": self._filters,
            "entries": self.entries,
            "not_sealed_yet": self._not_sealed,
        }
        for name, end in (("first", self._sealed[:1]), ("last", self._sealed[-1:])):
            about[f"{name}_position"], about[f"{name}_hash"] = end[0] if end else (None, None)
        return about


def _row(entry: AuditEntry) -> dict[str, Json]:
    return {
        "position": entry.pos,
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor_name,
        "actor_id": None if entry.actor_id is None else str(entry.actor_id),
        "origin": entry.origin,
        "request_id": entry.request_id,
        "action": entry.action,
        "entity": entry.entity,
        "entity_id": str(entry.entity_id),
        "old_values": entry.old_values,
        "new_values": entry.new_values,
        "reason": entry.reason,
        "previous_hash": _hex(entry.previous_hash),
        "hash": _hex(entry.hash),
    }


def _as_csv(about: Mapping[str, Json], rows: Sequence[Mapping[str, Json]]) -> bytes:
    """Return two columns about the file, an empty line, then the entries below their heads."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([name, _text(value)] for name, value in about.items())
    writer.writerow([])
    writer.writerow(_HEADS)
    writer.writerows([_text(row[head]) for head in _HEADS] for row in rows)
    return file.getvalue().encode("utf-8-sig")


_HEADS = (
    "position",
    "id",
    "at",
    "actor",
    "actor_id",
    "origin",
    "request_id",
    "action",
    "entity",
    "entity_id",
    "old_values",
    "new_values",
    "reason",
    "previous_hash",
    "hash",
)


def _text(value: Json) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case str():
            return never_run(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        case _:
            return str(value)


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()
