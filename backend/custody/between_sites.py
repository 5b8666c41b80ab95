"""Shipments from one of the laboratory's own sites to another: which, and what may go along.

A tube stands at one site at a time: what stands at another than the one that sends is not packed,
what is packed or under way cannot be placed (`custody_block`), and only a scan on arrival frees it.
"""

from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.custody.errors import ShipmentRefused, TubeNotPacked
from backend.custody.models import Shipment
from backend.samples.models import Sample
from backend.storage import site_queries
from backend.storage.ids import NodeId
from backend.storage.models import Placement


def checked_pair(
    session: ReadSession, from_site_id: UUID | None, to_site_id: UUID | None
) -> str | None:
    """Return the name of the site that receives; None where it goes to somebody else.

    Raises:
        ShipmentRefused: one of the two is missing, both are one, or a site is not in use.
    """
    if from_site_id is None and to_site_id is None:
        return None
    sites = site_queries.open_sites(session)
    faults = {
        field: f"Choose the site that {does}."
        for field, key, does in (
            ("from_site", from_site_id, "sends it"),
            ("to_site", to_site_id, "receives it"),
        )
        if key not in sites
    }
    if not faults and from_site_id == to_site_id:
        faults = {"to_site": "It goes from one site to another. Choose another site."}
    if faults or to_site_id is None:
        raise ShipmentRefused(" ".join(faults.values()), fields=faults)
    return sites[NodeId(to_site_id)]


def require_at_sender(session: ReadSession, shipment: Shipment, sample: Sample) -> None:
    """Refuse a tube that stands at another site than the one that sends the shipment.

    Raises:
        TubeNotPacked: it stands elsewhere; the sentence says where.
    """
    if shipment.from_site_id is None:
        return
    box_id = session.scalar(
        select(Placement.box_id).where(
            Placement.sample_id == sample.id, Placement.removed_at.is_(None)
        )
    )
    if box_id is None:
        return
    stands_at = site_queries.site_of(session, box_id)
    if stands_at != shipment.from_site_id:
        sites = site_queries.open_sites(session)
        where = sites.get(stands_at, "another site") if stands_at else "no site"
        sender = sites.get(NodeId(shipment.from_site_id), "another site")
        raise TubeNotPacked(
            sample.barcode, [f"It stands at {where}, and this shipment leaves from {sender}."]
        )
