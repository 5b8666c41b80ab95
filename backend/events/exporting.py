"""Taking the audit trail out as a file that can be held against the chain later.

Every entry carries its position and hash, and the file who took what out when. Whoever doubts a
copy compares these with the database, whose own chain ``tracseq audit verify`` walks. A short file
is made at once; a long one piece by piece, by a worker (reports/audit_exports.py).
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import queries, rules, service
from backend.events.audit_files import AuditFile, AuditFormat
from backend.events.models import AuditEntry
from backend.events.views import AuditFilters, Json

AT_ONCE: Mapping[AuditFormat, int] = {
    AuditFormat.CSV: 2_000,
    AuditFormat.JSON: 2_000,
    # Pages are set line by line, which takes some milliseconds an entry.
    AuditFormat.PDF: 200,
}
"""So many entries are made into a file while somebody waits; more take a worker."""
PIECE_ENTRIES = 2_000
MOST_ENTRIES: Mapping[AuditFormat, int] = {
    AuditFormat.CSV: 200_000,
    AuditFormat.JSON: 200_000,
    # Some thousand pages: more is read by a program, which takes the other two.
    AuditFormat.PDF: 20_000,
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
        InvalidInput: more than a file of this format holds.
    """
    count_entries(session, principal, kind=kind, filters=filters)
    file = new_file(principal, kind=kind, filters=filters)
    for piece in entry_pieces(session, principal, filters=filters):
        file.add(piece)
    content = file.close()
    record_export(
        session, principal, export_id=new_id(), kind=kind, filters=filters, entries=file.entries
    )
    return content


def count_entries(
    session: ReadSession, principal: Principal, *, kind: AuditFormat, filters: AuditFilters
) -> int:
    """Return how many entries a file will hold.

    Raises:
        PermissionDenied: without the right to read the audit trail.
        InvalidInput: more than a file of this format holds.
    """
    principal.require(Permission.AUDIT_VIEW)
    found = queries.filtered(filters).with_only_columns(AuditEntry.id).subquery()
    entries = session.execute(select(func.count()).select_from(found)).scalar_one()
    if entries > MOST_ENTRIES[kind]:
        raise InvalidInput(
            f"These are {entries:,} entries, and a {kind.value.upper()} file holds at most "
            f"{MOST_ENTRIES[kind]:,}. Narrow them, by a record or by days, and take them out in "
            "several files."
        )
    return entries


def new_file(principal: Principal, *, kind: AuditFormat, filters: AuditFilters) -> AuditFile:
    """Return an empty file that says who takes it, when, and by which filters."""
    return AuditFile(kind, taken_by=principal.name, filters=as_asked(filters), at=clock.utc_now())


def entry_pieces(
    session: ReadSession, principal: Principal, *, filters: AuditFilters
) -> Iterator[Sequence[AuditEntry]]:
    """Yield the entries that the filters leave, oldest first, piece by piece."""
    principal.require(Permission.AUDIT_VIEW)
    found = queries.filtered(filters).order_by(AuditEntry.id).limit(PIECE_ENTRIES)
    after = 0
    while piece := session.scalars(found.where(AuditEntry.id > after)).all():
        yield piece
        after = piece[-1].id
        # What is written down is not needed again; a long file would fill the memory with rows.
        for entry in piece:
            session.expunge(entry)


def record_export(
    session: WriteSession,
    principal: Principal,
    *,
    export_id: UUID,
    kind: AuditFormat,
    filters: AuditFilters,
    entries: int,
) -> None:
    """Note in the trail that a part of it was taken out, by whom and how many."""
    taken = AuditExported(
        aggregate_id=export_id, format=kind.value, entries=entries, filters=as_asked(filters)
    )
    service.record(session, principal, taken)


def as_asked(filters: AuditFilters) -> dict[str, Json]:
    """Return the filters that ask for something, as JSON."""
    return {
        name: rules.as_json(value)
        for name, value in dataclasses.asdict(filters).items()
        if value is not None
    }
