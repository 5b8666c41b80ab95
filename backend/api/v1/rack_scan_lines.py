"""Leaving lines of a waiting rack scan out of its commit, and taking them in again."""

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, Call, Route
from backend.api.v1.rack_scans import ScanOut, scan_out
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.storage import service
from backend.storage.ids import RackScanId


class LineIn(ApiInput):
    """The line, by its position."""

    position: str = Field(min_length=1, max_length=8, description="D7, as the scan's lines say.")


def turn(call: Call) -> object:
    """Leave a line out, or take it in again where it was left out."""
    position = call.sent(LineIn).position
    with writing() as session:
        return once(
            session,
            call,
            lambda: scan_out(
                service.turn_line(
                    session,
                    call.caller,
                    scan_id=RackScanId(call.key("scan_id")),
                    position=position,
                )
            ),
        )


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/storage/rack-scans/{scan_id}/turn-line",
        handler=turn,
        access=Permission.STORAGE_PLACE,
        summary="Leave a line out of the commit of a rack scan, or take it in again",
        tag="Storage",
        body=LineIn,
        answer=ScanOut,
        status=201,
        once=True,
    ),
)
