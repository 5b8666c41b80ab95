"""Labels of boxes, racks and other places: into a printer's queue, or on sheets."""

from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.api.v1.labels import PrintOut, print_out
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import writing
from backend.labels import place_labels, queries, service
from backend.labels.rendering import sheet as sheets
from backend.labels.schemas import MOST_COPIES, LabelsInput, SheetsInput
from backend.labels.views import LabelContent
from backend.storage import place_listing


class PlaceLabelsIn(ApiInput):
    """Labels of a place and of all in it, in the order in which they stand."""

    place: str = Field(min_length=1, max_length=300, description="Path, barcode or key.")
    is_alone: bool = Field(default=False, description="The place only, nothing that is in it.")
    only_new: bool = Field(default=False, description="Leave out places that have a label.")
    template: str = Field(default=place_labels.TEMPLATE, max_length=40)
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    reason: str = Field(
        default="", max_length=500, description="Needed where a label was printed before."
    )


class PlacePrintIn(PlaceLabelsIn):
    """Labels of places for a label printer."""

    printer_id: UUID


class PlaceSheetIn(PlaceLabelsIn):
    """Labels of places on sheets, from the first free label on."""

    sheet: str = Field(default=place_labels.SHEET, max_length=40)
    start_at: int = Field(default=1, ge=1)


class PlacePrintsOut(ApiOutput):
    """The prints that were queued, 500 labels each at most."""

    items: list[PrintOut]


def print_places(call: Call) -> object:
    """Put labels into a printer's queue; sent again with its Idempotency-Key they print once."""
    sent = call.sent(PlacePrintIn)
    with writing() as session:

        def make() -> PlacePrintsOut:
            printer = queries.get_printer(session, call.caller, sent.printer_id)
            asked = LabelsInput(template=sent.template, copies=sent.copies, reason=sent.reason)
            keys = service.request_place_prints(
                session,
                call.caller,
                printer_id=printer.id,
                asked=asked,
                labels=_labels(session, call.caller, sent),
            )
            return PlacePrintsOut(items=[print_out(session, call.caller, key) for key in keys])

        return once(session, call, make)


def make_sheets(call: Call) -> Answer:
    """Return labels as PDF sheets."""
    sent = call.sent(PlaceSheetIn)
    asked = SheetsInput(
        template=sent.template,
        sheet=sent.sheet,
        start_at=sent.start_at,
        copies=sent.copies,
        only_new=sent.only_new,
        reason=sent.reason,
    )
    with writing() as session:
        labels = _labels(session, call.caller, sent)
        _, file = service.make_place_sheets(session, call.caller, asked=asked, labels=labels)
    return file_answer(file, sheets.MEDIA_TYPE, "place-labels.pdf")


def _labels(session: ReadSession, caller: Principal, sent: PlaceLabelsIn) -> list[LabelContent]:
    place = place_listing.find_place(session, caller, sent.place)
    return service.labels_of_place(
        session, caller, place.id, is_alone=sent.is_alone, only_new=sent.only_new
    )


_TAG = "Labels"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/labels/place-sheets",
        handler=make_sheets,
        access=Permission.LABELS_PRINT,
        summary="Labels of a place and all in it as PDF sheets; counts as printed",
        tag=_TAG,
        body=PlaceSheetIn,
        answer=None,
        files=(sheets.MEDIA_TYPE,),
    ),
    Route(
        method="POST",
        path="/api/v1/place-prints",
        handler=print_places,
        access=Permission.LABELS_PRINT,
        summary="Put labels of a place and all in it into a printer's queue",
        tag=_TAG,
        body=PlacePrintIn,
        answer=PlacePrintsOut,
        status=202,
        once=True,
    ),
)
