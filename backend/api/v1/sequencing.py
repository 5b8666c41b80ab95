"""Sequencing requests: ask, and see where in the queue one stands."""

from datetime import date, datetime
from uuid import UUID

from backend.api.idempotency import once
from backend.api.paging import PageQuery
from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing import queries, service
from backend.sequencing.ids import RequestId, RequestState
from backend.sequencing.schemas import SequencingRequestIn


class RequestsQuery(PageQuery):
    """Which requests: those of one column of the board, or all."""

    state: RequestState | None = None


class LanePlaceOut(ApiOutput):
    """A lane of a run that libraries of the request stand on, by their pool."""

    pool_code: str
    run_code: str
    lane: int


class RequestOut(ApiOutput):
    """A request on the board; ``collisions`` and ``unusable`` say what stands in its way."""

    id: UUID
    code: str
    project_code: str
    state: RequestState
    libraries: int
    reads_millions: float
    read_length: int
    assay: str
    due_on: date
    pools: tuple[str, ...]
    places: tuple[LanePlaceOut, ...]
    collisions: tuple[str, ...]
    unusable: tuple[str, ...]
    requested_by_name: str
    state_since: datetime
    derivation: str


class RequestsOut(ApiOutput):
    """The most urgent requests first."""

    items: list[RequestOut]
    next_cursor: str | None


def request_sequencing(call: Call) -> object:
    """Put a request on the board."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: RequestOut.model_validate(
                service.request_sequencing(
                    session, call.caller, request=call.sent(SequencingRequestIn)
                )
            ),
        )


def list_requests(call: Call) -> RequestsOut:
    """Return the queue of the caller's projects."""
    asked = call.asked(RequestsQuery)
    with reading() as session:
        page = queries.list_requests(
            session, call.caller, state=asked.state, cursor=asked.cursor, limit=asked.limit
        )
    return RequestsOut(
        items=[RequestOut.model_validate(card) for card in page.items],
        next_cursor=page.next_cursor,
    )


def get_request(call: Call) -> RequestOut:
    """Return one request."""
    with reading() as session:
        card = queries.get_card(session, call.caller, RequestId(call.key("request_id")))
    return RequestOut.model_validate(card)


_TAG = "Sequencing"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/requests",
        handler=list_requests,
        access=Permission.SEQUENCING_VIEW,
        summary="The queue: requests of one's projects, the most urgent first",
        tag=_TAG,
        query=RequestsQuery,
        answer=RequestsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/sequencing/requests",
        handler=request_sequencing,
        access=Permission.SEQUENCING_REQUEST,
        summary="Ask to have libraries sequenced",
        tag=_TAG,
        body=SequencingRequestIn,
        answer=RequestOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/requests/{request_id}",
        handler=get_request,
        access=Permission.SEQUENCING_VIEW,
        summary="One request and where it stands",
        tag=_TAG,
        answer=RequestOut,
    ),
)
