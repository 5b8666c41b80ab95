"""Registering many samples at once: columns by COPY, checked in sets. Exported by service.

What is refused is refused with its row and a sentence; the rest registers in the caller's
transaction. A part in which nothing seems wrong goes straight in: the unique indexes ask of each
row what a check before would ask. Where they refuse, the part is taken back, staged and judged row
by row. A long list comes in parts, so that memory holds one part of it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError

from backend.core import barcodes, clock
from backend.core.copying import (
    NULL,
    copy_lines,
    each_once,
    escaped,
    json_objects,
    lines_of,
    texts_of,
    written,
)
from backend.core.errors import Conflict
from backend.core.ids import new_ids, new_keys
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.events.rules import as_json
from backend.samples import consenting, issuing, queries, rules, staging
from backend.samples.codes import CodeRules
from backend.samples.columns import FIELDS, SampleColumns, columns_of, default_of
from backend.samples.events import BatchRegistered
from backend.samples.ids import Custody, Lifecycle, MaterialType, QcVerdict, SampleId
from backend.samples.models import Project, Sample
from backend.samples.schemas import SampleRegistration
from backend.samples.views import BatchResult

_SERIAL_LENGTH = 5


@dataclass(slots=True)
class OpenBatch:
    """A batch whose parts are coming in, and how many of its samples are registered so far."""

    import_id: UUID
    open_projects: dict[str, UUID]
    code_rules: CodeRules
    same: str
    """What ends every sample's line: custody, verdict, import and who registered it."""
    registered: int = 0


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """A part of a batch, written out; ``drawn`` holds the rows whose label is new.

    ``samples`` are lines up to the parent's key, ``steps`` those of the first steps up to the
    action, and ``audited`` is what the trail keeps of each row.
    """

    columns: SampleColumns
    ids: Sequence[UUID]
    codes: Sequence[str]
    drawn: frozenset[int]
    samples: Sequence[str]
    steps: Sequence[str]
    audited: Sequence[str]
    is_plain: bool
    """Nothing is known to be wrong with a row, and none has a parent to be found."""


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
    batch = open_batch(session, principal, import_id=import_id)
    part = prepare_part(batch, columns_of(registrations))
    result = register_part(session, principal, batch, part)
    close_batch(session, principal, batch)
    return result


def open_batch(session: WriteSession, principal: Principal, *, import_id: UUID) -> OpenBatch:
    """Return a batch to register parts into; `close_batch` ends it in the same transaction."""
    principal.require(Permission.SAMPLES_REGISTER)
    visible = queries.visible_projects(principal).where(Project.is_open)
    session.execute(staging.ROOM)
    ends = (Custody.NOT_PLACED, QcVerdict.NONE, import_id, principal.user_id)
    return OpenBatch(
        import_id,
        {row.code: row.id for row in session.scalars(visible)},
        issuing.code_rules(session),
        same="\t".join(map(written, ends)),
    )


def prepare_part(batch: OpenBatch, columns: SampleColumns) -> PreparedPart:
    """Return a part as it will be written: keys and labels drawn, every line written out.

    It asks the database nothing, so a thread may prepare one part while another is registered.
    """
    codes, drawn = _labelled(columns)
    ids = new_ids(columns.count)
    return _written_out(batch, columns, ids, codes, drawn)


def register_part(
    session: WriteSession, principal: Principal, batch: OpenBatch, part: PreparedPart
) -> BatchResult:
    """Register a part's samples as `register_batch` does; rows are counted from the part's first.

    Raises:
        Conflict: another registration took one of the codes at the same moment; nothing is saved.
    """
    part = _with_free_labels(session, batch, _with_own_series(session, batch, part))
    named = part.columns.values.get("consent", ())
    consents = consenting.hold_consents(session, named)
    refused: list[tuple[int, str, str]] = []
    kept: Sequence[int] = range(part.columns.count)
    parents: Mapping[int, str] = {}
    wrong = [*_misread(batch, part), *consents.refused_rows(named)]
    if wrong or not _goes_straight_in(session, batch, part):
        refused = _judge(session, batch, part, wrong)
        out = {index for index, _, _ in refused}
        kept = [index for index in kept if index not in out]
        parents = _parents(session, part)
        try:
            copy_lines(session, staging.SAMPLES, _lines(batch, part, kept, parents))
        except IntegrityError as error:
            raise Conflict(
                "Somebody registered one of these samples at the same moment. Nothing was saved; "
                "check the list again and register what is left."
            ) from error
    if consents.found:
        consenting.tie(session, consents, {part.ids[at]: named[at] for at in kept if named[at]})
    _record_each(session, principal, part, kept)
    batch.registered += len(kept)
    return BatchResult(
        ids=[SampleId(part.ids[index]) for index in kept],
        barcodes=[part.codes[index] for index in kept],
        refused=refused,
    )


