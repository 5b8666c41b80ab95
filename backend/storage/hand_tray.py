"""Taking tubes in hand and putting them back. Exported by service.py.

A tube in hand has left its position: the stay is closed, the position free, and its custody is
`Custody.HAND_TRAY`, on its way in one person's hand; it is not checked out. Whatever places it or
ends it takes it out of the hand, by a trigger on the chain of custody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import box_queries, locking, placing, queries, rules
from backend.storage.block_rules import MOST_TOGETHER
from backend.storage.errors import (
    BlockRefused,
    InAnothersHand,
    NothingInHand,
    NotToBeTaken,
    PositionTaken,
)
from backend.storage.hand_events import SamplePutDown, SampleTakenInHand
from backend.storage.hand_models import HandTrayItem
from backend.storage.hand_queries import get_tray, trays
from backend.storage.hand_views import HandTray
from backend.storage.ids import NodeId, PlacementSource
from backend.storage.locking import HeldSample
from backend.storage.models import Placement
from backend.storage.pick_rules import MOST_LINES
from backend.storage.views import BoxView, PlacementView

__all__ = ["get_tray", "put_back", "take_in_hand", "trays"]

TAKEN = "taken in hand"
"""Why a stay ended whose tube went into a hand."""

_WORDS = {
    Custody.CHECKED_OUT: "is checked out. Return it, or place it where it goes.",
    Custody.ON_BENCH: "is on a bench. Place it where it goes.",
    Custody.ON_INSTRUMENT: "is on an instrument. Place it where it goes.",
    Custody.SHIPPED: "has been sent away.",
    Custody.HAND_TRAY: "is in somebody's hand after a hand-over. Place it where it goes.",
}


def take_in_hand(
    session: WriteSession, principal: Principal, *, sample_ids: Sequence[SampleId]
) -> HandTray:
    """Take tubes out of their positions into the person's own hand; return all that is in it.

    All are taken or none is. Those that are in the person's hand already stay there. Tubes that
    wait for a place may be taken, too.

    Raises:
        BlockRefused: none, or too many for one step.
        SampleNotFound, SamplePromised: one is not to be had.
        InAnothersHand: somebody else has one in hand.
        NotToBeTaken: one is gone, or neither stands anywhere nor waits for a place.
        PermissionDenied: no person acts.
    """
    principal.require(Permission.STORAGE_PLACE)
    require_person(principal)
    held = locking.hold_samples(session, principal, some_together(sample_ids))
    rows = rows_of(session, sample_ids)
    coming = [tube for tube in held if _comes(principal, tube, rows)]
    sources = {NodeId(tube.standing.box_id) for tube in coming if tube.standing is not None}
    boxes = locking.hold_boxes(session, principal, sorted(sources))
    now = clock.utc_now()
    for tube in coming:
        lift(session, principal, tube, boxes, now)
    return get_tray(session, principal)


def put_back(
    session: WriteSession, principal: Principal, *, sample_ids: Sequence[SampleId]
) -> tuple[PlacementView, ...]:
    """Put tubes of the person's hand back to where they came from; return their new stays.

    All go back or none does. Within ten minutes no rule is asked, as when a step is undone. Those
    that stood nowhere wait for a place again and have no stay.

    Raises:
        BlockRefused, SampleNotFound, SamplePromised: as `take_in_hand`.
        NothingInHand, InAnothersHand: one is not in the person's hand.
        PositionTaken: another tube stands there by now, or it is blocked.
        PlacementRefused: rules keep it out by now; all of them are named.
    """
    principal.require(Permission.STORAGE_PLACE)
    held = locking.hold_samples(session, principal, some_together(sample_ids))
    rows = rows_of(session, sample_ids)
    for tube in held:
        _require_own(principal, tube, rows)
    back = {key: row for key, row in rows.items() if row.from_box_id is not None}
    goals = {NodeId(row.from_box_id) for row in back.values() if row.from_box_id is not None}
    boxes = locking.hold_boxes(session, principal, sorted(goals))
    now = clock.utc_now()
    stays = []
    for tube in held:
        row = rows[SampleId(tube.sample.id)]
        if row.from_box_id is None:
            _put_down(session, principal, tube)
            continue
        box = boxes[NodeId(row.from_box_id)]
        if now - row.taken_at > rules.UNDO_WITHIN:
            locking.require_fit(session, [tube.needs], box)
        stays.append(_return(session, principal, tube, row, box))
    return tuple(stays)


def lift(
    session: WriteSession,
    principal: Principal,
    tube: HeldSample,
    boxes: Mapping[NodeId, BoxView],
    now: datetime,
) -> HandTrayItem:
    """Take one tube in hand. The caller holds it and its box."""
    stay = tube.standing
    if stay is not None:
        placing.close(session, principal, stay, TAKEN, now)
    row = HandTrayItem(
        sample_id=tube.sample.id,
        user_id=require_person(principal),
        user_name=principal.name,
        taken_at=now,
        from_box_id=None if stay is None else stay.box_id,
        from_row=None if stay is None else stay.row,
        from_column=None if stay is None else stay.column,
    )
    box = None if stay is None else boxes[NodeId(stay.box_id)]
    keep(session, principal, row, left=stay, box=box)
    return row


def take_again(session: WriteSession, principal: Principal, stay: Placement) -> None:
    """Take a held tube in hand that was taken out of a stay, placed, and that undone."""
    row = HandTrayItem(
        sample_id=stay.sample_id,
        user_id=require_person(principal),
        user_name=principal.name,
        taken_at=stay.removed_at or clock.utc_now(),
        from_box_id=stay.box_id,
        from_row=stay.row,
        from_column=stay.column,
    )
    keep(session, principal, row)


def keep(
    session: WriteSession,
    principal: Principal,
    row: HandTrayItem,
    *,
    left: Placement | None = None,
    box: BoxView | None = None,
) -> None:
    """Put a held tube that stands nowhere into a hand; ``left`` and ``box`` say what it left."""
    session.add(row)
    session.flush()
    # A trigger takes the row away; the session must not go on believing in it.
    session.expunge(row)
    sample_id = SampleId(row.sample_id)
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=Custody.HAND_TRAY)
    spot = None if left is None or box is None else box.shape.at(left.row, left.column)
    taken = SampleTakenInHand(
        aggregate_id=sample_id,
        user_id=row.user_id,
        user_name=row.user_name,
        placement_id=None if left is None else left.id,
        path=None if box is None else box.path,
        position=None if spot is None else spot.label,
    )
    events_service.record(session, principal, taken)


def rows_of(
    session: WriteSession, sample_ids: Collection[SampleId]
) -> dict[SampleId, HandTrayItem]:
    """Return whose hands tubes are in; those in nobody's are absent. Rows are not kept up to date.

    Ask it of held samples: whoever changes a row holds its sample.
    """
    rows = session.scalars(
        select(HandTrayItem)
        .where(HandTrayItem.sample_id.in_(list(sample_ids)))
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        session.expunge(row)
    return {SampleId(row.sample_id): row for row in rows}


def require_person(principal: Principal) -> UUID:
    """Return who acts; machinery has no hands.

    Raises:
        PermissionDenied: no person acts.
    """
    if principal.user_id is None:
        raise PermissionDenied("People take tubes in hand. Sign in as the one who takes them.")
    return principal.user_id


def some_together(sample_ids: Sequence[SampleId]) -> list[SampleId]:
    """Return the tubes of one step, each once, in the order asked for.

    Raises:
        BlockRefused: none, or more than the largest plate takes.
    """
    wanted = list(dict.fromkeys(sample_ids))
    if not wanted:
        raise BlockRefused("No tube is chosen. Choose those that this is about.")
    if len(wanted) > MOST_TOGETHER:
        raise BlockRefused(
            f"One step takes up to {MOST_TOGETHER:,} tubes, the wells of the largest plate; these "
            f"are {len(wanted):,}. Go box by box, or make a pick list: it takes {MOST_LINES:,}."
        )
    return wanted


def _comes(principal: Principal, tube: HeldSample, rows: Mapping[SampleId, HandTrayItem]) -> bool:
    """Say whether a tube is still to be taken; raise where it is not to be had."""
    code, row = tube.needs.barcode, rows.get(SampleId(tube.sample.id))
    if row is not None:
        _require_own(principal, tube, rows)
        return False
    if tube.needs.is_gone:
        raise NotToBeTaken(f"{code} is no longer there: its lifecycle has ended. Take it out.")
    if tube.standing is None and tube.sample.custody is not Custody.NOT_PLACED:
        words = _WORDS.get(tube.sample.custody, "has no position. Place it where it goes.")
        raise NotToBeTaken(f"{code} {words}")
    return True


def _require_own(
    principal: Principal, tube: HeldSample, rows: Mapping[SampleId, HandTrayItem]
) -> None:
    code, row = tube.needs.barcode, rows.get(SampleId(tube.sample.id))
    if row is None:
        raise NothingInHand(f"{code} is not in your hand. Look where it stands.")
    if row.user_id != principal.user_id:
        raise InAnothersHand(f"{row.user_name} has {code} in hand. Ask them for it.")


def _put_down(session: WriteSession, principal: Principal, tube: HeldSample) -> None:
    sample_id = SampleId(tube.sample.id)
    session.execute(delete(HandTrayItem).where(HandTrayItem.sample_id == sample_id))
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=Custody.NOT_PLACED)
    down = SamplePutDown(aggregate_id=sample_id, user_name=principal.name)
    events_service.record(session, principal, down)


def _return(
    session: WriteSession,
    principal: Principal,
    tube: HeldSample,
    row: HandTrayItem,
    box: BoxView,
) -> PlacementView:
    spot = placing.as_position(row.from_row, row.from_column, box.shape)
    if spot is None or spot in box_queries.taken_positions(session, box.id):
        label = "" if spot is None else f"{spot.label} of "
        raise PositionTaken(
            f"{tube.needs.barcode} came from {label}{box.path}, which is taken by now. "
            "Place it elsewhere."
        )
    sample_id = SampleId(tube.sample.id)
    stay = placing.put(
        session,
        principal,
        sample_id=sample_id,
        box=box,
        position=spot,
        source=PlacementSource.MANUAL,
        now=clock.utc_now(),
    )
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=Custody.IN_STORAGE)
    placing.record_placed(session, principal, stay, box)
    placing.note_fullness(session, principal, box, 1)
    return queries.placement_view(stay, box.path, box.shape)
