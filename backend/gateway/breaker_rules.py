"""When a target outside the program is called, and when it is left alone. Pure.

           failures reach the limit                 its wait is over: one call is let through
    CLOSED ───────────────────────────▶ OPEN ───────────────────────────▶ HALF_OPEN
       ▲                                 ▲    the call failed, waits longer  │
       │                                 └───────────────────────────────────┤
       └──────────────────────── any call that was answered ─────────────────┘

From M. Nygard, “Release It!”, Stability Patterns. Our own and no package: the state has to be one
row that all processes share and that changes in a transaction; the packages at hand keep it in the
process or in Redis, which this program can do without, and let every process try at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from backend.gateway.ids import BreakerState, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much a kind of target is forgiven, and how long it is left alone."""

    failures: int
    first_wait: timedelta
    longest_wait: timedelta
    call_lasts: timedelta
    """A trying call that has not come back by then is lost, and another one is let through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is called: ``kind`` names the policy, ``key`` the one target of that kind."""

    kind: str
    label: str
    key: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        "mail": Policy(
            failures=3,
            first_wait=timedelta(seconds=30),
            longest_wait=timedelta(minutes=10),
            call_lasts=timedelta(seconds=90),  # longer than the job that sends may take
        ),
        # Somebody stands before it: it is tried again within the minute that filling it takes.
        "printer": Policy(
            failures=3,
            first_wait=timedelta(seconds=15),
            longest_wait=timedelta(minutes=1),
            call_lasts=timedelta(minutes=6),  # longer than the job that prints may take
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """A target's state. ``openings``: how often it was opened since the last answer."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    openings: int = 0
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """What the incident log says of a target outside."""

    old: Health
    new: Health
    detail: str


def let_through(breaker: Breaker, policy: Policy, now: datetime) -> Breaker | None:
    """Return the state in which a call may be made now, None when it may not."""
    if breaker.state is BreakerState.CLOSED:
        return breaker
    if breaker.next_try_at is not None and now < breaker.next_try_at:
        return None
    return replace(breaker, state=BreakerState.HALF_OPEN, next_try_at=now + policy.call_lasts)


def answered(_breaker: Breaker) -> Breaker:
    """Return the state after an answer, also a late one: whoever answers is there."""
    return Breaker()


def failed(breaker: Breaker, policy: Policy, now: datetime) -> Breaker:
    """Return the state after a call without an answer."""
    failures = breaker.failures + 1
    if breaker.state is BreakerState.OPEN:
        # Begun before it was opened: it tells nothing new, and prolongs nothing.
        return replace(breaker, failures=failures)
    if breaker.state is BreakerState.CLOSED and failures < policy.failures:
        return replace(breaker, failures=failures)
    openings = breaker.openings + 1
    return Breaker(
        state=BreakerState.OPEN,
        failures=failures,
        openings=openings,
        next_try_at=now + wait(openings, policy),
    )


def log_line(before: Breaker, after: Breaker, error: str) -> LogLine | None:
    """Return what the incident log says of a change, None where it is no news.

    Each try of a target that stays away would be two lines; its going and its return are one each.
    """
    was_called, is_called = (each.state is BreakerState.CLOSED for each in (before, after))
    if after.state is BreakerState.OPEN and was_called:
        said = f"Not called for a while: {after.failures} calls in a row had no answer. {error}"
        return LogLine(old=Health.OPERATIONAL, new=Health.DEGRADED, detail=said.strip())
    if is_called and not was_called:
        said = "It answers and is called again."
        return LogLine(old=Health.DEGRADED, new=Health.OPERATIONAL, detail=said)
    return None


def wait(openings: int, policy: Policy) -> timedelta:
    """Return how long a target is left alone: doubled with each opening, up to the longest."""
    return min(policy.first_wait * 2.0 ** min(openings - 1, 20), policy.longest_wait)
