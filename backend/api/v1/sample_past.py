"""A sample's record as it was at an instant."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.samples import HoldOut
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples.past.reading import sample_as_of


class PastQuery(ApiInput):
    """The instant, with its offset; what happened at it is included."""

    at: AwareDatetime


class PastFieldOut(ApiOutput):
    """A field then and today, figures as text; ``is_recorded`` false: nothing tells of it."""

    name: str
    then: Any
    is_recorded: bool
    today: Any
    differs: bool


class PastOut(ApiOutput):
    """The record; ``barcode`` is today's. Holds that were set by then, as they stood."""

    barcode: str
    at: datetime
    registered_at: datetime
    fields: list[PastFieldOut]
    holds: list[HoldOut]


def read_past(call: Call) -> PastOut:
    """Return the record as the audit trail tells it."""
    with reading() as session:
        record = sample_as_of(
            session, call.caller, call.path["barcode"], at=call.asked(PastQuery).at
        )
    return PastOut.model_validate(record)


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/samples/{barcode}/as-of",
        handler=read_past,
        access=Permission.SAMPLES_VIEW,
        summary="A sample's record as it was at an instant, replayed from the audit trail",
        tag="Samples",
        query=PastQuery,
        answer=PastOut,
    ),
)
