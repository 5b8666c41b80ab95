"""Registering many samples at once: staged by binary COPY, checked in sets. Exported by service.py.

What is refused is refused with its row and a sentence; the rest registers in the caller's
transaction. The unique indexes have the last word between two batches at the same moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError

from backend.core import barcodes, clock
from backend.core.errors import Conflict
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.events.rules import as_json
from backend.samples import issuing, queries, rules, staging
from backend.samples.events import BatchRegistered
from backend.samples.ids import Lifecycle, SampleId
from backend.samples.models import Project, Sample
from backend.samples.schemas import SampleRegistration
from backend.samples.views import BatchResult

_SERIAL_LENGTH = 5


def register_batch(
    session: WriteSession,
    principal: Principal,
    *,
    registrations: Sequence[SampleRegistration],
    import_id: UUID,
) -> BatchResult:
    """Register every sample that may be and say why the others may not.

    One event speaks for the batch; each sample has its own audit entry under it.

    Raises:
        Conflict: another registration took one of the codes at the same moment; nothing is saved.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    open_projects = _open_projects(session, principal)
    codes = _barcodes(session, registrations)
    ids = [new_id() for _ in registrations]
    session.execute(staging.ROOM)
    session.execute(staging.CREATE)
    _stage(
        session,
        _rows(
            registrations,
            zip(ids, codes, strict=True),
            open_projects,
            import_id=import_id,
            created_by=principal.user_id,
        ),
    )
    refused = [(row.ord, row.field, _sentence(row)) for row in session.execute(staging.REFUSED)]
    refused = sorted(refused + _refuse_codes(session, registrations, refused))
    out = {index for index, _, _ in refused}
    kept = [index for index in range(len(registrations)) if index not in out]
    if kept:
        _insert(session, principal, import_id, len(kept))
    session.execute(staging.DROP)
    return BatchResult(
        ids=[SampleId(ids[index]) for index in kept],
        barcodes=[codes[index] for index in kept],
        refused=refused,
    )


def _open_projects(session: WriteSession, principal: Principal) -> dict[str, UUID]:
    visible = queries.visible_projects(principal).where(Project.is_open)
    return {project.code: project.id for project in session.scalars(visible)}


def _barcodes(session: WriteSession, registrations: Sequence[SampleRegistration]) -> list[str]:
    """Return each registration's barcode, new ones where none was given."""
    today = clock.utc_now().date()
    given = {registration.barcode for registration in registrations}

    kinds = Counter(each.material_type for each in registrations if each.barcode is None)
    numbered = {
        kind: iter([c for c in issuing.new_codes(session, kind, count) if c not in given])
        for kind, count in kinds.items()
    }

    def fresh(registration: SampleRegistration) -> str:
        for code in numbered[registration.material_type]:
            return code
        prefix = rules.BARCODE_PREFIX[registration.material_type]
        while True:
            serial = barcodes.new_serial(_SERIAL_LENGTH)
            code = barcodes.barcode_of(prefix, today, serial)
            if code not in given:
                given.add(code)
                return code

    codes = [registration.barcode or fresh(registration) for registration in registrations]
    made = {
        index: code
        for index, (code, registration) in enumerate(zip(codes, registrations, strict=True))
        if registration.barcode is None
    }
    while made:
        taken = select(Sample.barcode).where(Sample.barcode == func.any(list(made.values())))
        clashes = set(session.scalars(taken))
        made = {index: code for index, code in made.items() if code in clashes}
        for index in made:
            codes[index] = made[index] = fresh(registrations[index])
    return codes


def _refuse_codes(
    session: WriteSession,
    registrations: Sequence[SampleRegistration],
    refused: Sequence[tuple[int, str, str]],
) -> list[tuple[int, str, str]]:
    """Mark rows whose code was misread or is of no tube taken here; return them with why."""
    given = {registration.barcode for registration in registrations if registration.barcode}
    sentences = issuing.refusals(session, given)
    already = {index for index, _, _ in refused}
    found = [
        (index, "barcode", sentences[registration.barcode])
        for index, registration in enumerate(registrations)
        if registration.barcode in sentences and index not in already
    ]
    if found:
        session.execute(staging.REFUSE, {"rows": [index for index, _, _ in found]})
    return found


def _rows(
    registrations: Sequence[SampleRegistration],
    named: Iterable[tuple[UUID, str]],
    open_projects: dict[str, UUID],
    *,
    import_id: UUID,
    created_by: UUID | None,
) -> Iterator[tuple[Any, ...]]:
    for index, (registration, (sample_id, code)) in enumerate(
        zip(registrations, named, strict=True)
    ):
        received = registration.received_at is not None
        yield (
            index,
            sample_id,
            code,
            registration.project_code,
            open_projects.get(registration.project_code),
            registration.name,
            registration.external_id,
            registration.subject_code,
            registration.material_type.value,
            registration.temperature_class.value,
            registration.container_type,
            registration.biosafety_level,
            registration.volume_ul,
            registration.concentration_ng_per_ul,
            registration.a260_280,
            registration.a260_230,
            registration.rin,
            registration.din,
            registration.index_i7,
            registration.index_i5,
            registration.collected_on,
            registration.received_at,
            registration.submitter,
            registration.priority.value,
            registration.analysis,
            registration.notes,
            orjson.dumps(registration.attributes).decode(),
            registration.parent_barcode,
            registration.is_backup,
            Lifecycle.RECEIVED.value if received else Lifecycle.REGISTERED.value,
            import_id,
            created_by,
            _audited(registration, code, import_id),
        )


def _audited(registration: SampleRegistration, barcode: str, import_id: UUID) -> str:
    """Return what the audit trail keeps of a registration, as JSON: all that was given."""
    given = {name: value for name, value in registration if value is not None}
    given["barcode"], given["import_id"] = barcode, import_id
    return orjson.dumps(given, default=as_json).decode()


def _stage(session: WriteSession, rows: Iterator[tuple[Any, ...]]) -> None:
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with connection.cursor() as cursor, cursor.copy(staging.COPY) as copy:
        copy.set_types(staging.TYPES)
        for row in rows:
            copy.write_row(row)


def _insert(session: WriteSession, principal: Principal, import_id: UUID, count: int) -> None:
    who = {
        "actor_id": principal.user_id,
        "actor_name": principal.name,
        "origin": principal.origin.value,
        "request_id": principal.request_id,
    }
    try:
        session.execute(staging.INSERT)
    except IntegrityError as error:
        raise Conflict(
            "Somebody registered one of these samples at the same moment. Nothing was saved; "
            "check the list again and register what is left."
        ) from error
    session.execute(staging.TRANSITIONS, {"actor_name": principal.name})
    session.execute(staging.AUDIT, who)
    event = BatchRegistered(aggregate_id=import_id, registered=count)
    events_service.record(session, principal, event)


def _sentence(row: Row[Any]) -> str:
    match row.field, row.why:
        case "barcode", "repeated":
            return f"Barcode {row.seen} stands twice in this list. Give one of them another code."
        case "barcode", _:
            return f"Barcode {row.seen} already belongs to another sample. Give it another code."
        case "external_id", "repeated":
            return f"{row.seen} stands twice in this list. Name each sample once."
        case "external_id", _:
            return f"{row.seen} is registered in this project already."
        case "parent_barcode", _:
            return f"No sample carries the barcode {row.seen}. Register the parent first."
        case _:
            return f"Project {row.seen} is not among your open projects. Choose another project."
