"""A request's way over the board in its own working days, as it was known at an instant. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround.estimates import Case
from backend.sequencing.turnaround.working_days import Period, WorkingClock


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a column; ``left_at`` None while it lasts."""

    state: RequestState
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A request with all its stays, in order."""

    code: str
    project_code: str
    state: RequestState
    due_on: date
    started_at: datetime | None
    """When its clock began (`ids.ClockStart`); None: samples are missing still."""
    stays: Sequence[Stay]
    pauses: Sequence[Period] = field(default=())
    assay: str = ""
    """Key of the assay that was asked for; "" for none."""

    @property
    def asked_at(self) -> datetime:
        """When somebody asked for it."""
        return self.stays[0].entered_at

    @property
    def ended_at(self) -> datetime | None:
        """When it went to Done and stayed there."""
        done = self.state is RequestState.DONE and self.stays
        return self.stays[-1].entered_at if done else None

    @property
    def given_up_at(self) -> datetime | None:
        """When it was cancelled: it took at least so long."""
        gone = self.state is RequestState.CANCELLED and self.stays
        return self.stays[-1].entered_at if gone else None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.given_up_at is None


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in a column: days since the request when it began, and how long it lasted so far."""

    state: RequestState
    entered: float
    stayed: float


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a request at an instant; ``age`` counts to its end if it had one."""

    visits: Sequence[Visit]
    age: float
    done: bool
    gone: bool
    """Cancelled: it took at least so long, and nothing more is to come."""

    @property
    def is_open(self) -> bool:
        return bool(self.visits) and not self.done and not self.gone

    @property
    def case(self) -> Case:
        """How long it took, or had taken."""
        return Case(self.age, done=self.done)


class Trail:
    """A request, asked again and again what was known of it; its own times are counted once.

    Before its clock has begun its days are 0.
    """

    def __init__(self, history: History, clock: WorkingClock) -> None:
        self._history = history
        self._clock = clock
        started = history.started_at
        self._start = None if started is None else clock.starts_counting(started)
        self._entered = [self.days_until(stay.entered_at) for stay in history.stays]

    @property
    def code(self) -> str:
        """Which request it is."""
        return self._history.code

    def days_until(self, instant: datetime) -> float:
        """Return the request's own working days until an instant."""
        if self._start is None:
            return 0.0
        return self._clock.days(self._start, instant, self._history.pauses)

    def known_at(self, instant: datetime) -> Known:
        """Return what was known at an instant, nothing of what came after it."""
        begun = sum(stay.entered_at <= instant for stay in self._history.stays)
        if not begun:
            return Known((), 0.0, done=False, gone=False)
        last = self._history.stays[begun - 1].state
        ended = last in {RequestState.DONE, RequestState.CANCELLED}
        age = self._entered[begun - 1] if ended else self.days_until(instant)
        left = [*self._entered[1:begun], age]
        visits = [
            Visit(stay.state, entered, until - entered)
            for stay, entered, until in zip(
                self._history.stays[:begun], self._entered[:begun], left, strict=True
            )
        ]
        return Known(
            visits,
            age,
            done=last is RequestState.DONE,
            gone=last is RequestState.CANCELLED,
        )
