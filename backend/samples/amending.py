"""Amending registered samples from a list that was sent again. Exported by service.

Rows are locked in key order and changed in one statement for a part; each sample keeps the old and
the new values in the audit trail, and one event speaks for the list. A volume is corrected in its
ledger, tube by tube.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import amend_rules, consenting, consents, queries, rules, signing, volumes
from backend.samples.errors import RegistrationRefused
from backend.samples.events import SamplesAmended
from backend.samples.ids import SampleId, VolumeCause
from backend.samples.models import Sample
from backend.samples.standing import standing_of

ACTION = "samples.sample_amended"
"""What the audit trail calls one sample's amendment."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What to set of one sample; ``version`` is the one the change was shown for."""

    sample_id: SampleId
    version: int
    changes: Mapping[str, Any]
    volume_ul: Decimal | None = None
    consent: str | None = None
    """Reference of the consent to tie it to; None leaves what is."""


def amend_samples(
    session: WriteSession,
    principal: Principal,
    *,
    amendments: Sequence[Amendment],
    reason: str,
    import_id: UUID,
) -> dict[SampleId, str]:
    """Change every sample that may be changed, and return why the others may not.

    Raises:
        PermissionDenied: without the right to edit samples.
        RegistrationRefused: no reason is given, or a field is none that may change.
    """
    principal.require(Permission.SAMPLES_EDIT)
    why = volumes.checked_reason(reason, "Write why the samples are changed.")
    unknown = {name for each in amendments for name in each.changes} - set(amend_rules.AMENDABLE)
    if unknown:
        raise RegistrationRefused(f"A list cannot change {', '.join(sorted(unknown))}.")
    named = consenting.hold_consents(session, [each.consent for each in amendments])
    samples = _lock(session, principal, [each.sample_id for each in amendments])
    refused: dict[SampleId, str] = {}
    taken: list[tuple[Sample, Amendment]] = []
    for each in amendments:
        sample = samples.get(each.sample_id)
        refusal = _refusal(session, sample, each) or named.refusal(each.consent)
        if sample is None or refusal is not None:
            refused[each.sample_id] = refusal or "It is not among your samples."
        else:
            taken.append((sample, each))
    for sample, each in taken:
        _set(session, principal, sample, each, why)
    _write(session)
    for sample, each in taken:
        if each.volume_ul is not None:
            _correct(session, principal, sample, each.volume_ul, why)
    _tie(session, principal, taken, named)
    if taken:
        event = SamplesAmended(aggregate_id=import_id, amended=len(taken))
        events_service.record(session, principal, event, reason=why)
    return refused


def _lock(
    session: WriteSession, principal: Principal, sample_ids: Sequence[SampleId]
) -> dict[SampleId, Sample]:
    # Locked in key order, so that two such lists cannot wait for each other in a circle.
    found = session.scalars(
        queries.visible_samples(principal)
        .where(Sample.id == func.any(sorted(sample_ids)))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {SampleId(sample.id): sample for sample in found}


def _refusal(session: WriteSession, sample: Sample | None, wanted: Amendment) -> str | None:
    if sample is None:
        return None
    if sample.version != wanted.version:
        return "Somebody changed it meanwhile. Look at the row again."
    refusal = amend_rules.amend_refusal(
        lifecycle=sample.lifecycle,
        custody=sample.custody,
        material=sample.material_type,
        external_id=sample.external_id,
        changes=wanted.changes,
    )
    if refusal is None and wanted.volume_ul is not None:
        failures = rules.failing_guards(rules.CORRECT, standing_of(session, sample), "given")
        return " ".join(failures) or None
    return refusal


def _set(
    session: WriteSession, principal: Principal, sample: Sample, wanted: Amendment, reason: str
) -> None:
    if not wanted.changes:
        return
    changes = dict(wanted.changes)
    if "attributes" in changes:
        changes["attributes"] = {**sample.attributes, **changes["attributes"]}
    old = {name: getattr(sample, name) for name in changes}
    measured = signing.measured_names(list(changes))
    if measured:
        names = " and ".join(name.replace("_", " ") for name in measured)
        edit = f"A list changed {names} of {sample.barcode}."
        signing.void_signed_judgement(session, principal, sample, edit=edit)
    for name, value in changes.items():
        setattr(sample, name, value)
    sample.version += 1
    sample.updated_at = clock.utc_now()
    events_service.audit(
        session,
        principal,
        action=ACTION,
        entity="sample",
        entity_id=sample.id,
        old=old,
        new=changes,
        reason=reason,
    )


def _tie(
    session: WriteSession,
    principal: Principal,
    taken: Sequence[tuple[Sample, Amendment]],
    named: consenting.NamedConsents,
) -> None:
    for sample, each in taken:
        consent = named.of(each.consent) if each.consent else None
        if consent is not None:
            consents.tie_locked(session, principal, sample, consent)


def _write(session: WriteSession) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "Somebody gave one of these sample IDs to another sample at the same moment. Nothing "
            "was saved; check the list again."
        ) from error


def _correct(
    session: WriteSession, principal: Principal, sample: Sample, measured_ul: Decimal, reason: str
) -> None:
    before = sample.volume_ul
    volumes.add_line(
        session,
        principal,
        sample,
        delta_ul=None if before is None else measured_ul - before,
        balance_ul=measured_ul,
        cause=VolumeCause.CORRECTION,
        reason=reason,
    )
    volumes.note_empty(session, principal, sample)
