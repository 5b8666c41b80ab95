"""The time before a sample was ours: recorded, coded as SPREC, overridden. Exported by service.py.

The sample's row is held by every change, so that two people cannot write at once.
"""

from dataclasses import replace

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import lineage, locking, volumes
from backend.samples.errors import PreanalyticalNotFound, RegistrationRefused
from backend.samples.events import PreanalyticalRecorded, SprecOverridden
from backend.samples.ids import LineageKind, SampleId
from backend.samples.models import Sample
from backend.samples.preanalytical import rules, solids, tables
from backend.samples.preanalytical.rules import FluidRecord, Sprec
from backend.samples.preanalytical.solids import SolidRecord
from backend.samples.preanalytical_models import SamplePreanalytical
from backend.samples.preanalytical_schemas import FluidFacts, SolidFacts
from backend.samples.preanalytical_views import PreanalyticalView

_FLUID, _SOLID = tuple(FluidFacts.model_fields), tuple(SolidFacts.model_fields)
_ALL = tuple(dict.fromkeys((*_FLUID, *_SOLID)))
_TIMES = ("ischaemic_at", "collected_at", "spun_at", "fixed_at", "fixed_until", "stored_at")


def record_preanalytical(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    facts: FluidFacts | SolidFacts,
) -> PreanalyticalView:
    """Write down what is known, in place of what was; a code set by hand is cleared with it.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: it is said to have happened in the future.
    """
    principal.require(Permission.SAMPLES_EDIT)
    sample = locking.lock_sample(session, principal, sample_id)
    _require_past(facts)
    is_solid = isinstance(facts, SolidFacts)
    sprec = _derived(_record_of(facts, is_solid=is_solid))
    row = _find(session, sample_id)
    before = None if row is None else _kept(row)
    if row is None:
        row = SamplePreanalytical(
            sample_id=sample.id,
            version=0,
            specimen=facts.specimen,
            derived_code=sprec.code,
            sprec_version=sprec.version,
        )
        session.add(row)
    row.is_solid = is_solid
    for name in _ALL:  # what only the other kind of sample has is left empty
        setattr(row, name, getattr(facts, name, None))
    row.version += 1
    row.derived_code, row.sprec_version = sprec.code, sprec.version
    row.recorded_by = principal.user_id
    _clear(row)
    session.flush()
    event = PreanalyticalRecorded(
        aggregate_id=sample.id, barcode=sample.barcode, sprec=row.derived_code
    )
    events_service.record(session, principal, event, old=before, new=_kept(row))
    return _view(row)


def override_sprec(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, code: str, reason: str
) -> PreanalyticalView:
    """Let a whole code count in place of the derived one, with the reason.

    Raises:
        SampleNotFound, PreanalyticalNotFound; RegistrationRefused: it is no code, or no reason.
    """
    principal.require(Permission.SAMPLES_EDIT)
    sample = locking.lock_sample(session, principal, sample_id)
    row = _get(session, sample)
    parsed = solids.parse_solid(code) if row.is_solid else rules.parse_fluid(code)
    if parsed is None:
        such = "TIS-SRG-B-C-NBF-E-P" if row.is_solid else "SER-SST-A-B-N-A-A"
        sentence = f"Write seven elements of SPREC joined by hyphens, such as {such}."
        raise RegistrationRefused(sentence, fields={"code": sentence})
    why = volumes.checked_reason(reason, "Write what the code rests on.")
    before = row.override_code
    row.override_code, row.override_reason = rules.format_code(parsed), why
    row.override_by, row.override_by_name = principal.user_id, principal.name
    _changed(session, principal, sample, row, before=before, reason=why)
    return _view(row)


def clear_sprec_override(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, reason: str
) -> PreanalyticalView:
    """Let the derived code count again. Same errors as `override_sprec`."""
    principal.require(Permission.SAMPLES_EDIT)
    sample = locking.lock_sample(session, principal, sample_id)
    row = _get(session, sample)
    why = volumes.checked_reason(reason, "Write why the derived code counts again.")
    before = row.override_code
    _clear(row)
    _changed(session, principal, sample, row, before=before, reason=why)
    return _view(row)


