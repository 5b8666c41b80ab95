"""Scanning off a pick list: a tube, and for those that move the place it goes to.

Exported by service.py. Every refusal is one sentence, and nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.storage import locking, pick_queries, pick_rules, picking, placing, queries
from backend.storage.errors import (
    AlreadyPicked,
    ElsewhereNow,
    NothingInHand,
    NotOnTheList,
    NotToBePicked,
    WrongDestination,
)
from backend.storage.ids import NodeId, PickListId, PickOutcome, PlacementSource
from backend.storage.locking import HeldSample
from backend.storage.models import StorageNode
from backend.storage.pick_models import PickLine, PickList
from backend.storage.pick_views import PickStep, StepKind
from backend.storage.place_kinds import HOLDERS
from backend.storage.rules import Position, parse_position


@dataclass(frozen=True, slots=True)
class _Goal:
    """A scanned box, and the position in it where one was scanned."""

    box_id: NodeId
    path: str
    position: Position | None


def pick(
    session: WriteSession, principal: Principal, *, list_id: PickListId, barcode: str
) -> PickStep:
    """Take the scanned tube out, or carry it; scanning its box (or position) then places it.

    A box takes every tube in the person's hand that goes there. A line that was short or skipped
    may still be picked: the tube has turned up. Holds do not keep a tube from being moved: what
    may not be used must still be brought to safety.

    Raises:
        PickListNotFound, PickListNotOpen: not visible, or over.
        SampleNotFound, NotOnTheList: it is not to be picked.
        AlreadyPicked, ElsewhereNow, NotToBePicked, SamplePromised: it is not to be had.
        NothingInHand, WrongDestination: the box is not where it goes.
        Otherwise as `move_samples`.
    """
    principal.require(Permission.STORAGE_PLACE)
    picks = picking.lock_list(session, principal, list_id)
    goal = _scanned_goal(session, principal, picks, barcode) if picks.purpose.moves else None
    if goal is not None:
        return _place(session, principal, picks, goal)
    return _take(session, principal, picks, barcode)


def require_at(session: ReadSession, held: HeldSample, line: PickLine) -> None:
    """Raise ElsewhereNow unless a tube stands where its line says."""
    code, stay = held.needs.barcode, held.standing
    there = (line.from_box_id, line.from_row, line.from_column)
    if stay is None:
        raise ElsewhereNow(f"{code} stands nowhere any more; somebody has taken it out.")
    if (stay.box_id, stay.row, stay.column) == there:
        return
    now = placing.where_it_stands(session, stay)
    raise ElsewhereNow(
        f"{code} stands in {now} now; the list was made before. Skip it, or make a new list."
    )


def is_answered(picks: PickList, line: PickLine) -> bool:
    """Say whether a line is over, so that only undoing changes it."""
    return line.outcome is PickOutcome.PLACED or (
        line.outcome is PickOutcome.PICKED and not picks.purpose.moves
    )


def _take(session: WriteSession, principal: Principal, picks: PickList, barcode: str) -> PickStep:
    sample_id = samples_queries.sample_id_of(session, principal, barcode)
    held = locking.hold_samples(session, principal, [sample_id])[0]
    code, name = held.needs.barcode, pick_rules.list_name(picks.number)
    line = session.scalars(
        select(PickLine).where(PickLine.list_id == picks.id, PickLine.sample_id == sample_id)
    ).one_or_none()
    if line is None:
        raise NotOnTheList(f"{code} is not on {name}. Put it back.")
    if line.outcome in {PickOutcome.PICKED, PickOutcome.PLACED}:
        raise AlreadyPicked(f"{code} was picked already, by {line.by_name}.")
    if held.needs.is_gone:
        raise NotToBePicked(f"{code} is no longer there: its lifecycle has ended.")
    require_at(session, held, line)
    if picks.purpose.moves:
        picking.answer(session, principal, picks, line, PickOutcome.PICKED)
        view = pick_queries.line_views(session, [line.id])
        where = view[0].goes_to or "the box it goes into"
        return PickStep(
            kind=StepKind.IN_HAND,
            lines=view,
            sentence=f"{code} is in your hand. Scan {where}.",
            left=picking.settle(session, principal, picks),
        )
    _require_free(session, principal, held)
    out = placing.take_out(
        session, principal, sample_id=sample_id, reason=f"{name}: {picks.title}"[:300]
    )
    picking.answer(session, principal, picks, line, PickOutcome.PICKED, stay_id=out.id)
    return PickStep(
        kind=StepKind.TAKEN,
        lines=pick_queries.line_views(session, [line.id]),
        sentence=f"{code} is out of {out.path}/{out.position}.",
        left=picking.settle(session, principal, picks),
    )


def _require_free(session: ReadSession, principal: Principal, held: HeldSample) -> None:
    sample_id = SampleId(held.sample.id)
    kinds = samples_queries.holds_of(session, principal, [sample_id]).get(sample_id, [])
    if kinds:
        named = ", ".join(kind.value.replace("_", " ") for kind in kinds)
        raise NotToBePicked(f"{held.needs.barcode} is on hold ({named}), so it stays. Skip it.")


def _scanned_goal(
    session: ReadSession, principal: Principal, picks: PickList, code: str
) -> _Goal | None:
    """Return the box or position that a code names; None where it names neither."""
    node = queries.find_node(session, principal, code)
    if node is not None and node.kind in HOLDERS:
        return _Goal(NodeId(node.id), node.path, None)
    above, _, last = code.strip().rpartition("/")
    box = queries.find_node(session, principal, above) if above else None
    if box is None and not above:
        box = _meant_alone(session, principal, picks, last)
    if box is None or box.kind not in HOLDERS:
        return None
    position = parse_position(last, box.shape)
    return None if position is None else _Goal(NodeId(box.id), box.path, position)


def _meant_alone(
    session: ReadSession, principal: Principal, picks: PickList, said: str
) -> StorageNode | None:
    """Return the box that the one tube in hand goes to, if a position alone may be of it.

    A number alone may be that of a tube, too: it counts only where lids have numbers.
    """
    carried = _carried(session, principal, picks)
    if len(carried) != 1 or carried[0].to_box_id is None:
        return None
    box = session.get_one(StorageNode, carried[0].to_box_id)
    has_letter = any(letter.isalpha() for letter in said)
    return box if has_letter or box.shape.is_numbered else None


def _carried(session: ReadSession, principal: Principal, picks: PickList) -> Sequence[PickLine]:
    return session.scalars(
        select(PickLine)
        .where(
            PickLine.list_id == picks.id,
            PickLine.outcome == PickOutcome.PICKED,
            PickLine.by.is_not_distinct_from(principal.user_id),
        )
        .order_by(PickLine.step)
    ).all()


def _place(session: WriteSession, principal: Principal, picks: PickList, goal: _Goal) -> PickStep:
    lines = _going_there(session, principal, picks, goal)
    held = locking.hold_samples(session, principal, [SampleId(line.sample_id) for line in lines])
    sources = {NodeId(line.from_box_id) for line in lines}
    # All of them at once, in key order: moving one by one below would lock them in another.
    locking.hold_boxes(session, principal, sorted(sources | {goal.box_id}))
    for line, tube in zip(lines, held, strict=True):
        require_at(session, tube, line)
    # Planned positions first, so that no tube for "the first free" takes one of theirs.
    for line in sorted(lines, key=lambda each: (each.to_row is None, each.step)):
        planned = (line.to_row, line.to_column)
        row, column = (goal.position.row, goal.position.column) if goal.position else planned
        moved = placing.move_samples(
            session,
            principal,
            sample_ids=[SampleId(line.sample_id)],
            box_id=goal.box_id,
            row=row,
            column=column,
            source=PlacementSource.SCAN,
        )[0]
        picking.answer(session, principal, picks, line, PickOutcome.PLACED, stay_id=moved.id)
    views = pick_queries.line_views(session, [line.id for line in lines])
    where = views[0].goes_to if len(views) == 1 else goal.path
    what = views[0].barcode if len(views) == 1 else f"{len(views)} tubes"
    return PickStep(
        kind=StepKind.PLACED,
        lines=views,
        sentence=f"{what} placed in {where}.",
        left=picking.settle(session, principal, picks),
    )


def _going_there(
    session: ReadSession, principal: Principal, picks: PickList, goal: _Goal
) -> list[PickLine]:
    """Return the lines in the person's hand that go to the scanned place."""
    carried = _carried(session, principal, picks)
    if not carried:
        raise NothingInHand("Scan a tube first, then the box that it goes into.")
    fitting = [line for line in carried if line.to_box_id in {None, goal.box_id}]
    if goal.position is not None:
        planned = [
            line
            for line in fitting
            if (line.to_row, line.to_column) == (goal.position.row, goal.position.column)
        ]
        loose = [line for line in fitting if line.to_row is None]
        fitting = planned or (loose if len(loose) == 1 else [])
    if fitting:
        return fitting
    first = pick_queries.line_views(session, [carried[0].id])[0]
    spot = "" if goal.position is None else f"/{goal.position.label}"
    raise WrongDestination(
        f"{first.barcode} goes to {first.goes_to or 'one box at a time'}, not to {goal.path}{spot}."
    )
