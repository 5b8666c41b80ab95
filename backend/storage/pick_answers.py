"""Answers to a pick list that no scan gives: short, skipped, taken back. Exported by service.py."""

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from backend.storage import locking, pick_queries, pick_rules, pick_steps, picking, rules, undoing
from backend.storage.errors import (
    AlreadyPicked,
    NothingToUndo,
    PickListNotFound,
    UndoTooLate,
)
from backend.storage.ids import (
    Doubt,
    PickListId,
    PickOutcome,
    PickState,
    PlacementId,
    ShortReason,
)
from backend.storage.models import Placement
from backend.storage.pick_models import PickLine, PickList
from backend.storage.pick_views import PickLineView

_SHORT_WORDS = {
    ShortReason.NOT_FOUND: "not found",
    ShortReason.EMPTY: "the position is empty",
    ShortReason.DAMAGED: "damaged",
    ShortReason.WRONG_TUBE: "another tube stands there",
}


def short_pick(
    session: WriteSession,
    principal: Principal,
    *,
    list_id: PickListId,
    step: int,
    reason: ShortReason,
) -> PickLineView:
    """Say why a tube cannot be picked. Unless it is damaged, its stay is marked as not verified.

    The stay goes on: it is the last that is known. A rack scan, or whoever finds the tube, settles
    it. A stay that is marked already keeps its older mark.

    Raises:
        PickListNotFound, PickListNotOpen, SampleNotFound: not visible, or over.
        AlreadyPicked: it was picked.
    """
    principal.require(Permission.STORAGE_PLACE)
    picks = picking.lock_list(session, principal, list_id)
    line = _open_line(session, picks, step)
    sample_id = SampleId(line.sample_id)
    held = locking.hold_visible_samples(session, principal, [sample_id]).get(sample_id)
    if held is None:
        raise SampleNotFound("The sample of this line is not there, or not yours to see.")
    stay = held.standing
    there = (line.from_box_id, line.from_row, line.from_column)
    marked = None
    if (
        reason.speaks_against
        and stay is not None
        and stay.doubt is None
        and (stay.box_id, stay.row, stay.column) == there
    ):
        stay.doubt, stay.doubted_at, marked = Doubt.NOT_FOUND, clock.utc_now(), stay.id
    picking.answer(
        session,
        principal,
        picks,
        line,
        PickOutcome.SHORT,
        reason=_SHORT_WORDS[reason],
        stay_id=marked,
    )
    picking.settle(session, principal, picks)
    return pick_queries.line_views(session, [line.id])[0]


def skip_pick(
    session: WriteSession,
    principal: Principal,
    *,
    list_id: PickListId,
    step: int,
    reason: str = "",
) -> PickLineView:
    """Leave a tube where it is, or put one in hand back. Same errors as `short_pick`."""
    principal.require(Permission.STORAGE_PLACE)
    picks = picking.lock_list(session, principal, list_id)
    line = _open_line(session, picks, step)
    picking.answer(session, principal, picks, line, PickOutcome.SKIPPED, reason=reason.strip())
    picking.settle(session, principal, picks)
    return pick_queries.line_views(session, [line.id])[0]


def undo_pick(
    session: WriteSession, principal: Principal, *, list_id: PickListId, step: int | None = None
) -> PickLineView:
    """Take the person's last answer back, or that of a step, within ten minutes.

    The tube returns to where it stood; its line waits again, and a list that was done is open.

    Raises:
        PickListNotFound, PickListNotOpen: not visible, or closed.
        NothingToUndo: they answered nothing, or something has happened to the sample since.
        UndoTooLate: more than ten minutes ago.
        PositionTaken: another tube stands there by now.
    """
    principal.require(Permission.STORAGE_PLACE)
    picks = picking.lock_list(session, principal, list_id, PickState.OPEN, PickState.DONE)
    line = _own_answer(session, principal, picks, step)
    if line.at is None or clock.utc_now() - line.at > rules.UNDO_WITHIN:
        raise UndoTooLate("That was more than ten minutes ago. Move the sample by hand.")
    if line.stay_id is not None and line.outcome is PickOutcome.SHORT:
        _trust_again(session, principal, line)
    elif line.stay_id is not None:
        undoing.undo_placement(session, principal, placement_id=PlacementId(line.stay_id))
    if picks.state is PickState.DONE:
        picks.state, picks.closed_at, picks.closed_by_name = PickState.OPEN, None, None
    picking.answer(session, principal, picks, line, None, reason="undone")
    return pick_queries.line_views(session, [line.id])[0]


def _open_line(session: WriteSession, picks: PickList, step: int) -> PickLine:
    line = session.scalars(
        select(PickLine).where(PickLine.list_id == picks.id, PickLine.step == step)
    ).one_or_none()
    if line is None:
        name = pick_rules.list_name(picks.number)
        raise PickListNotFound(f"{name} has no line {step}.")
    if pick_steps.is_answered(picks, line):
        raise AlreadyPicked(f"Line {step} was picked already, by {line.by_name}. Undo that first.")
    return line


def _own_answer(
    session: WriteSession, principal: Principal, picks: PickList, step: int | None
) -> PickLine:
    mine = select(PickLine).where(
        PickLine.list_id == picks.id,
        PickLine.outcome.is_not(None),
        PickLine.by.is_not_distinct_from(principal.user_id),
    )
    if step is not None:
        mine = mine.where(PickLine.step == step)
    line = session.scalars(
        mine.order_by(PickLine.at.desc(), PickLine.step.desc()).limit(1)
    ).one_or_none()
    if line is None:
        raise NothingToUndo("There is nothing of yours to undo on this list.")
    return line


def _trust_again(session: WriteSession, principal: Principal, line: PickLine) -> None:
    """Take the mark off that a short pick has left, if nothing has happened since."""
    locking.hold_visible_samples(session, principal, [SampleId(line.sample_id)])
    stay = session.get_one(Placement, line.stay_id, populate_existing=True)
    if stay.removed_at is None and stay.doubt is Doubt.NOT_FOUND:
        stay.doubt, stay.doubted_at = None, None
        session.flush()