def preanalytical_of(
    session: ReadSession, principal: Principal, sample_id: SampleId
) -> PreanalyticalView | None:
    """Return a sample's own record or its nearest ancestor's; None where there is neither.

    A pool has several nearest ancestors with different pasts, so it inherits none.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    above, _ = lineage.lineage_of(session, principal, sample_id)
    keys = [sample_id, *(edge.id for edge in above)]
    found = {
        row.sample_id: row
        for row in session.scalars(
            select(SamplePreanalytical).where(SamplePreanalytical.sample_id.in_(keys))
        )
    }
    if sample_id in found:
        return _view(found[sample_id])
    with_record = [edge for edge in above if edge.id in found]
    if not with_record:
        return None
    nearest = max(edge.distance for edge in with_record)
    if any(edge.kind is LineageKind.POOL for edge in above if edge.distance >= nearest):
        return None
    sources = [edge for edge in with_record if edge.distance == nearest]
    if len(sources) != 1:
        return None
    return _inherited(_view(found[sources[0].id]), sources[0].barcode)


def _inherited(view: PreanalyticalView, barcode: str) -> PreanalyticalView:
    record = replace(view.record, storage_c=None, vessel=None)
    code = view.override_code
    if code is not None:
        code = rules.format_code((*code.split("-")[:-1], tables.UNKNOWN))
    return replace(
        view,
        record=record,
        sprec=_derived(record),
        override_code=code,
        inherited_from=barcode,
    )


def _require_past(facts: FluidFacts | SolidFacts) -> None:
    now = clock.utc_now()
    for name in _TIMES:
        at = getattr(facts, name, None)
        if at is not None and at > now:
            sentence = "This time is still to come. Check date and hour."
            raise RegistrationRefused(sentence, fields={name: sentence})


def _find(session: ReadSession, sample_id: SampleId) -> SamplePreanalytical | None:
    return session.scalars(
        select(SamplePreanalytical).where(SamplePreanalytical.sample_id == sample_id)
    ).one_or_none()


def _get(session: ReadSession, sample: Sample) -> SamplePreanalytical:
    row = _find(session, SampleId(sample.id))
    if row is None:
        raise PreanalyticalNotFound(sample.barcode)
    return row


def _clear(row: SamplePreanalytical) -> None:
    row.override_code = row.override_reason = None
    row.override_by = row.override_by_name = None


def _changed(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    row: SamplePreanalytical,
    *,
    before: str | None,
    reason: str,
) -> None:
    row.version += 1
    session.flush()
    event = SprecOverridden(
        aggregate_id=sample.id, barcode=sample.barcode, sprec=row.override_code or row.derived_code
    )
    events_service.record(
        session,
        principal,
        event,
        old={"override_code": before},
        new={"override_code": row.override_code, "sprec": event.sprec},
        reason=reason,
    )


def _record_of(
    facts: FluidFacts | SolidFacts | SamplePreanalytical, *, is_solid: bool
) -> FluidRecord | SolidRecord:
    if is_solid:
        return SolidRecord(**{name: getattr(facts, name) for name in _SOLID})
    return FluidRecord(**{name: getattr(facts, name) for name in _FLUID})


def _derived(record: FluidRecord | SolidRecord) -> Sprec:
    match record:
        case SolidRecord():
            return solids.derive_solid(record)
        case FluidRecord():
            return rules.derive_fluid(record)


def _kept(row: SamplePreanalytical) -> dict[str, object]:
    fields = _SOLID if row.is_solid else _FLUID
    known = {name: getattr(row, name) for name in fields}
    return {**known, "sprec": row.derived_code, "override_code": row.override_code}


def _view(row: SamplePreanalytical) -> PreanalyticalView:
    record = _record_of(row, is_solid=row.is_solid)
    return PreanalyticalView(
        record=record,
        sprec=_derived(record),
        version=row.version,
        override_code=row.override_code,
        override_reason=row.override_reason,
        override_by_name=row.override_by_name,
        inherited_from=None,
    )
