"""Taking the audit trail out as a file that can be held against the chain later.

Every entry carries its position and hash, and the file who took what out when. Whoever doubts a
copy compares these with the database, whose own chain ``tracseq audit verify`` walks.
"""

import csv
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.formulas import never_run
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import queries, rules, service
from backend.events.models import AuditEntry
from backend.events.views import AuditFilters, Json

MOST_ENTRIES = 50_000
"""A file is made while somebody waits for it; this many take some seconds."""


class AuditFormat(StrEnum):
    """What the trail may be taken out as."""

    CSV = "csv"
    JSON = "json"


MEDIA_TYPES: Mapping[AuditFormat, str] = {
    AuditFormat.CSV: "text/csv; charset=utf-8",
    AuditFormat.JSON: "application/json",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuditExported:
    """A person took a part of the audit trail out as a file; the aggregate is the file."""

    TYPE: ClassVar[str] = "events.audit_exported"
    AGGREGATE: ClassVar[str] = "audit_export"

    aggregate_id: UUID
    format: str
    entries: int
    filters: Mapping[str, Json]


def export_audit(
    session: WriteSession, principal: Principal, *, kind: AuditFormat, filters: AuditFilters
) -> bytes:
    """Return the entries that the filters leave as a file, oldest first, and record who took it.

    Raises:
        PermissionDenied: without the right to read the audit trail.
        InvalidInput: more than MOST_ENTRIES.
    """
    principal.require(Permission.AUDIT_VIEW)
    found = queries.filtered(filters).order_by(AuditEntry.id).limit(MOST_ENTRIES + 1)
    entries = session.scalars(found).all()
    if len(entries) > MOST_ENTRIES:
        raise InvalidInput(
            f"These are more than {MOST_ENTRIES:,} entries. Narrow them, by a record or by days, "
            "and take them out in several files."
        )
    asked = {
        name: rules.as_json(value)
        for name, value in dataclasses.asdict(filters).items()
        if value is not None
    }
    about = _about(principal, entries, asked, at=clock.utc_now())
    taken = AuditExported(
        aggregate_id=new_id(), format=kind.value, entries=len(entries), filters=asked
    )
    service.record(session, principal, taken)
    rows = [_row(entry) for entry in entries]
    match kind:
        case AuditFormat.CSV:
            return _as_csv(about, rows)
        case AuditFormat.JSON:
            written = json.dumps({"export": about, "entries": rows}, ensure_ascii=False, indent=1)
            return written.encode()


def _about(
    principal: Principal,
    entries: Sequence[AuditEntry],
    asked: Mapping[str, Json],
    *,
    at: datetime,
) -> dict[str, Json]:
    sealed = [entry for entry in entries if entry.pos is not None]
    about: dict[str, Json] = {
        "taken_at": at.isoformat(),
        "taken_by": principal.name,
        "filters": dict(asked),
        "entries": len(entries),
        "not_sealed_yet": len(entries) - len(sealed),
    }
    for name, entry in (("first", sealed[:1]), ("last", sealed[-1:])):
        about[f"{name}_position"] = entry[0].pos if entry else None
        about[f"{name}_hash"] = _hex(entry[0].hash) if entry else None
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