def close_batch(session: WriteSession, principal: Principal, batch: OpenBatch) -> None:
    """Record the batch's one event, unless nothing was registered."""
    if batch.registered:
        event = BatchRegistered(aggregate_id=batch.import_id, registered=batch.registered)
        events_service.record(session, principal, event)


def _labelled(columns: SampleColumns) -> tuple[list[str], frozenset[int]]:
    """Return each row's barcode, and the rows whose code was drawn because none was given."""
    given = columns.column("barcode")
    missing = frozenset(index for index, code in enumerate(given) if code is None)
    return _drawn_anew(columns, given, missing) if missing else list(given), missing


def _drawn_anew(
    columns: SampleColumns, codes: Sequence[str | None], rows: Collection[int]
) -> list[str]:
    """Return the codes with new ones drawn for ``rows``, none of which stands in the list."""
    materials, today = columns.column("material_type"), clock.utc_now().date()
    used = set(codes)
    labelled = list(codes)
    for index in rows:
        # A row that is refused for its type is given a code nobody will print.
        prefix = rules.BARCODE_PREFIX[materials[index] or MaterialType.OTHER]
        code = None
        while code is None or code in used:
            serial = barcodes.new_serial(_SERIAL_LENGTH)
            code = barcodes.barcode_of(prefix, today, serial)
        used.add(code)
        labelled[index] = code
    return cast("list[str]", labelled)


def _with_own_series(session: WriteSession, batch: OpenBatch, part: PreparedPart) -> PreparedPart:
    """Return the part with codes of the laboratory's own series where a material has one."""
    materials, given = part.columns.column("material_type"), set(part.codes)
    kinds = Counter(materials[index] for index in part.drawn)
    numbered = {
        kind: iter([code for code in issuing.new_codes(session, kind, count) if code not in given])
        for kind, count in kinds.items()
        if kind is not None
    }
    labels = list(part.codes)
    named = set()
    for index in sorted(part.drawn):
        code = next(numbered.get(materials[index], iter(())), None)
        if code is not None:
            labels[index] = code
            named.add(index)
    if not named:
        return part
    return _written_out(batch, part.columns, part.ids, labels, part.drawn - named)


def _with_free_labels(session: WriteSession, batch: OpenBatch, part: PreparedPart) -> PreparedPart:
    """Return the part with other codes for those it drew that a sample has already."""
    drawn = part.drawn
    while drawn:
        codes = [part.codes[index] for index in drawn]
        taken = select(Sample.barcode).where(Sample.barcode == func.any(codes))
        clashes = set(session.scalars(taken))
        drawn = frozenset(index for index in drawn if part.codes[index] in clashes)
        if drawn:
            labels = _drawn_anew(part.columns, part.codes, drawn)
            part = _written_out(batch, part.columns, part.ids, labels, part.drawn)
    return part


def _written_out(
    batch: OpenBatch,
    columns: SampleColumns,
    ids: Sequence[UUID],
    codes: Sequence[str],
    drawn: frozenset[int],
) -> PreparedPart:
    """Return the part with every line of it written."""
    own: dict[str, Sequence[str]] = {
        "id": [key.hex for key in ids],
        "barcode": texts_of(codes),
        "project_id": _projects(batch, columns),
        "lifecycle": each_once(columns.column("received_at"), _lifecycle),
    }
    for name in {*staging.GIVEN} - {*own}:
        own[name] = _written(columns, name)
    return PreparedPart(
        columns=columns,
        ids=ids,
        codes=codes,
        drawn=drawn,
        samples=lines_of([own[name] for name in staging.GIVEN]),
        steps=lines_of([new_keys(columns.count), own["id"], own["project_id"]]),
        audited=_audited(batch, columns, codes),
        is_plain=not (
            columns.refused or NULL in own["project_id"] or any(columns.column("parent_barcode"))
        ),
    )


def _projects(batch: OpenBatch, columns: SampleColumns) -> list[str]:
    """Return the key of each row's project, written; NULL for one that is not open to us."""
    codes = columns.column("project_code")
    return each_once(codes, lambda code: written(batch.open_projects.get(code)))


