"""A pick list as a robot's worklist: its tubes where they stood, and what the ledger says."""

from collections.abc import Sequence

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.storage import box_queries, deck, pick_queries, worklists
from backend.storage.errors import WorklistRefused
from backend.storage.ids import NodeId, PickListId, PickOutcome
from backend.storage.pick_views import PickLineView
from backend.storage.views import BoxView
from backend.storage.worklists import CherryPick, Source, Transfer

_LEFT = frozenset({PickOutcome.SHORT, PickOutcome.SKIPPED})


def transfers_of(
    session: ReadSession, principal: Principal, list_id: PickListId, wanted: CherryPick
) -> tuple[Transfer, ...]:
    """Return what a robot is to do with the tubes of a list, short and skipped ones left out.

    The robot takes each tube from the box that it stood in: racks go onto the deck as they are.

    Raises:
        PickListNotFound: not visible.
        WorklistRefused: a robot cannot be given this; the line is named.
    """
    principal.require(Permission.STORAGE_PLACE)
    lines = [
        line
        for line in pick_queries.list_lines(session, principal, list_id)
        if line.outcome not in _LEFT
    ]
    boxes = {
        box_id: box_queries.get_box(session, principal, box_id)
        for box_id in dict.fromkeys(line.from_box_id for line in lines)
    }
    _require_grids(lines, boxes)
    names = deck.labware_names(list(boxes.values()))
    return worklists.cherry_pick([_source(line, boxes, names) for line in lines], wanted)


def _require_grids(lines: Sequence[PickLineView], boxes: dict[NodeId, BoxView]) -> None:
    loose = [line for line in lines if boxes[line.from_box_id].is_loose]
    if loose:
        first = loose[0]
        path = boxes[first.from_box_id].path
        raise WorklistRefused(deck.loose_refusal(first.step, first.barcode, path))


def _source(line: PickLineView, boxes: dict[NodeId, BoxView], names: dict[NodeId, str]) -> Source:
    return Source(
        line=line.step,
        barcode=line.barcode,
        labware=names[line.from_box_id],
        shape=boxes[line.from_box_id].shape,
        position=line.from_position,
        available_ul=line.volume_ul,
    )
