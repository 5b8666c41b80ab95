"""The controls of a plate: judged when they are measured, and what a person does about it."""

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import holds
from backend.samples.ids import HoldKind, Metric, SampleId
from backend.samples.models import SampleHold
from backend.samples.volumes import checked_reason
from backend.sequencing.preparation import (
    gate_rules,
    queries,
    usability,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.events import GateJudged
from backend.sequencing.preparation.gate_rules import Control, GateLimits
from backend.sequencing.preparation.ids import GateState, WellKind, WorksheetId
from backend.sequencing.preparation.views import WellView
from backend.sequencing.preparation.worksheet_models import LibraryWorksheet

_RELEASE = "The plate's controls are measured anew and pass, or the libraries are made again."
_LONGEST = 500


def judge_worksheet(session: WriteSession, principal: Principal, row: LibraryWorksheet) -> None:
    """Judge the controls of a locked worksheet that is done, as they were measured last.

    What a person has decided stands: whoever decided can decide about the libraries anew.
    """
    if row.gate in {GateState.HELD, GateState.WAIVED}:
        return
    seen = worksheet_queries.view_of(session, row)
    limits = GateLimits(
        no_template_at_most=seen.protocol.no_template_limit_ng_per_ul,
        positive_at_least=seen.protocol.positive_least_ng_per_ul,
    )
    controls = [_control(well) for well in seen.wells if well.kind is not WellKind.SAMPLE]
    state, reasons = gate_rules.judge(controls, limits)
    if (state, reasons) == (row.gate, row.gate_reasons):
        return
    before, row.gate = row.gate, state
    row.gate_reasons = reasons
    _record(session, principal, row, before=before)


def answer_gate(
    session: WriteSession,
    principal: Principal,
    *,
    worksheet_id: WorksheetId,
    is_hold: bool,
    reason: str,
) -> None:
    """Put the libraries of a plate whose controls failed on hold, all of them, or let them through.

    Raises:
        WorksheetNotFound: none of yours.
        WorksheetRefused: its controls have not failed, or somebody has answered.
        RegistrationRefused: no reason.
        PermissionDenied: a hold takes the right to set holds.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    why = checked_reason(reason, "Write what you decided by.")
    row = worksheets.lock_worksheet(session, principal, worksheet_id)
    code = queries.worksheet_code(row.number)
    if row.gate is not GateState.FAILED:
        raise WorksheetRefused(f"Nothing is proposed for the libraries of {code}.", ())
    if is_hold:
        _hold_libraries(session, principal, row, f"{code}: {' '.join(row.gate_reasons)} {why}")
    before, row.gate = row.gate, GateState.HELD if is_hold else GateState.WAIVED
    row.gate_decided_by_name, row.gate_decided_at = principal.name, clock.utc_now()
    row.gate_decision_reason = why[:_LONGEST]
    _record(session, principal, row, before=before, reason=why)


def _hold_libraries(
    session: WriteSession, principal: Principal, row: LibraryWorksheet, reason: str
) -> None:
    keys = [well.library_id for well in worksheets.wells_of(session, row) if well.library_id]
    usability.lock_samples(session, keys)
    held = set(
        session.scalars(
            select(SampleHold.sample_id)
            .where(SampleHold.sample_id.in_(keys), SampleHold.released_at.is_(None))
            .where(SampleHold.kind == HoldKind.QC_PENDING)
        )
    )
    for key in sorted(keys):
        if key not in held:
            holds.set_hold(
                session,
                principal,
                sample_id=SampleId(key),
                kind=HoldKind.QC_PENDING,
                reason=reason[:_LONGEST],
                release_rule=_RELEASE,
            )


def _control(well: WellView) -> Control:
    read = next((each for each in well.readings if each.metric is Metric.CONCENTRATION), None)
    if read is None:
        return Control(well=well.well, kind=well.kind)
    return Control(
        well=well.well,
        kind=well.kind,
        value=read.value,
        below=read.below,
        is_low=read.value is None and read.below is None,
    )


def _record(
    session: WriteSession,
    principal: Principal,
    row: LibraryWorksheet,
    *,
    before: GateState,
    reason: str | None = None,
) -> None:
    row.version += 1
    session.flush()
    event = GateJudged(
        aggregate_id=row.id,
        code=queries.worksheet_code(row.number),
        gate=row.gate.value,
        reasons=tuple(row.gate_reasons),
    )
    events_service.record(
        session,
        principal,
        event,
        old={"gate": before.value},
        new={"gate": row.gate.value},
        reason=reason,
    )
