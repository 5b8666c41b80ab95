"""Turnaround: how long requests take, open ones counted, and which are at risk."""

from zoneinfo import ZoneInfo

from pydantic import RootModel

from backend.api.routing import Call, Route
from backend.auth import queries as auth_queries
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.turnaround import queries
from backend.sequencing.turnaround.views import Turnaround


class TurnaroundOut(RootModel[Turnaround]):
    """Requests of the last half year, and all open ones; days are working days.

    A quantile is null where too many are open still. ``median_of_done`` is what finished ones alone
    would say.
    """


def get_turnaround(call: Call) -> TurnaroundOut:
    """Return the turnaround of the caller's projects."""
    with reading() as session:
        laboratory = auth_queries.get_laboratory(session)
        zone = ZoneInfo(laboratory.time_zone if laboratory else call.settings.time_zone)
        return TurnaroundOut(queries.turnaround(session, call.caller, zone=zone))


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/turnaround",
        handler=get_turnaround,
        access=Permission.SEQUENCING_VIEW,
        summary="How long requests take in working days, open ones counted, and which are at risk",
        tag="Sequencing",
        answer=TurnaroundOut,
    ),
)
