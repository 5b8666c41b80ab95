"""A plan for 10,000 samples that stand nowhere: reading the problem, thinking, checking, answering.

They are drawn by lot from the laboratory (best with `--samples 60000`), lose their places, and have
them back afterwards: the transaction is rolled back. Thinking is that of the job, with its effort.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from sqlalchemy import text, update

from backend.core.principal import Permission, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.core.transaction import writing
from backend.samples.ids import SampleId
from backend.storage import plan_problem, service
from backend.storage.ids import PlanId
from backend.storage.planning.checking import violations
from backend.storage.planning.control import Control, Progress, Stage
from backend.storage.planning.plan import Plan
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.problem import Problem
from backend.storage.solver_output import silence_solver
from backend.storage.views import ItemOutcome
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from bench.laboratory import Laboratory
from bench.measures import Measure

SAMPLES = 10_000
BAR_S = 10.0
PRESS_BAR_S = 0.5
"""A person waits for it before the page."""
ANSWER_BAR_S = 30.0
"""A person watches it go on, or does something else."""
_MACHINE = machinery("bench", *Permission, request_id="bench")
# By a hash of the key: the same samples in every run on the same laboratory, from boxes all over.
_TAKE_OUT = (
    text(
        "CREATE TEMPORARY TABLE bench_taken ON COMMIT DROP AS SELECT p.id, p.sample_id "
        "FROM placement p JOIN sample s ON s.id = p.sample_id "
        "WHERE p.removed_at IS NULL AND s.custody = 'in_storage' AND NOT EXISTS "
        "(SELECT FROM custody_block b WHERE b.sample_id = s.id) "
        # The stays of an incident's samples are kept for good.
        "AND NOT EXISTS (SELECT FROM incident_item i WHERE i.placement_id = p.id) "
        "ORDER BY md5(p.sample_id::text) LIMIT :samples"
    ),
    text("DELETE FROM placement WHERE id IN (SELECT id FROM bench_taken)"),
    text(
        "UPDATE sample SET custody = 'not_placed' WHERE id IN (SELECT sample_id FROM bench_taken)"
    ),
)


class _TakenBack(Exception):
    """Rolls the taking out back."""


def measure(_laboratory: Laboratory) -> list[Measure]:
    """Time from asking to a checked plan, and say what became of it."""
    silence_solver()
    found: list[Measure] = []
    with suppress(_TakenBack), writing() as session:
        _take_out(session)
        started = time.perf_counter()
        problem = plan_problem.load_problem(
            ReadSession(session), _MACHINE, {"sample_ids": _taken(session)}
        )
        plan, found = _planned(problem, started)
        found += _answered(session, plan)
        raise _TakenBack
    return found


def _planned(problem: Problem, started: float) -> tuple[Plan, list[Measure]]:
    """Plan with the job's clock, which runs from the reading of the problem on."""
    loaded_s = time.perf_counter() - started
    stages: dict[Stage, float] = {}

    def elapsed_s() -> float:
        return time.perf_counter() - started

    def listen(progress: Progress) -> None:
        stages.setdefault(progress.stage, elapsed_s())

    plan = plan_placement(problem, Control(elapsed_s=elapsed_s, report=listen))
    planned_s = elapsed_s() - loaded_s
    broken = violations(problem, plan)
    checked_s = elapsed_s() - planned_s - loaded_s
    if broken:
        raise RuntimeError(f"The plan breaks hard rules: {'; '.join(broken[:3])}.")
    samples = sum(lot.size for lot in problem.lots)
    first_fit, gap = plan.first_fit.handling_s, plan.bound and plan.bound.gap_fraction(plan.cost)
    began = ", ".join(f"{stage.value} from {at:.1f}" for stage, at in stages.items())
    proof = "no bound" if gap is None else f"at most {gap:.1%} above the best"
    measured = [
        Measure(
            name=f"plan for {samples:,} samples without a place, loaded and checked",
            figure=loaded_s + planned_s + checked_s,
            unit="s",
            bar=BAR_S,
            note=f"{len(problem.lots):,} lots, {len(problem.boxes):,} boxes; loaded in "
            f"{loaded_s:.1f} s, planned in {planned_s:.1f} s, checked in {checked_s:.1f} s "
            f"({began}); {plan.ended.value}",
        ),
        Measure(
            name="… its handling against first-fit",
            figure=plan.cost.handling_s / first_fit if first_fit else 1.0,
            unit="of it",
            bar=1.0,
            note=f"{plan.cost.handling_s:,.0f} s against {first_fit:,.0f} s; "
            f"{plan.cost.unplaced:,} against {plan.first_fit.unplaced:,} without a place; {proof}",
        ),
    ]
    return plan, measured


def _answered(session: WriteSession, plan: Plan) -> list[Measure]:
    """Accept all of the plan, then take that back: a press of the person, then the worker's job."""
    samples = [SampleId(UUID(move.sample)) for move in plan.moves]
    plan_id = service.request_plan(session, _MACHINE, sample_ids=samples)
    service.store_plan(session, _MACHINE, plan_id=plan_id, plan=plan)
    return [
        *_pressed(session, plan_id, "accepted", service.request_acceptance, service.accept_plan),
        *_pressed(
            session, plan_id, "taken back", service.request_taking_back, service.undo_acceptance
        ),
    ]


def _pressed(
    session: WriteSession,
    plan_id: PlanId,
    act: str,
    press: Callable[..., JobId],
    carry_out: Callable[..., list[ItemOutcome]],
) -> list[Measure]:
    """Press, and do the worker's job in this transaction: nobody else can see it."""
    started = time.perf_counter()
    job_id = press(session, _MACHINE, plan_id=plan_id)
    pressed_s = time.perf_counter() - started
    told: list[float] = []
    started = time.perf_counter()
    outcomes = carry_out(
        session,
        _MACHINE,
        plan_id=plan_id,
        job_id=job_id,
        tell=lambda *_: told.append(time.perf_counter() - started),
    )
    took_s = time.perf_counter() - started
    # The job is over, as its own transaction would have it.
    session.execute(update(Job).where(Job.id == job_id).values(state=JobState.DONE))
    refused = sum(outcome.refused is not None for outcome in outcomes)
    return [
        Measure(
            name=f"… until a press is answered: to be {act}",
            figure=pressed_s,
            unit="s",
            bar=PRESS_BAR_S,
            note="the page shows the worker's progress from then on",
        ),
        Measure(
            name=f"… {act} by a worker",
            figure=took_s,
            unit="s",
            bar=ANSWER_BAR_S,
            note=f"{len(outcomes):,} samples, {refused:,} refused; its count is told first after "
            f"{told[0]:.1f} s, {len(told):,} times in all",
        ),
    ]


def _take_out(session: WriteSession) -> None:
    for statement in _TAKE_OUT:
        session.execute(statement, {"samples": SAMPLES} if "LIMIT" in statement.text else {})
    session.execute(text("ANALYZE placement, sample"))


def _taken(session: WriteSession) -> list[str]:
    return [str(key) for key in session.scalars(text("SELECT sample_id FROM bench_taken"))]
