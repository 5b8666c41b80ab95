"""Tubes for a robot's deck: the racks and boxes that they really stand in, and which stand in none.

Racks go onto the deck as they are, so a tube's labware is its box and its position its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import box_queries, worklists
from backend.storage import queries as storage_queries
from backend.storage.hand_models import HandTrayItem
from backend.storage.ids import NodeId
from backend.storage.models import Placement
from backend.storage.rules import Position
from backend.storage.views import BoxView
from backend.storage.worklists import Source

NOWHERE = "Nowhere yet"
"""What paper says of a tube that nobody has placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A tube that a robot is to take from; ``line`` is where it stands on the list."""

    line: int
    sample_id: SampleId
    barcode: str
    available_ul: Decimal | None = None


def where_of(
    session: ReadSession, principal: Principal, sample_ids: Collection[SampleId]
) -> dict[SampleId, str]:
    """Return in words where each tube is: freezer/box/position, a person's hand, or `NOWHERE`."""
    places = storage_queries.locations_of(session, principal, sample_ids)
    held = _held(session, principal, sample_ids)
    return {
        key: places[key].label if key in places else _in_hand(held.get(key)) for key in sample_ids
    }


def sources_of(
    session: ReadSession, principal: Principal, tubes: Sequence[Tube]
) -> dict[SampleId, Source]:
    """Return where a robot takes each tube from.

    Raises:
        WorklistRefused: tubes in a hand, in a loose place or nowhere; every one is named.
    """
    principal.require(Permission.STORAGE_VIEW)
    keys = [tube.sample_id for tube in tubes]
    stands = {
        SampleId(row.sample_id): row
        for row in session.scalars(
            select(Placement).where(Placement.removed_at.is_(None), Placement.sample_id.in_(keys))
        )
    }
    boxes = {
        NodeId(box_id): box_queries.get_box(session, principal, NodeId(box_id))
        for box_id in dict.fromkeys(row.box_id for row in stands.values())
    }
    names = labware_names(list(boxes.values()))
    held = _held(session, principal, keys)
    found, faults = {}, []
    for tube in tubes:
        row = stands.get(tube.sample_id)
        box = boxes[NodeId(row.box_id)] if row is not None else None
        if row is None or box is None:
            faults.append(_not_standing(tube, held.get(tube.sample_id)))
        elif box.is_loose:
            faults.append(loose_refusal(tube.line, tube.barcode, box.path))
        else:
            found[tube.sample_id] = Source(
                line=tube.line,
                barcode=tube.barcode,
                labware=names[box.id],
                shape=box.shape,
                position=Position(row.row, row.column),
                available_ul=tube.available_ul,
            )
    worklists.refuse(faults)
    return found


def labware_names(boxes: Sequence[BoxView]) -> dict[NodeId, str]:
    """Name each box for the deck: by labels, or all by paths where two have one label."""
    is_clear = len({box.label for box in boxes}) == len(boxes)
    return {box.id: box.label if is_clear else box.path.replace("/", "-") for box in boxes}


def loose_refusal(line: int, barcode: str, path: str) -> str:
    """Say why a robot cannot take a tube that lies in a place without wells."""
    return (
        f"Line {line}: {barcode} lies in {path}, a loose place without wells. Put it into a box "
        "or rack first, or leave it out."
    )


def _held(
    session: ReadSession, principal: Principal, sample_ids: Collection[SampleId]
) -> Mapping[SampleId, str]:
    """Return whose hands hold which of these tubes, as far as they are the principal's to see."""
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(
        select(HandTrayItem.sample_id, HandTrayItem.user_name).where(
            HandTrayItem.sample_id.in_(visible.where(Sample.id.in_(list(sample_ids))))
        )
    )
    return {SampleId(key): name for key, name in rows}


def _in_hand(name: str | None) -> str:
    return NOWHERE if name is None else f"In the hand of {name}"


def _not_standing(tube: Tube, name: str | None) -> str:
    if name is None:
        return f"Line {tube.line}: {tube.barcode} stands nowhere yet. Place it in a rack first."
    return (
        f"Line {tube.line}: {tube.barcode} is in the hand of {name}. Put it into a rack and scan "
        "it there first."
    )