def _written(columns: SampleColumns, field: str) -> Sequence[str]:
    is_json = field == "attributes"
    if field not in columns.values:
        return [(_json if is_json else written)(default_of(field))] * columns.count
    column = columns.values[field]
    return each_once(column, _json) if is_json else texts_of(column)


def _lifecycle(received_at: object) -> str:
    return Lifecycle.REGISTERED.value if received_at is None else Lifecycle.RECEIVED.value


def _audited(batch: OpenBatch, columns: SampleColumns, codes: Sequence[str]) -> list[str]:
    """Return what the audit trail keeps of each row, as JSON: all that was given."""
    given = {**columns.values, "barcode": codes}
    same = {field: default_of(field) for field in FIELDS if field not in given}
    same["import_id"] = batch.import_id
    return json_objects(given.items(), columns.count, start=same, default=as_json)


def _json(value: object) -> str:
    return escaped(orjson.dumps(value, default=as_json).decode())


def _goes_straight_in(session: WriteSession, batch: OpenBatch, part: PreparedPart) -> bool:
    """Write a part's samples without asking first; False, and nothing written, where one may not.

    Whoever registers one of the codes at the same moment is waited for, as a check before would
    not do.
    """
    if not part.is_plain:
        return False
    try:
        with session.begin_nested():
            lines = _lines(batch, part, range(part.columns.count), {})
            copy_lines(session, staging.SAMPLES, lines)
    except IntegrityError:
        return False
    return True


def _judge(
    session: WriteSession,
    batch: OpenBatch,
    part: PreparedPart,
    wrong: Sequence[tuple[int, str, str]],
) -> list[tuple[int, str, str]]:
    """Stage a part and return the rows that may not be registered, each with its first reason.

    ``wrong`` is what is known of them before the table is asked.
    """
    columns = part.columns
    known = {index for index, _, _ in columns.refused}
    staged = {
        "ord": list(map(str, range(columns.count))),
        "id": [key.hex for key in part.ids],
        "barcode": texts_of(part.codes),
        "project_id": _projects(batch, columns),
        "refused": ["t" if index in known else "f" for index in range(columns.count)],
    }
    lines = lines_of([staged.get(name) or _written(columns, name) for name in staging.STAGED])
    session.execute(staging.CREATE)
    session.execute(staging.EMPTY)
    copy_lines(session, staging.COPY, lines)
    found = [(row.ord, row.field, _sentence(row)) for row in session.execute(staging.REFUSED)]
    already = known | {index for index, _, _ in found}
    first = {index: (index, field, said) for index, field, said in reversed(wrong)}
    codes = [one for index, one in first.items() if index not in already]
    if codes:
        session.execute(staging.REFUSE, {"rows": [index for index, _, _ in codes]})
    return sorted([*columns.refused, *found, *codes])


def _misread(batch: OpenBatch, part: PreparedPart) -> list[tuple[int, str, str]]:
    """Return the rows whose code was misread or is of no tube taken here, with why."""
    given = part.columns.column("barcode")
    sentences = batch.code_rules.refusals({code for code in given if code})
    if not sentences:
        return []
    return [
        (index, "barcode", sentences[code]) for index, code in enumerate(given) if code in sentences
    ]


def _parents(session: WriteSession, part: PreparedPart) -> dict[int, str]:
    """Return the parent's and the family's key, written, of each staged row that has a parent."""
    if not any(part.columns.column("parent_barcode")):
        return {}
    return {
        row.ord: f"{row.id.hex}\t{row.family_id.hex}" for row in session.execute(staging.PARENTS)
    }


def _lines(
    batch: OpenBatch, part: PreparedPart, kept: Sequence[int], parents: Mapping[int, str]
) -> list[str]:
    """Return the samples' whole lines."""
    none = f"{NULL}\t{NULL}"
    return [f"{part.samples[at]}\t{parents.get(at, none)}\t{batch.same}" for at in kept]


def _record_each(
    session: WriteSession, principal: Principal, part: PreparedPart, kept: Sequence[int]
) -> None:
    """Write the first step and the audit entry of every registered sample."""
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    step = "\t".join(map(written, ("register", "pending", now, 0, principal.name)))
    copy_lines(session, staging.STEPS, [f"{part.steps[at]}\t{step}" for at in kept])
    entry = (principal.user_id, principal.name, principal.origin, principal.request_id)
    start = "\t".join(map(written, (*entry, "samples.sample_registered", "sample")))
    audited = [f"{start}\t{part.ids[at].hex}\t{part.audited[at]}" for at in kept]
    copy_lines(session, staging.AUDIT, audited)


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
