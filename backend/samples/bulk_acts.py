"""One act for everything that matched a stored query, block by block in a worker.

What matched when it was selected is asked, nothing else; of those, whoever changed since and no
longer matches is left alone and said. Exported by service.py.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, insert, select

from backend.core.errors import InvalidInput, NotFound
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import bulk, changing, disposing_together, listed, queries, stored_queries
from backend.samples.disposing_together import TakeOut
from backend.samples.events import ActDone, ActRequested
from backend.samples.ids import ActId, BulkKind, BulkOutcome, DisposalId, SampleId
from backend.samples.models import Sample
from backend.samples.schemas import BulkInput, SampleFilters
from backend.samples.stored_models import (
    SampleAct,
    SampleActOutcome,
    SampleQuery,
    SampleQueryBlock,
)
from backend.samples.views import ActProgress, ActView, StandingDisposal, TransitionOutcome
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "samples.act"
MOST_SHOWN = 200
_CHANGED_SINCE = "It changed since it was selected and no longer matches the view. It was left."
_GONE = "It is no longer among your samples. It was left."
_MOST_COUNTED = 10_000


class ActNotFound(NotFound):
    """No such act, or not the principal's."""


def request_act(
    session: WriteSession,
    principal: Principal,
    *,
    query_id: UUID,
    act: BulkInput,
    disposal_id: DisposalId | None = None,
) -> JobId:
    """Ask a worker to do one act with everything in a stored query.

    The worker asks for the permission again, with what the person may do then. ``disposal_id`` is
    a signature under the discarding of all of it; asking uses it up.

    Raises:
        QueryNotFound: no such selection of the principal's.
        RegistrationRefused: no such step, or a reason or evidence is missing.
        DisposalNotSigned: the signature was given for others, was used, or was voided.
    """
    query = stored_queries.load_query(session, principal, query_id)
    _apply(session, principal, act, [])
    if disposal_id is not None:
        if not _is_disposal(act):
            raise InvalidInput("Nobody signs for this step. Leave the signature out.")
        named = stored_queries.named_by(session, principal, query_id)
        disposing_together.claim(
            session, principal, disposal_id, sample_ids=named, reason=act.reason
        )
    act_id = new_id()
    job_id = work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(act_id),
        arguments={"act_id": act_id},
        queue="long",
    )
    session.add(
        SampleAct(
            id=act_id,
            query_id=query.id,
            job_id=job_id,
            kind=act.kind,
            said=act.model_dump(mode="json", exclude_defaults=True),
            requested_by=principal.user_id,
            disposal_id=disposal_id,
        )
    )
    session.flush()
    asked = ActRequested(aggregate_id=act_id, kind=act.kind.value, samples=query.total)
    events_service.record(session, principal, asked, reason=act.reason or None)
    return job_id


def act_on_block(
    session: WriteSession, principal: Principal, *, act_id: UUID, take_out: TakeOut | None = None
) -> ActProgress:
    """Do the act with the next block and note what became of each; nothing when all is done.

    The act's row is locked: of two workers that both believe to have the job, one does a block.
    With ``take_out`` what is discarded leaves its place first.

    Raises:
        ActNotFound: no such act of the principal's.
        PermissionDenied: the person may no longer do it.
        DisposalNotSigned: the signature no longer stands under everything that was selected.
    """
    act, query = _lock_act(session, principal, act_id)
    filters = SampleFilters.model_validate(query.filters)
    if act.came_since is None:
        act.came_since = _came_since(session, principal, query, filters)
    block = session.scalars(
        select(SampleQueryBlock)
        .where(SampleQueryBlock.query_id == query.id, SampleQueryBlock.pos >= act.next_pos)
        .order_by(SampleQueryBlock.pos)
        .limit(1)
    ).one_or_none()
    if block is None:
        return ActProgress(done=query.total, total=query.total)
    said = BulkInput.model_validate(act.said)
    barcodes = _lock_samples(session, principal, block.ids)
    matching = _still_matching(session, principal, filters, list(barcodes))
    asked = [SampleId(key) for key in barcodes if key in matching]
    signed = _signed(session, principal, act)
    outcomes = _apply(session, principal, said, asked, signed=signed, take_out=take_out)
    _note(session, act.id, [_outcome_of(each) for each in outcomes])
    _note(session, act.id, [_left(key, barcodes.get(key)) for key in block.ids if key not in asked])
    act.next_pos = block.pos + len(block.ids)
    session.flush()
    return ActProgress(done=act.next_pos, total=query.total)


def close_act(session: WriteSession, principal: Principal, *, act_id: UUID) -> ActView:
    """Note that every sample was asked and return what became of them."""
    act, _ = _lock_act(session, principal, act_id)
    view = get_act(session, principal, job_id=act.job_id)
    events_service.record(
        session,
        principal,
        ActDone(aggregate_id=act.id, changed=view.changed, refused=view.refused, left=view.left),
    )
    return view


