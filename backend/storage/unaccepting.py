"""Taking the acceptance of a plan back. Exported by service.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import locking, placing, plan_states, plans, rules
from backend.storage.errors import NothingToUndo, UndoTooLate
from backend.storage.events import AcceptanceUndone
from backend.storage.ids import NodeId, PlanId, PlanState
from backend.storage.models import Placement, PlacementPlan, PlannedPlacement
from backend.storage.plan_states import Tell, tell_nobody
from backend.storage.views import ItemOutcome
from backend.work.ids import JobId

_TAKEN_BACK = "taken back"


def undo_acceptance(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: PlanId,
    asked_at: datetime | None = None,
    job_id: JobId | None = None,
    tell: Tell = tell_nobody,
) -> list[ItemOutcome]:
    """Take the samples of an accepted plan out again, as if it had not been accepted.

    A tube that was moved or taken out since stays as it is, and its line says so. The plan stays
    accepted, for that is what happened; its samples wait for a place again.

    ``job_id`` is the job of the worker who does it, for whom somebody asked at ``asked_at``; the
    ten minutes end then, not when a worker has time. ``tell`` hears how many of how many are out;
    what it raises ends it, and all of them stand where they stood.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not accepted.
        PlanBeingAnswered: another worker is at it.
        UndoTooLate: more than ten minutes ago.
        NothingToUndo: none of its samples stands where the plan put it.
    """
    principal.require(Permission.STORAGE_PLACE)
    plan = plan_states.lock_to_answer(
        session, principal, plan_id, PlanState.ACCEPTED, job_id=job_id
    )
    now = clock.utc_now()
    require_in_time(plan, asked_at or now)
    lines = session.scalars(
        select(PlannedPlacement)
        .where(PlannedPlacement.plan_id == plan_id, PlannedPlacement.outcome == "placed")
        .order_by(PlannedPlacement.step)
    ).all()
    held = locking.hold_visible_samples(
        session, principal, [SampleId(line.sample_id) for line in lines]
    )
    locking.hold_boxes(session, principal, sorted({NodeId(line.box_id) for line in lines}))
    standing = _standing(session, plan_id)
    goes = [
        line for line in lines if SampleId(line.sample_id) in held and line.sample_id in standing
    ]
    if not goes:
        raise nothing_stands()
    at_once = plans.LINES_OF_A_STATEMENT
    tell(0, len(goes))
    for first in range(0, len(goes), at_once):
        stays = [standing[line.sample_id] for line in goes[first : first + at_once]]
        _take_back(session, principal, stays, now)
        tell(first + len(stays), len(goes))
    plans.mark_lines(session, plan_id, [line.step for line in goes], _TAKEN_BACK)
    undone = AcceptanceUndone(
        aggregate_id=plan_id,
        taken_back=len(goes),
        kept=len(lines) - len(goes),
        job_id=job_id,
    )
    events_service.record(session, principal, undone)
    return _outcomes(lines, goes, held)


def require_in_time(plan: PlacementPlan, asked_at: datetime) -> None:
    """Raise UndoTooLate where the acceptance had stood too long when somebody asked."""
    if plan.closed_at is None or asked_at - plan.closed_at > rules.UNDO_WITHIN:
        raise UndoTooLate("The plan was accepted more than ten minutes ago. Move samples by hand.")


def nothing_stands() -> NothingToUndo:
    """Return the error for a plan of which no sample stands where it was put."""
    return NothingToUndo("Every sample of the plan has moved on since. Move them by hand.")


def _standing(session: WriteSession, plan_id: PlanId) -> dict[object, Placement]:
    """Return the stays that the plan began and nobody has ended, by sample."""
    # By its samples, which have an index of their open stay; looking for the plan reads them all.
    placed = select(PlannedPlacement.sample_id).where(PlannedPlacement.plan_id == plan_id)
    stays = session.scalars(
        select(Placement)
        .where(Placement.sample_id.in_(placed), Placement.removed_at.is_(None))
        .where(Placement.plan_id == plan_id)
        .execution_options(populate_existing=True)
    )
    return {stay.sample_id: stay for stay in stays}


def _take_back(
    session: WriteSession, principal: Principal, stays: Sequence[Placement], now: datetime
) -> None:
    placing.close_together(session, principal, stays, "undone", now)
    samples_service.set_custodies(
        session,
        principal,
        sample_ids=[SampleId(stay.sample_id) for stay in stays],
        custody=Custody.NOT_PLACED,
    )
    for stay in stays:
        events_service.audit(
            session,
            principal,
            action="storage.step_undone",
            entity="sample",
            entity_id=stay.sample_id,
            new={"undone_placement_id": stay.id, "path": None, "position": None},
        )


def _outcomes(
    lines: Sequence[PlannedPlacement],
    goes: Sequence[PlannedPlacement],
    held: dict[SampleId, locking.HeldSample],
) -> list[ItemOutcome]:
    steps = {line.step for line in goes}
    outcomes = []
    for line in lines:
        sample_id = SampleId(line.sample_id)
        barcode = held[sample_id].needs.barcode if sample_id in held else ""
        kept = f"{barcode or 'The sample'} has moved on since and stays where it is."
        refused = None if line.step in steps else kept
        outcomes.append(ItemOutcome(sample_id=sample_id, barcode=barcode, refused=refused))
    return outcomes
