"""How long before a day projects hear that samples and consents expire."""

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import expiry_leads, service
from backend.samples.expiry_rules import MOST_LEADS


class LeadsOut(ApiOutput):
    """Lead times in days, the longest first; what has expired is told in any case."""

    days: list[int]


class LeadsIn(ApiInput):
    """The lead times that take the place of those that stand."""

    days: list[int] = Field(max_length=MOST_LEADS)
    reason: str | None = Field(default=None, max_length=500)


def read_leads(call: Call) -> LeadsOut:
    """Return the lead times."""
    call.caller.require(Permission.SAMPLES_VIEW)
    with reading() as session:
        return LeadsOut(days=expiry_leads.lead_days(session))


def set_leads(call: Call) -> object:
    """Put lead times in the place of those that stand."""
    sent = call.sent(LeadsIn)
    with writing() as session:

        def make() -> LeadsOut:
            after = service.set_lead_days(session, call.caller, days=sent.days, reason=sent.reason)
            return LeadsOut(days=after)

        return once(session, call, make)


_TAG = "Samples"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/expiry-leads",
        handler=read_leads,
        access=Permission.SAMPLES_VIEW,
        summary="How many days before an expiry projects hear of it",
        tag=_TAG,
        answer=LeadsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/expiry-leads",
        handler=set_leads,
        access=Permission.SAMPLES_CONFIGURE,
        summary="Set how many days before an expiry projects hear of it",
        tag=_TAG,
        body=LeadsIn,
        answer=LeadsOut,
        once=True,
    ),
)
