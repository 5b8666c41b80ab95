"""What readers of the program's health receive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.gateway.ids import BreakerState, Health, RouteClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One probe's finding, judged. ``latency_ms`` is None where nothing answered or has none."""

    component: str
    status: Health
    latency_ms: float | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The probes of one stretch of time; ``total`` 0 means that nothing was measured."""

    start: datetime
    total: int
    degraded: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentNow:
    """A part's state at this moment; one that nobody measured lately is unknown."""

    component: str
    label: str
    status: Health
    since: datetime
    checked_at: datetime
    latency_ms: float | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesNow:
    """Every part's state at one moment of the database's clock, the worst first."""

    at: datetime
    parts: tuple[ComponentNow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartToday:
    """What a line of the Overview says of a part: the last 24 hours, oldest bucket first."""

    label: str
    status: Health
    latency_p95_ms: float | None
    history: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentState:
    """A part with its history, oldest bucket first.

    ``uptime_24h`` and ``uptime_30d`` are fractions 0–1 of the probes that were not down, None
    without any; ``measured_30d`` is how much of the thirty days those probes speak for: of the rest
    nobody knows anything. ``trend_ms`` holds each bucket's mean latency where there is one.
    """

    component: str
    label: str
    status: Health
    since: datetime
    checked_at: datetime
    latency_ms: float | None
    latency_p95_ms: float | None
    uptime_24h: float | None
    uptime_30d: float | None
    measured_30d: timedelta
    history: tuple[Bucket, ...]
    trend_ms: tuple[float, ...]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A line of the incident log."""

    at: datetime
    component: str
    label: str
    old: Health
    new: Health
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbePoint:
    """One raw measurement of one part."""

    at: datetime
    status: Health
    latency_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseView:
    """A process that has said it lives, and until when that holds."""

    service: str
    instance: str
    url: str
    version: str
    started_at: datetime
    lease_until: datetime
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerView:
    """A target outside and whether it is called. ``failures`` are those since its last answer."""

    target: str
    label: str
    state: BreakerState
    since: datetime
    failures: int
    last_error: str
    last_error_at: datetime | None
    next_try_at: datetime | None
    """OPEN: when one call is let through. HALF_OPEN: when that call counts as lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Answered requests of one minute, kind and latency bucket."""

    minute: datetime
    route_class: RouteClass
    up_to_ms: int
    requests: int
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How much of one kind came and how it was answered; ``kind`` None is all together.

    ``per_minute`` is None where nobody counted, the others where nothing came.
    """

    kind: RouteClass | None
    per_minute: float | None
    error_share: float | None
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPoint:
    """One step of the chart; ``per_minute`` None where nobody counted."""

    start: datetime
    per_minute: float | None
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The last whole minutes and the hours before; ``minutes`` says on how many the rates rest."""

    minutes: int
    whole: Rate
    kinds: tuple[Rate, ...]
    points: tuple[TrafficPoint, ...]

    @property
    def is_measured(self) -> bool:
        """Say whether anything was counted in the hours that are shown."""
        return any(point.per_minute is not None for point in self.points)
