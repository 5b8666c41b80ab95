"""A box whose tubes fell out: each is put back by its last place. Exported by service.py."""

from sqlalchemy import update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.storage import locking, placing, scan_queries
from backend.storage.errors import NotOfThisBox, NotPlaced, NotToBeSpilled
from backend.storage.events import BoxSpilled, SpillEnded, TubeVerified
from backend.storage.ids import Doubt, NodeId
from backend.storage.models import Placement
from backend.storage.scan_views import PutBack


def spill_box(
    session: WriteSession, principal: Principal, *, box_id: NodeId, reason: str = ""
) -> int:
    """Mark every tube of a box as not verified until it is put back; return how many there are.

    Placements stay as they are: they say where each tube belongs.

    Raises:
        NodeNotFound, NotABox: no such box.
        NotPlaced: nothing stands in it.
        NotToBeSpilled: it is a loose place; its tubes belong in no position.
    """
    principal.require(Permission.STORAGE_PLACE)
    box = locking.hold_boxes(session, principal, [box_id])[box_id]
    if box.is_loose:
        raise NotToBeSpilled(
            f"{box.path} is a loose place: no tube of it belongs in a position. Count them instead."
        )
    if not box.used:
        raise NotPlaced(f"{box.path} is empty, so nothing fell out of it.")
    session.execute(
        update(Placement)
        .where(Placement.box_id == box_id, Placement.removed_at.is_(None))
        .values(doubt=Doubt.SPILLED, doubted_at=clock.utc_now())
        .execution_options(synchronize_session="fetch")
    )
    spilled = BoxSpilled(
        aggregate_id=box_id, path=box.path, tubes=box.used, reason=reason.strip()[:300]
    )
    events_service.record(session, principal, spilled, reason=reason.strip() or None)
    return box.used


def put_back(
    session: WriteSession, principal: Principal, *, box_id: NodeId, barcode: str
) -> PutBack:
    """Say where a scanned tube of a spilled box belongs, and count it as back.

    Raises:
        SampleNotFound, NodeNotFound, NotABox: nothing such to be seen.
        NotOfThisBox: it is recorded in another box, or nowhere.
    """
    principal.require(Permission.STORAGE_PLACE)
    sample_id = samples_queries.sample_id_of(session, principal, barcode)
    held = locking.hold_samples(session, principal, [sample_id])[0]
    box = locking.hold_boxes(session, principal, [box_id])[box_id]
    stay, code = held.standing, held.needs.barcode
    if stay is None:
        raise NotOfThisBox(f"{code} stands nowhere. Put it aside and place it afterwards.")
    if stay.box_id != box_id:
        where = placing.where_it_stands(session, stay)
        raise NotOfThisBox(f"{code} belongs in {where}, not in {box.path}. Put it aside.")
    position = box.shape.at(stay.row, stay.column).label
    was_back = stay.doubt is not Doubt.SPILLED
    if not was_back:
        stay.doubt, stay.doubted_at = None, None
        session.flush()
        verified = TubeVerified(
            aggregate_id=sample_id, placement_id=stay.id, path=box.path, position=position
        )
        events_service.record(session, principal, verified)
    return PutBack(
        barcode=code,
        path=box.path,
        position=position,
        was_back=was_back,
        left=scan_queries.spilled_count(session, box_id),
    )


def end_spill(session: WriteSession, principal: Principal, *, box_id: NodeId) -> int:
    """Call a spill off, as if nothing had fallen; return how many tubes were not back yet.

    Raises:
        NodeNotFound, NotABox: no such box.
        NotPlaced: nothing of it is looked for.
    """
    principal.require(Permission.STORAGE_PLACE)
    box = locking.hold_boxes(session, principal, [box_id])[box_id]
    left = scan_queries.spilled_count(session, box_id)
    if not left:
        raise NotPlaced(f"Nothing of {box.path} is looked for.")
    session.execute(
        update(Placement)
        .where(
            Placement.box_id == box_id,
            Placement.removed_at.is_(None),
            Placement.doubt == Doubt.SPILLED,
        )
        .values(doubt=None, doubted_at=None)
        .execution_options(synchronize_session="fetch")
    )
    ended = SpillEnded(aggregate_id=box_id, path=box.path, left=left)
    events_service.record(session, principal, ended)
    return left
