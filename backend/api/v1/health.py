"""The program's own parts, as last probed, in the common health+json shape."""

from datetime import datetime
from typing import Literal

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.gateway import queries
from backend.gateway.ids import Health
from backend.gateway.views import ComponentNow

Verdict = Literal["pass", "warn", "fail"]

_VERDICTS: dict[Health, Verdict] = {
    Health.OPERATIONAL: "pass",
    Health.OFF: "pass",
    Health.DEGRADED: "warn",
    # Nobody knows that it is well, so it is not reported as well.
    Health.UNKNOWN: "warn",
    Health.DOWN: "fail",
}
_WORST: tuple[Verdict, ...] = ("fail", "warn", "pass")


class CheckOut(ApiOutput):
    """One part's last probe."""

    status: Verdict
    state: Health
    observedValue: float | None  # noqa: N815 -- the format's own name
    observedUnit: Literal["ms"] = "ms"  # noqa: N815 -- the format's own name
    time: datetime
    since: datetime
    output: str


class HealthOut(ApiOutput):
    """Every part under ``<component>:state``; the worst of them is the whole's status."""

    status: Verdict
    checks: dict[str, list[CheckOut]]


def details(_call: Call) -> HealthOut:
    """Return the state of every part."""
    with reading() as session:
        parts = queries.states_now(session)
    found = {_VERDICTS[part.status] for part in parts} or {"warn"}
    return HealthOut(
        status=next(verdict for verdict in _WORST if verdict in found),
        checks={f"{part.component}:state": [_check(part)] for part in parts},
    )


def _check(part: ComponentNow) -> CheckOut:
    return CheckOut(
        status=_VERDICTS[part.status],
        state=part.status,
        observedValue=part.latency_ms,
        time=part.checked_at,
        since=part.since,
        output=part.detail,
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/health",
        handler=details,
        access=Permission.HEALTH_VIEW,
        summary="State of the program's own parts",
        tag="Health",
        answer=HealthOut,
        content_type="application/health+json",
    ),
)
