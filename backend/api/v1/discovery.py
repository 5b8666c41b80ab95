"""Which processes of the laboratory run, and the API's own description."""

from datetime import datetime

from pydantic import JsonValue, RootModel

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.gateway import queries


class InstanceOut(ApiOutput):
    """A process and until when its lease says that it lives."""

    service: str
    instance: str
    url: str
    version: str
    started_at: datetime
    lease_until: datetime
    is_live: bool


class DiscoveryOut(ApiOutput):
    """Every process that has said lately that it lives."""

    instances: list[InstanceOut]


class DocumentOut(RootModel[dict[str, JsonValue]]):
    """An OpenAPI 3.1 document."""


def discover(_call: Call) -> DiscoveryOut:
    """Return the leases."""
    with reading() as session:
        found = queries.leases(session)
    return DiscoveryOut(instances=[InstanceOut.model_validate(lease) for lease in found])


ROUTES = (
    Route(
        method="GET",
        path="/services/discovery",
        handler=discover,
        access=Permission.HEALTH_VIEW,
        summary="Processes of the laboratory and their leases",
        tag="Health",
        answer=DiscoveryOut,
    ),
)
