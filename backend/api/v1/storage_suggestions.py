"""Where a tube would stand best, for whoever has it in hand."""

from uuid import UUID

from pydantic import Field

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.storage_plans import FilterOut
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.storage import suggestion_queries
from backend.storage.suggestion_queries import MOST_SUGGESTED


class SuggestionsQuery(ApiInput):
    """How many places."""

    most: int = Field(default=MOST_SUGGESTED, ge=1, le=20)


class SuggestedPlaceOut(ApiOutput):
    """A box and a free position of it, beside the family where it can be.

    ``handling_s`` is by the weights of placement plans.
    """

    box_id: UUID
    path: str
    position: str
    used: int
    capacity: int
    handling_s: float
    reasons: list[str]


class SuggestionsOut(ApiOutput):
    """The best places first; the filters say which rule took how much away."""

    sample_id: UUID
    barcode: str
    places: list[SuggestedPlaceOut]
    boxes_allowed: int
    positions_allowed: int
    filters: list[FilterOut]


def suggest(call: Call) -> SuggestionsOut:
    """Return the best places for a tube; nothing moves and nothing is kept."""
    asked = call.asked(SuggestionsQuery)
    with reading() as session:
        key = samples_queries.sample_id_of(session, call.caller, call.path["barcode"])
        found = suggestion_queries.suggest_places(session, call.caller, key, most=asked.most)
    return SuggestionsOut(
        sample_id=found.sample_id,
        barcode=found.barcode,
        places=[
            SuggestedPlaceOut(
                box_id=place.box_id,
                path=place.path,
                position=place.position.label,
                used=place.used,
                capacity=place.capacity,
                handling_s=place.handling_s,
                reasons=list(place.reasons),
            )
            for place in found.places
        ],
        boxes_allowed=found.boxes_allowed,
        positions_allowed=found.positions_allowed,
        filters=[FilterOut.model_validate(each) for each in found.filters],
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/storage/suggestions/{barcode}",
        handler=suggest,
        access=Permission.STORAGE_PLACE,
        summary="The best places for a tube, with reasons and what each rule took away",
        tag="Storage",
        query=SuggestionsQuery,
        answer=SuggestionsOut,
    ),
)
