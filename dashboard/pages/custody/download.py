"""``GET /files/shipments/<code>``: the packing list that lies in the parcel, as PDF."""

from flask import Blueprint, Response

from backend.core import clock
from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.custody import shipment_queries
from backend.custody.adapters import packing_list
from backend.custody.errors import NotAtThisStep
from backend.custody.ids import ShipmentState
from dashboard import format as fmt
from dashboard.files import handed_out
from dashboard.laboratory import current_laboratory
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("shipments", __name__)

    @made.get("/files/shipments/<code>")
    def file(code: str) -> Response:
        try:
            name, content = _drawn(code)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, "application/pdf", f"{name}.pdf")

    return made


def _drawn(code: str) -> tuple[str, bytes]:
    with reading() as session:
        shipment = shipment_queries.get_shipment(session, current_principal(), code)
    if shipment.state is ShipmentState.DRAFT:
        raise NotAtThisStep(f"{shipment.code} is still being packed. Close the box first.")
    laboratory = current_laboratory()
    own = laboratory.name if laboratory else ""
    content = packing_list.draw(
        shipment,
        sender=", ".join(name for name in (own, shipment.from_site) if name),
        printed=fmt.tooltip_time(clock.utc_now()),
    )
    return shipment.code, content
