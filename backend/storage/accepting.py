"""Accepting a plan, all of it or parts. Exported by service.py."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import box_queries, locking, placing, plan_states, plans
from backend.storage.events import PlanAccepted
from backend.storage.ids import NodeId, PlacementSource, PlanId, PlanState
from backend.storage.locking import HeldSample
from backend.storage.models import Placement, PlannedPlacement
from backend.storage.plan_states import Tell, tell_nobody
from backend.storage.rules import SampleNeeds
from backend.storage.views import BoxView, ItemOutcome
from backend.work.ids import JobId

_PLACED = "placed"


@dataclass(slots=True)
class _Checked:
    """Lines of a plan that may still be done, and the sentence that refuses the others."""

    good: list[PlannedPlacement] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def accept_plan(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: PlanId,
    steps: Collection[int] | None = None,
    job_id: JobId | None = None,
    tell: Tell = tell_nobody,
) -> list[ItemOutcome]:
    """Place the samples of a plan: all lines, or the chosen ``steps``; the rest is declined.

    Every line is checked again under lock. A line that has become impossible is refused on its
    own, with the reason; the others go ahead. It is one step however many they are: what is done
    with each tube is done by statements for all of them. The audit trail gets one entry per sample,
    the event log one event for the plan.

    ``job_id`` is the job of the worker who does it. ``tell`` hears how many of how many are placed;
    what it raises ends the acceptance, and nothing is placed.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not waiting for an answer.
        PlanBeingAnswered: another worker is at it.
        InvalidInput: some of the steps are no lines of the plan.
    """
    principal.require(Permission.STORAGE_PLACE)
    plan = plan_states.lock_to_answer(session, principal, plan_id, PlanState.READY, job_id=job_id)
    plans.require_lines(session, plan_id, steps)
    lines = session.scalars(
        select(PlannedPlacement)
        .where(PlannedPlacement.plan_id == plan_id)
        .order_by(PlannedPlacement.step)
    ).all()
    wanted = None if steps is None else frozenset(steps)
    chosen = [line for line in lines if wanted is None or line.step in wanted]
    held = locking.hold_visible_samples(
        session, principal, [SampleId(line.sample_id) for line in chosen]
    )
    box_ids = sorted({NodeId(line.box_id) for line in chosen})
    boxes = locking.hold_boxes(session, principal, box_ids)
    checked = _check(session, chosen, held, boxes)
    _place(session, principal, plan_id, checked.good, boxes, tell=tell)
    _record_outcomes(session, plan_id, lines, chosen, checked)
    plan.state, plan.closed_at = PlanState.ACCEPTED, clock.utc_now()
    session.flush()
    accepted = PlanAccepted(
        aggregate_id=plan_id,
        placed=len(checked.good),
        declined=len(lines) - len(chosen),
        refused=len(checked.refused),
        job_id=job_id,
    )
    events_service.record(session, principal, accepted)
    return [_outcome(line, held, checked.refused.get(line.step)) for line in chosen]


def _check(
    session: WriteSession,
    lines: Sequence[PlannedPlacement],
    held: dict[SampleId, HeldSample],
    boxes: dict[NodeId, BoxView],
) -> _Checked:
    taken = box_queries.taken_in(session, list(boxes))
    kept_out = _kept_out(session, lines, held, boxes)
    checked = _Checked()
    for line in lines:
        item, box = held.get(SampleId(line.sample_id)), boxes[NodeId(line.box_id)]
        position = box.shape.at(line.row, line.column)
        if item is None:
            checked.refused[line.step] = "The sample is not there any more, or not yours to see."
        elif item.standing is not None:
            checked.refused[line.step] = f"{item.needs.barcode} has found a place meanwhile."
        elif position in taken.get(box.id, frozenset()):
            checked.refused[line.step] = (
                f"{position.label} of {box.path} has been filled meanwhile."
            )
        elif reason := kept_out.get((box.id, item.needs.barcode)):
            checked.refused[line.step] = reason
        else:
            checked.good.append(line)
    return checked


def _kept_out(
    session: WriteSession,
    lines: Sequence[PlannedPlacement],
    held: dict[SampleId, HeldSample],
    boxes: dict[NodeId, BoxView],
) -> dict[tuple[NodeId, str], str]:
    """Return the sentences of the rules that keep tubes out of their boxes, by box and barcode."""
    needs: dict[NodeId, list[SampleNeeds]] = {box_id: [] for box_id in boxes}
    for line in lines:
        if (item := held.get(SampleId(line.sample_id))) is not None:
            needs[NodeId(line.box_id)].append(item.needs)
    return {
        (box_id, barcode): " ".join(sentences)
        for box_id, box in boxes.items()
        for barcode, sentences in locking.refusals(session, needs[box_id], box).items()
    }


def _place(
    session: WriteSession,
    principal: Principal,
    plan_id: PlanId,
    lines: Sequence[PlannedPlacement],
    boxes: dict[NodeId, BoxView],
    *,
    tell: Tell,
) -> None:
    at_once = plans.LINES_OF_A_STATEMENT
    tell(0, len(lines))
    for first in range(0, len(lines), at_once):
        some = lines[first : first + at_once]
        _place_some(session, principal, plan_id, some, boxes)
        tell(first + len(some), len(lines))
    added = Counter(boxes[NodeId(line.box_id)].unit_id for line in lines)
    one_box = {box.unit_id: box for box in boxes.values()}
    for unit_id, count in sorted(added.items()):  # one order, for each locks its unit
        placing.note_fullness(session, principal, one_box[unit_id], count)


def _place_some(
    session: WriteSession,
    principal: Principal,
    plan_id: PlanId,
    lines: Sequence[PlannedPlacement],
    boxes: dict[NodeId, BoxView],
) -> None:
    now = clock.utc_now()
    rows = [
        {
            "id": new_id(),
            "sample_id": line.sample_id,
            "box_id": line.box_id,
            "row": line.row,
            "column": line.column,
            "source": PlacementSource.PLAN,
            "placed_at": now,
            "placed_by": principal.user_id,
            "placed_by_name": principal.name,
            "plan_id": plan_id,
        }
        for line in lines
    ]
    # What is returned is not needed; asked for it, SQLAlchemy writes many rows by one statement.
    session.execute(insert(Placement).returning(Placement.id), rows)
    samples_service.set_custodies(
        session,
        principal,
        sample_ids=[SampleId(line.sample_id) for line in lines],
        custody=Custody.IN_STORAGE,
    )
    for line in lines:
        sample_id, box = SampleId(line.sample_id), boxes[NodeId(line.box_id)]
        events_service.audit(
            session,
            principal,
            action="storage.sample_placed",
            entity="sample",
            entity_id=sample_id,
            new={
                "path": box.path,
                "position": box.shape.at(line.row, line.column).label,
                "plan_id": plan_id,
            },
        )


def _record_outcomes(
    session: WriteSession,
    plan_id: PlanId,
    lines: Sequence[PlannedPlacement],
    chosen: Sequence[PlannedPlacement],
    checked: _Checked,
) -> None:
    picked = {line.step for line in chosen}
    declined = [line.step for line in lines if line.step not in picked]
    plans.mark_lines(session, plan_id, [line.step for line in checked.good], _PLACED)
    plans.mark_lines(session, plan_id, declined, "declined")
    for line in chosen:
        if (sentence := checked.refused.get(line.step)) is not None:
            line.outcome = sentence[: plans.LONGEST_OUTCOME]


def _outcome(
    line: PlannedPlacement, held: dict[SampleId, HeldSample], refused: str | None
) -> ItemOutcome:
    sample_id = SampleId(line.sample_id)
    barcode = held[sample_id].needs.barcode if sample_id in held else ""
    return ItemOutcome(sample_id=sample_id, barcode=barcode, refused=refused)
