"""Asking for a placement plan, storing it, and answering it. Exported by service.py.

Only `accept_plan` moves anything, and it asks every rule again under lock: a plan is a proposal
about a laboratory that has gone on working.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, insert, select, update

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import plan_queries, plan_states, queries
from backend.storage.events import PlanReady, PlanRequested
from backend.storage.ids import PlanId, PlanState
from backend.storage.models import PlacementPlan, PlannedPlacement
from backend.storage.planning.feasibility import FilterCount
from backend.storage.planning.plan import LeftOver, Plan
from backend.storage.planning.reasons import SENTENCES
from backend.storage.views import ConsideredView, FilterView, LeftOverView, PlanSummary
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "storage.optimise_placement"
LONGEST_OUTCOME = 300
_STEPS_NAMED = 5
LINES_OF_A_STATEMENT = 500
"""Fewer statements are faster until what triggers compare within one, row by row, takes over."""


def request_plan(
    session: WriteSession, principal: Principal, *, sample_ids: Sequence[SampleId] | None = None
) -> PlanId:
    """Ask where samples could go: a selection, or everything that stands nowhere (None).

    The plan row, its job and the event are one transaction; a worker does the thinking.

    Raises:
        InvalidInput: none of the samples waits for a place.
    """
    principal.require(Permission.STORAGE_PLAN)
    waiting = queries.plannable(principal).with_only_columns(Sample.id)
    if sample_ids is not None:
        waiting = waiting.where(Sample.id.in_(list(sample_ids)))
    count = session.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()
    if count == 0:
        raise InvalidInput("None of these samples waits for a place. Choose unplaced samples.")
    plan_id = PlanId(new_id())
    job_id = work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(plan_id),
        arguments={"plan_id": plan_id},
        queue="long",
    )
    scope = {"all_unplaced": True} if sample_ids is None else {"sample_ids": _texts(sample_ids)}
    session.add(
        PlacementPlan(
            id=plan_id,
            job_id=job_id,
            scope=scope,
            requested_by=principal.user_id,
            requested_by_name=principal.name,
        )
    )
    session.flush()
    asked = PlanRequested(aggregate_id=plan_id, job_id=job_id, samples=count)
    events_service.record(session, principal, asked)
    return plan_id


def store_plan(session: WriteSession, principal: Principal, *, plan_id: PlanId, plan: Plan) -> None:
    """Keep what the planner found, for a person to answer.

    Raises:
        PlanNotOpen: cancelled meanwhile, or stored already.
    """
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock(session, principal, PlacementPlan, plan_id, PlanState.REQUESTED)
    lines = [
        {
            "id": new_id(),
            "plan_id": plan_id,
            "step": step,
            "sample_id": UUID(move.sample),
            "box_id": UUID(move.box),
            "row": move.position.row,
            "column": move.position.column,
            "reasons": [SENTENCES[reason] for reason in move.reasons],
        }
        for step, move in enumerate(plan.moves, start=1)
    ]
    if lines:
        session.execute(insert(PlannedPlacement), lines)
    row.state = PlanState.READY
    row.ready_at = clock.utc_now()
    row.objective_s = plan.cost.handling_s
    row.first_fit_s = plan.first_fit.handling_s
    row.bound_s = plan.bound.handling_s if plan.bound else None
    row.summary = plan_queries.summary_as_json(_summary(session, plan))
    session.flush()
    ready = PlanReady(
        aggregate_id=plan_id,
        requested_by=row.requested_by,
        placements=len(plan.moves),
        left_over=sum(len(left.samples) for left in plan.left_over),
        objective_s=plan.cost.handling_s,
        first_fit_s=plan.first_fit.handling_s,
    )
    events_service.record(session, principal, ready)


def dismiss_plan(
    session: WriteSession, principal: Principal, *, plan_id: PlanId, reason: str
) -> None:
    """Put a ready plan aside; nothing moves.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not waiting for an answer.
        PlanBeingAnswered: a worker is accepting it.
    """
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock_to_answer(session, principal, plan_id, PlanState.READY)
    plan_states.close(session, principal, row, PlanState.DISMISSED, reason)


def cancel_plan(session: WriteSession, principal: Principal, *, plan_id: PlanId) -> None:
    """Call off a plan that is still being made; its job stops when it next looks up.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or no longer being made.
    """
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock(session, principal, PlacementPlan, plan_id, PlanState.REQUESTED)
    work_service.request_cancel(session, principal, job_id=JobId(row.job_id))
    plan_states.close(session, principal, row, PlanState.CANCELLED, "cancelled")


def require_lines(session: WriteSession, plan_id: PlanId, steps: Collection[int] | None) -> None:
    """Refuse steps that the plan does not have; None is all of them.

    Raises:
        InvalidInput: some of them are no lines of the plan.
    """
    if steps is None:
        return
    there = session.scalars(
        select(PlannedPlacement.step).where(PlannedPlacement.plan_id == plan_id)
    )
    if unknown := sorted(set(steps).difference(there)):
        named = ", ".join(map(str, unknown[:_STEPS_NAMED]))
        more = ", …" if len(unknown) > _STEPS_NAMED else ""
        raise InvalidInput(f"The plan has no line {named}{more}. Choose lines that it has.")


def mark_lines(
    session: WriteSession, plan_id: PlanId, steps: Collection[int], outcome: str
) -> None:
    """Write what became of lines of a plan."""
    session.execute(
        update(PlannedPlacement)
        .where(PlannedPlacement.plan_id == plan_id, PlannedPlacement.step.in_(list(steps)))
        .values(outcome=outcome[:LONGEST_OUTCOME])
        .execution_options(synchronize_session=False)
    )


def _summary(session: WriteSession, plan: Plan) -> PlanSummary:
    left_over = _left_over(session, plan)
    return PlanSummary(
        samples=len(plan.moves) + sum(len(left.barcodes) for left in left_over),
        left_over=left_over,
        ended=plan.ended.value,
        bound_kind=plan.bound.kind.value if plan.bound else None,
        elapsed_s=round(plan.elapsed_s, 3),
        terms_s=plan.cost.by_term(plan.weights),
        first_fit_terms_s=plan.first_fit.by_term(plan.weights),
        weights_s=plan.weights.by_term,
        considered=tuple(
            ConsideredView(
                material_type=sort.sample_type,
                temperature_class=sort.temperature_class,
                samples=sort.samples,
                boxes_allowed=sort.boxes_allowed,
                positions_allowed=sort.positions_allowed,
                filters=_filters(sort.refusals),
            )
            for sort in plan.considered
        ),
    )


def _left_over(session: WriteSession, plan: Plan) -> tuple[LeftOverView, ...]:
    """Return what got no place, gathered where type, temperature and reasons are the same."""
    keys = [UUID(sample) for left in plan.left_over for sample in left.samples]
    rows = session.execute(select(Sample.id, Sample.barcode).where(Sample.id.in_(keys)))
    barcode_of = {str(sample_id): barcode for sample_id, barcode in rows}
    alike: dict[tuple[object, ...], list[LeftOver]] = {}
    for left in plan.left_over:
        same = left.sample_type, left.temperature_class, left.refusals
        alike.setdefault(same, []).append(left)
    return tuple(
        LeftOverView(
            barcodes=tuple(sorted(barcode_of[key] for left in lots for key in left.samples)),
            material_type=lots[0].sample_type,
            temperature_class=lots[0].temperature_class,
            filters=_filters(lots[0].refusals),
            boxes_allowed=lots[0].boxes_allowed,
        )
        for lots in alike.values()
    )


def _filters(counts: Iterable[FilterCount]) -> tuple[FilterView, ...]:
    return tuple(
        FilterView(rule=count.filter.value, boxes=count.boxes, positions=count.positions)
        for count in counts
    )


def _texts(sample_ids: Sequence[SampleId]) -> list[str]:
    return [str(sample_id) for sample_id in sample_ids]