def get_act(session: ReadSession, principal: Principal, *, job_id: UUID) -> ActView:
    """Return an own act by the job that does it.

    Raises:
        ActNotFound: no such act of the principal's.
    """
    principal.require(Permission.SAMPLES_VIEW)
    row = session.execute(
        select(SampleAct, SampleQuery)
        .join(SampleQuery, SampleQuery.id == SampleAct.query_id)
        .where(SampleAct.job_id == job_id, SampleAct.requested_by == principal.user_id)
    ).one_or_none()
    if row is None:
        raise ActNotFound("There is no such act of yours.")
    act, query = row
    said = BulkInput.model_validate(act.said)
    of_act = SampleActOutcome.act_id == act.id
    counts = {
        outcome: int(number)
        for outcome, number in session.execute(
            select(SampleActOutcome.outcome, func.count())
            .where(of_act)
            .group_by(SampleActOutcome.outcome)
        )
    }
    unchanged = session.execute(
        select(SampleActOutcome.barcode, SampleActOutcome.reason)
        .where(of_act, SampleActOutcome.outcome != BulkOutcome.CHANGED)
        .order_by(SampleActOutcome.barcode, SampleActOutcome.sample_id)
        .limit(MOST_SHOWN)
    )
    return ActView(
        id=ActId(act.id),
        kind=act.kind,
        action=said.action,
        total=query.total,
        changed=counts.get(BulkOutcome.CHANGED, 0),
        refused=counts.get(BulkOutcome.REFUSED, 0),
        left=counts.get(BulkOutcome.LEFT, 0),
        came_since=act.came_since or 0,
        taken_at=query.taken_at,
        unchanged=[(barcode, reason) for barcode, reason in unchanged],
    )


def _apply(
    session: WriteSession,
    principal: Principal,
    act: BulkInput,
    keys: Sequence[SampleId],
    *,
    signed: StandingDisposal | None = None,
    take_out: TakeOut | None = None,
) -> list[TransitionOutcome]:
    """Do the act with these; with none it only asks whether it may be done at all."""
    match act.kind:
        case BulkKind.STATUS if _is_disposal(act):
            return disposing_together.discard_under(
                session,
                principal,
                sample_ids=keys,
                reason=act.reason,
                signed=signed,
                take_out=take_out,
            )
        case BulkKind.STATUS:
            return changing.change_statuses(
                session,
                principal,
                sample_ids=keys,
                action=act.action,
                reason=act.reason or None,
                arrival=act.arrival,
            )
        case BulkKind.HOLD if act.hold is not None:
            return bulk.hold_samples(
                session, principal, sample_ids=keys, kind=act.hold, reason=act.reason
            )
        case BulkKind.RELEASE if act.hold is not None:
            return bulk.release_samples(
                session,
                principal,
                sample_ids=keys,
                kind=act.hold,
                reason=act.reason,
                evidence=act.evidence,
            )
    raise InvalidInput("Choose a hold.", fields={"hold": "Choose a hold."})


def _is_disposal(act: BulkInput) -> bool:
    return act.kind is BulkKind.STATUS and act.action == "dispose" and act.arrival is None


def _signed(session: WriteSession, principal: Principal, act: SampleAct) -> StandingDisposal | None:
    # Asked of the whole selection at every block: its blocks are rows that somebody might change.
    if act.disposal_id is None:
        return None
    named = stored_queries.named_by(session, principal, act.query_id)
    reason = BulkInput.model_validate(act.said).reason
    return disposing_together.standing_disposal(
        session, principal, act.disposal_id, sample_ids=named, reason=reason
    )


def _lock_act(
    session: WriteSession, principal: Principal, act_id: UUID
) -> tuple[SampleAct, SampleQuery]:
    act = session.scalars(
        select(SampleAct)
        .where(SampleAct.id == act_id, SampleAct.requested_by == principal.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if act is None:
        raise ActNotFound("There is no such act of yours.")
    return act, session.get_one(SampleQuery, act.query_id)


def _lock_samples(
    session: WriteSession, principal: Principal, keys: Sequence[UUID]
) -> dict[UUID, str]:
    """Lock the visible ones in the order of their keys and return their barcodes."""
    rows = session.execute(
        queries.visible_samples(principal)
        .with_only_columns(Sample.id, Sample.barcode)
        .where(Sample.id.in_(keys))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
    )
    return {row.id: row.barcode for row in rows}


def _still_matching(
    session: WriteSession, principal: Principal, filters: SampleFilters, keys: Sequence[UUID]
) -> set[UUID]:
    # Asked once they are locked: what holds now holds until the act.
    scope = listed.scope_of(session, principal, filters)
    found = select(Sample.id).where(
        Sample.id.in_(keys),
        *listed.conditions(Sample, scope, filters, seen=listed.seen_by(principal)),
    )
    return set(session.scalars(found))


def _came_since(
    session: WriteSession, principal: Principal, query: SampleQuery, filters: SampleFilters
) -> int:
    scope = listed.scope_of(session, principal, filters)
    came = (
        select(Sample.id)
        .where(
            *listed.conditions(Sample, scope, filters, seen=listed.seen_by(principal)),
            Sample.id.not_in(stored_queries.matched(query.id)),
        )
        .limit(_MOST_COUNTED)
    )
    return session.execute(select(func.count()).select_from(came.subquery())).scalar_one()


def _outcome_of(outcome: TransitionOutcome) -> dict[str, object]:
    why = " ".join(outcome.reasons)
    return {
        "sample_id": outcome.sample_id,
        "barcode": outcome.barcode,
        "outcome": BulkOutcome.REFUSED if why else BulkOutcome.CHANGED,
        "reason": why[:2000],
    }


def _left(key: UUID, barcode: str | None) -> dict[str, object]:
    # Of a sample that is not theirs any more people learn no barcode either.
    return {
        "sample_id": key,
        "barcode": barcode or "",
        "outcome": BulkOutcome.LEFT,
        "reason": _CHANGED_SINCE if barcode else _GONE,
    }


def _note(session: WriteSession, act_id: UUID, outcomes: Sequence[dict[str, object]]) -> None:
    if outcomes:
        rows = [{"act_id": act_id, **each} for each in outcomes]
        session.execute(insert(SampleActOutcome), rows)
