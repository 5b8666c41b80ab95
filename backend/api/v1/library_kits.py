"""Kits of libraries: how each is known, and naming it by hand."""

from datetime import datetime

from pydantic import Field, ValidationError

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.errors import NotFound
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.kit_naming import queries, service
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.schemas import KitNamingIn, LibrariesIn
from backend.sequencing.kit_naming.views import KitLine


class LaneQuery(ApiInput):
    """Only the libraries of one lane, or those of all."""

    lane: int | None = Field(default=None, ge=1, le=96)


class LibraryKitOut(ApiOutput):
    """A library with its kit; "" and null are not known, and ``why_unknown`` says why.

    ``kit_source`` says who names the kit: the worksheet of that code, a person, or only the index
    pair. i5 is forward.
    """

    barcode: str
    request_code: str
    lanes: list[int]
    index_i7: str
    index_i5: str | None
    kit: str
    kit_source: KitSource | None
    worksheet: str
    named_by_name: str
    named_at: datetime | None
    why_unknown: str


class KitChoiceOut(ApiOutput):
    """A kit on offer, and how many of the libraries carry one of its pairs."""

    key: str
    name: str
    held: int


class LibraryKitsOut(ApiOutput):
    """Libraries with their kits."""

    items: list[LibraryKitOut]


class LibraryKitsSeenOut(LibraryKitsOut):
    """Libraries with their kits, and the kits that they could be of, the likeliest first."""

    choices: list[KitChoiceOut]


def list_run_kits(call: Call) -> LibraryKitsSeenOut:
    """Return the libraries of a run, or of a lane of it, with their kits."""
    return _seen(call, run=call.path["run"], lane=call.asked(LaneQuery).lane)


def list_request_kits(call: Call) -> LibraryKitsSeenOut:
    """Return the libraries of a request with their kits."""
    return _seen(call, request=call.path["request"])


def name_kit(call: Call) -> LibraryKitsOut:
    """Name the kit of libraries by hand, or take it back; the same again changes nothing."""
    wish = call.sent(KitNamingIn)
    with writing() as session:
        lines = service.name_kit(session, call.caller, wish=wish)
    return LibraryKitsOut(items=[_line(each) for each in lines])


def _seen(
    call: Call, *, run: str = "", lane: int | None = None, request: str = ""
) -> LibraryKitsSeenOut:
    try:
        of = LibrariesIn(run=run, lane=lane, request=request)
    except ValidationError as error:  # It is too long, or blank.
        raise NotFound("There is no such run or request.") from error
    with reading() as session:
        seen = queries.list_kits(session, call.caller, of=of)
    return LibraryKitsSeenOut(
        items=[_line(each) for each in seen.lines],
        choices=[KitChoiceOut.model_validate(each) for each in seen.choices],
    )


def _line(line: KitLine) -> LibraryKitOut:
    library, kit = line.library, line.kit
    return LibraryKitOut(
        barcode=library.barcode,
        request_code=library.request_code,
        lanes=list(library.lanes),
        index_i7=library.index_i7,
        index_i5=library.index_i5,
        kit=kit.name if kit else "",
        kit_source=kit.source if kit else None,
        worksheet=kit.worksheet if kit else "",
        named_by_name=kit.named_by_name if kit else "",
        named_at=kit.named_at if kit else None,
        why_unknown=line.why_unknown,
    )


_TAG = "Sequencing"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/plans/{run}/library-kits",
        handler=list_run_kits,
        access=Permission.SEQUENCING_VIEW,
        summary="Libraries of a run or a lane with their kits, and how each is known",
        tag=_TAG,
        query=LaneQuery,
        answer=LibraryKitsSeenOut,
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/requests/{request}/library-kits",
        handler=list_request_kits,
        access=Permission.SEQUENCING_VIEW,
        summary="Libraries of a request with their kits, and how each is known",
        tag=_TAG,
        answer=LibraryKitsSeenOut,
    ),
    Route(
        method="PUT",
        path="/api/v1/sequencing/library-kits",
        handler=name_kit,
        access=Permission.SEQUENCING_PREPARE,
        summary="Name the kit of libraries by hand, all or none; without a kit take it back",
        tag=_TAG,
        body=KitNamingIn,
        answer=LibraryKitsOut,
    ),
)
