"""Reading placement plans. The summary is JSON in its row and a value everywhere else."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import plan_states
from backend.storage.ids import NodeId, PlanId, PlanState
from backend.storage.models import PlacementPlan, PlannedPlacement, StorageNode
from backend.storage.views import (
    ConsideredView,
    LeftOverView,
    PlanAnswer,
    PlannedPlacementView,
    PlanSummary,
    PlanView,
)
from backend.work.ids import ALIVE, JobId, JobState
from backend.work.models import Job


def get_plan(session: ReadSession, principal: Principal, plan_id: PlanId) -> PlanView:
    """Return a plan with its lines.

    Raises:
        PlanNotFound: no such plan, or not visible.
    """
    row = _row(session, principal, plan_id)
    return _plan_view(*row, _lines(session, row[0]))


def get_plan_head(session: ReadSession, principal: Principal, plan_id: PlanId) -> PlanView:
    """Return a plan without its lines, which may be thousands. Raises as `get_plan`."""
    return _plan_view(*_row(session, principal, plan_id), ())


def latest_plan(session: ReadSession, principal: Principal) -> PlanView | None:
    """Return the principal's own latest plan that is being made or waits, with its lines."""
    row = session.execute(
        _with_jobs(principal)
        .where(
            PlacementPlan.requested_by == principal.user_id,
            or_(
                PlacementPlan.state == PlanState.READY,
                (PlacementPlan.state == PlanState.REQUESTED)
                & Job.state.in_((JobState.QUEUED, JobState.RUNNING, JobState.FAILED)),
            ),
        )
        .order_by(PlacementPlan.created_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _plan_view(*row, _lines(session, row[0]))


def plans_to_review(session: ReadSession, principal: Principal, limit: int = 20) -> list[PlanView]:
    """Return the plans that wait for an answer, latest first, without their lines."""
    rows = session.execute(
        _with_jobs(principal)
        .where(
            PlacementPlan.state == PlanState.READY,
            or_(_Answer.id.is_(None), _Answer.state.not_in(ALIVE)),
        )
        .order_by(PlacementPlan.ready_at.desc())
        .limit(limit)
    )
    return [_plan_view(*row, ()) for row in rows]


def summary_as_json(summary: PlanSummary) -> dict[str, Any]:
    """Return the summary as it is stored."""
    return dataclasses.asdict(summary)


def summary_from_json(stored: Mapping[str, Any]) -> PlanSummary:
    """Read a stored summary back."""
    considered = tuple(
        ConsideredView(**{**sort, "filters": plan_states.filters_of(sort)})
        for sort in stored["considered"]
    )
    left_over = tuple(
        LeftOverView(
            **{**left, "filters": plan_states.filters_of(left), "barcodes": tuple(left["barcodes"])}
        )
        for left in stored["left_over"]
    )
    return PlanSummary(**{**stored, "considered": considered, "left_over": left_over})


def _row(
    session: ReadSession, principal: Principal, plan_id: PlanId
) -> tuple[PlacementPlan, JobState, Job | None]:
    row = session.execute(_with_jobs(principal).where(PlacementPlan.id == plan_id)).one_or_none()
    if row is None:
        raise plan_states.not_found()
    plan, job_state, answer = row
    return plan, job_state, answer


def _lines(session: ReadSession, plan: PlacementPlan) -> tuple[PlannedPlacementView, ...]:
    rows = session.execute(
        select(PlannedPlacement, Sample.barcode, Sample.material_type, StorageNode)
        .join(Sample, Sample.id == PlannedPlacement.sample_id)
        .join(StorageNode, StorageNode.id == PlannedPlacement.box_id)
        .where(PlannedPlacement.plan_id == plan.id)
        .order_by(PlannedPlacement.step)
    )
    return tuple(
        PlannedPlacementView(
            step=line.step,
            sample_id=SampleId(line.sample_id),
            barcode=barcode,
            material_type=material_type,
            box_id=NodeId(line.box_id),
            path=box.path,
            position=box.shape.at(line.row, line.column),
            reasons=tuple(line.reasons),
            outcome=line.outcome,
        )
        for line, barcode, material_type, box in rows
    )


_Answer = aliased(Job, name="answer")


def _with_jobs(principal: Principal) -> Select[PlacementPlan, JobState, Job | None]:
    visible = plan_states.visible(principal, PlacementPlan)
    return (
        visible.join(Job, Job.id == PlacementPlan.job_id)
        .outerjoin(_Answer, _Answer.id == PlacementPlan.answer_job_id)
        .add_columns(Job.state, _Answer)
    )


def _plan_view(
    plan: PlacementPlan,
    job_state: JobState,
    answer: Job | None,
    lines: tuple[PlannedPlacementView, ...],
) -> PlanView:
    return PlanView(
        id=PlanId(plan.id),
        job_id=JobId(plan.job_id),
        state=plan_states.state_of(plan, job_state, answer.state if answer else None),
        requested_by_name=plan.requested_by_name,
        created_at=plan.created_at,
        ready_at=plan.ready_at,
        closed_at=plan.closed_at,
        objective_s=plan.objective_s,
        first_fit_s=plan.first_fit_s,
        bound_s=plan.bound_s,
        summary=None if plan.summary is None else summary_from_json(plan.summary),
        answer=None if answer is None else _answer(answer),
        placements=lines,
    )


def _answer(job: Job) -> PlanAnswer:
    return PlanAnswer(job_id=JobId(job.id), job_state=job.state, error=job.error)
