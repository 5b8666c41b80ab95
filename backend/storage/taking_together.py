"""Taking several tubes out in one step, and back. Exported by service.py.

All samples are held first, in key order, and their boxes after them (locking.py); what is then done
tube by tube waits for nobody any more.
"""

from collections.abc import Sequence

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import SampleId
from backend.storage import hand_tray, locking, placing, undoing
from backend.storage.errors import NotPlaced
from backend.storage.ids import NodeId, PlacementId
from backend.storage.models import Placement
from backend.storage.views import PlacementView


def take_out_together(
    session: WriteSession, principal: Principal, *, sample_ids: Sequence[SampleId], reason: str
) -> list[PlacementView]:
    """Take samples out of their positions, all or none; return the stays that ended, in order.

    Raises:
        BlockRefused: none, or more than the largest plate holds.
        SampleNotFound, SamplePromised: one is not to be had.
        NotPlaced: some stand nowhere; all of them are named.
    """
    principal.require(Permission.STORAGE_PLACE)
    held = locking.hold_samples(session, principal, hand_tray.some_together(sample_ids))
    nowhere = [tube.needs.barcode for tube in held if tube.standing is None]
    if nowhere:
        raise NotPlaced(f"{', '.join(nowhere)} stands nowhere, so it cannot be taken out.")
    stays = [tube.standing for tube in held if tube.standing is not None]
    box_ids = sorted({NodeId(stay.box_id) for stay in stays})
    boxes = locking.hold_boxes(session, principal, box_ids)
    return [
        placing.leave(session, principal, stay, boxes[NodeId(stay.box_id)], reason)
        for stay in stays
    ]


def undo_together(
    session: WriteSession, principal: Principal, *, placement_ids: Sequence[PlacementId]
) -> list[PlacementView]:
    """Take back the steps that ended or began stays, all or none; return where tubes stand now.

    Raises:
        As `undoing.undo_placement`, for any of them.
    """
    principal.require(Permission.STORAGE_PLACE)
    stays = session.scalars(select(Placement).where(Placement.id.in_(list(placement_ids)))).all()
    if stays:
        locking.hold_samples(session, principal, [SampleId(stay.sample_id) for stay in stays])
        locking.hold_boxes(session, principal, sorted({NodeId(stay.box_id) for stay in stays}))
    back = [
        undoing.undo_placement(session, principal, placement_id=placement_id)
        for placement_id in placement_ids
    ]
    return [stay for stay in back if stay is not None]
