"""Pick lists: making one, holding it, ending it. Exported by service.py.

Whoever answers a line holds the list first, then samples, then boxes (locking.py): two people on
one list take turns for the moment of a scan, so no tube is picked twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select

from backend.core import clock
from backend.core.ids import new_ids
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import box_queries, pick_queries, pick_rules, rules
from backend.storage.errors import (
    NotPlaced,
    PickListNotFound,
    PickListNotOpen,
    PickListRefused,
    PositionOutside,
    StillInHand,
)
from backend.storage.events import PickAnswered, PickListEnded, PickListMade
from backend.storage.ids import (
    NodeId,
    PickListId,
    PickOutcome,
    PickPurpose,
    PickState,
)
from backend.storage.models import Placement, StorageNode
from backend.storage.pick_models import PickLine, PickList
from backend.storage.pick_rules import Spot
from backend.storage.pick_views import PickListView
from backend.storage.place_kinds import HOLDERS

_TITLE_LENGTH, _REASON_LENGTH, _NAMED = 200, 300, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PickWish:
    """A tube to fetch. Only tubes that move have a destination; a box alone: its first free."""

    sample_id: SampleId
    to_box_id: NodeId | None = None
    to_row: int | None = None
    to_column: int | None = None
    reason: str = ""


def make_list(
    session: WriteSession,
    principal: Principal,
    *,
    title: str,
    purpose: PickPurpose,
    lines: Sequence[PickWish],
) -> PickListId:
    """Write down tubes to fetch, unit by unit, shelf, rack, box, position; nothing moves.

    Evacuations keep the order that they are given, and go by position within neighbours of a box.

    Raises:
        PickListRefused: no title, no tube, too many, one twice, or a destination that is none.
        SampleNotFound, NodeNotFound, NotABox, PositionOutside: nothing such to be seen.
        NotPlaced: some stand nowhere, so they cannot be fetched.
    """
    principal.require(Permission.STORAGE_PLACE)
    _require_wishes(title, purpose, lines)
    spots = _spots(session, principal, [wish.sample_id for wish in lines])
    _require_destinations(session, principal, lines)
    given = [spots[wish.sample_id] for wish in lines]
    order = (
        pick_rules.in_given_groups(given)
        if purpose is PickPurpose.EVACUATE
        else pick_rules.by_place(given, _place_keys(session, {spot.box for spot in given}))
    )
    picks = PickList(
        title=title.strip(),
        purpose=purpose,
        made_by=principal.user_id,
        made_by_name=principal.name,
    )
    session.add(picks)
    session.flush()
    sorted_lines = [(lines[at], given[at]) for at in order]
    _write_lines(session, picks.id, sorted_lines)
    made = PickListMade(
        aggregate_id=picks.id,
        number=picks.number,
        title=picks.title,
        purpose=purpose.value,
        lines=len(lines),
    )
    events_service.record(session, principal, made)
    return PickListId(picks.id)


def close_list(session: WriteSession, principal: Principal, *, list_id: PickListId) -> PickListView:
    """End a list; what has no answer is left, and stays on it without one.

    Raises:
        PickListNotFound, PickListNotOpen: not visible, or over.
        StillInHand: somebody carries one of its tubes.
    """
    principal.require(Permission.STORAGE_PLACE)
    picks = lock_list(session, principal, list_id)
    view = pick_queries.get_list(session, principal, list_id)
    if picks.purpose.moves and view.counts[PickOutcome.PICKED]:
        carried = session.execute(
            select(PickLine.by_name, Sample.barcode)
            .join(Sample, Sample.id == PickLine.sample_id)
            .where(PickLine.list_id == picks.id, PickLine.outcome == PickOutcome.PICKED)
            .order_by(PickLine.step)
            .limit(1)
        ).one()
        raise StillInHand(
            f"{carried.by_name} has {carried.barcode} in hand. Place it, or skip it and put it "
            "back, then close the list."
        )
    end(session, principal, picks, PickState.CLOSED, left=view.left)
    return pick_queries.get_list(session, principal, list_id)


def lock_list(
    session: WriteSession,
    principal: Principal,
    list_id: PickListId,
    *states: PickState,
) -> PickList:
    """Hold a list that must be open, or in one of the states: before samples, by everybody.

    Raises:
        PickListNotFound, PickListNotOpen: not visible, or over.
    """
    picks = session.scalars(
        pick_queries.visible_lists(principal)
        .where(PickList.id == list_id)
        .with_for_update(of=PickList, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if picks is None:
        raise PickListNotFound(
            "There is no such pick list, or it holds samples that are not yours to see."
        )
    if picks.state not in (states or (PickState.OPEN,)):
        name = pick_rules.list_name(picks.number)
        raise PickListNotOpen(f"{name} is {picks.state.value}. Make a new list for what is left.")
    return picks


def answer(
    session: WriteSession,
    principal: Principal,
    picks: PickList,
    line: PickLine,
    outcome: PickOutcome | None,
    *,
    reason: str = "",
    stay_id: UUID | None = None,
) -> None:
    """Write what became of a line of a held list; None takes an answer back."""
    is_answer = outcome is not None
    line.outcome, line.stay_id = outcome, stay_id
    line.outcome_reason = reason[:_REASON_LENGTH] if is_answer else ""
    line.by = principal.user_id if is_answer else None
    line.by_name = principal.name if is_answer else None
    line.at = clock.utc_now() if is_answer else None
    session.flush()
    answered = PickAnswered(
        aggregate_id=picks.id,
        sample_id=line.sample_id,
        step=line.step,
        outcome=None if outcome is None else outcome.value,
        reason=reason or None,
    )
    events_service.record(session, principal, answered, reason=reason or None)


def settle(session: WriteSession, principal: Principal, picks: PickList) -> int:
    """Say that a held list is done if it is; return how many lines are left."""
    open_lines: ColumnElement[bool] = PickLine.outcome.is_(None)
    if picks.purpose.moves:
        open_lines = or_(open_lines, PickLine.outcome == PickOutcome.PICKED)
    left = session.execute(
        select(func.count()).select_from(PickLine).where(PickLine.list_id == picks.id, open_lines)
    ).scalar_one()
    if not left:
        end(session, principal, picks, PickState.DONE, left=0)
    return left


def end(
    session: WriteSession, principal: Principal, picks: PickList, state: PickState, *, left: int
) -> None:
    """Say that a held list is over."""
    picks.state, picks.closed_at, picks.closed_by_name = state, clock.utc_now(), principal.name
    session.flush()
    ended = PickListEnded(aggregate_id=picks.id, state=state.value, left=left)
    events_service.record(session, principal, ended)


def _require_wishes(title: str, purpose: PickPurpose, lines: Sequence[PickWish]) -> None:
    text, keys = title.strip(), {wish.sample_id for wish in lines}
    placed = any(wish.to_box_id or wish.to_row or wish.to_column for wish in lines)
    halves = any(
        (wish.to_row is None) is not (wish.to_column is None)
        or (wish.to_row is not None and wish.to_box_id is None)
        for wish in lines
    )
    most = pick_rules.MOST_LINES
    checks = (
        (not text, "title", "Write what the list is for."),
        (len(text) > _TITLE_LENGTH, "title", f"Write at most {_TITLE_LENGTH} characters."),
        (not lines, "lines", "Choose the tubes to pick."),
        (len(lines) > most, "lines", f"A list holds {most:,} tubes at most. Make two."),
        (len(keys) < len(lines), "lines", "Name each tube once."),
        (placed and not purpose.moves, "lines", "Tubes that are taken out go to no box."),
        (halves, "lines", "A position has a box, a row and a column."),
        (
            any(len(wish.reason) > _REASON_LENGTH for wish in lines),
            "lines",
            f"Write reasons of at most {_REASON_LENGTH} characters.",
        ),
    )
    faults = {field: sentence for wrong, field, sentence in reversed(checks) if wrong}
    if faults:
        raise PickListRefused(" ".join(faults.values()), fields=faults)


def _spots(
    session: ReadSession, principal: Principal, sample_ids: Sequence[SampleId]
) -> dict[SampleId, Spot]:
    rows = session.execute(
        samples_queries.visible_samples(principal)
        .with_only_columns(
            Sample.id, Sample.barcode, Placement.box_id, Placement.row, Placement.column
        )
        .outerjoin(Placement, (Placement.sample_id == Sample.id) & Placement.removed_at.is_(None))
        .where(Sample.id.in_(list(sample_ids)))
        .order_by(Sample.barcode)
    ).all()
    missing = len(sample_ids) - len(rows)
    if missing:
        raise SampleNotFound(
            f"{missing} of {len(sample_ids)} samples are not there, or not yours to see."
        )
    nowhere = [row.barcode for row in rows if row.box_id is None]
    if nowhere:
        others = len(nowhere) - _NAMED
        more = f" and {others} more" if others > 0 else ""
        raise NotPlaced(
            f"{', '.join(nowhere[:_NAMED])}{more} stand nowhere, so nobody can fetch them. "
            "Leave them out, or place them first."
        )
    return {SampleId(row.id): Spot(box=row.box_id, row=row.row, column=row.column) for row in rows}


def _require_destinations(
    session: ReadSession, principal: Principal, lines: Sequence[PickWish]
) -> None:
    goals = {wish.to_box_id for wish in lines if wish.to_box_id is not None}
    boxes = {box_id: box_queries.get_box(session, principal, box_id) for box_id in sorted(goals)}
    closed = [rules.closed_words(box.path) for box in boxes.values() if box.is_closed]
    if closed:
        raise PickListRefused(" ".join(closed))
    for wish in lines:
        if wish.to_box_id is None or wish.to_row is None or wish.to_column is None:
            continue
        box = boxes[wish.to_box_id]
        position = box.shape.at(wish.to_row, wish.to_column)
        if position not in box.shape:
            raise PositionOutside(f"{box.path} has no position {position.label}.")


def _place_keys(
    session: ReadSession, box_ids: Collection[UUID]
) -> Mapping[UUID, pick_rules.PlaceKey]:
    rows = session.execute(
        select(
            StorageNode.id, StorageNode.parent_id, StorageNode.sort_order, StorageNode.label
        ).where(or_(StorageNode.kind.not_in(HOLDERS), StorageNode.id.in_(list(box_ids))))
    )
    nodes = {row.id: (row.parent_id, row.sort_order, row.label) for row in rows}
    return {box_id: pick_rules.place_key(box_id, nodes) for box_id in box_ids}


def _write_lines(
    session: WriteSession, list_id: UUID, lines: Sequence[tuple[PickWish, Spot]]
) -> None:
    session.execute(
        insert(PickLine),
        [
            {
                "id": key,
                "list_id": list_id,
                "step": step,
                "sample_id": wish.sample_id,
                "from_box_id": spot.box,
                "from_row": spot.row,
                "from_column": spot.column,
                "to_box_id": wish.to_box_id,
                "to_row": wish.to_row,
                "to_column": wish.to_column,
                "reason": wish.reason.strip(),
            }
            for step, (key, (wish, spot)) in enumerate(
                zip(new_ids(len(lines)), lines, strict=True), start=1
            )
        ],
    )
