"""What a task receives: its arguments, who asked, and how to report, stop and finish."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from backend.core.config import Settings
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.events.views import Json
from backend.work import leases
from backend.work.errors import JobCancelled, JobInterrupted, LeaseLost
from backend.work.views import Claim


@dataclass(slots=True, kw_only=True)
class JobContext:
    """One attempt at one job.

    No session is open while a task computes. Its effect goes through `finishing`, in the
    transaction that also ends the job: both happen, or neither.
    """

    claim: Claim
    principal: Principal
    settings: Settings
    interruption: Callable[[], JobInterrupted | None] = lambda: None
    """Why the attempt must stop, as the heartbeat has learnt; asks nobody, so loops may call it."""
    result: dict[str, object] = field(default_factory=dict)
    """Small facts for whoever asked, such as the key of what was made; stored when it finishes."""
    finished: bool = False

    @property
    def arguments(self) -> Mapping[str, Json]:
        return self.claim.arguments

    def should_stop(self) -> bool:
        """Say whether the attempt must stop; for a solver's callback, costs nothing."""
        return self.interruption() is not None

    def check(self) -> None:
        """Raise JobCancelled or LeaseLost when the attempt must stop."""
        reason = self.interruption()
        if reason is not None:
            raise reason

    def progress(self, fraction: float, note: str = "") -> None:
        """Tell how far the work is (0–1), in words too.

        Raises:
            JobCancelled: a person asked for the job to stop.
            LeaseLost: another worker has the job.
        """
        with writing() as session:
            leases.report_progress(session, self.claim, fraction, note)

    @contextmanager
    def step(self) -> Iterator[WriteSession]:
        """Yield a session for a part of the effect that may stand without the rest.

        Raises:
            JobCancelled: cancelled meanwhile; the part is rolled back.
            LeaseLost: another worker has the job; the part is rolled back.
        """
        with writing() as session:
            leases.heartbeat(session, self.claim, _FINISHING_S)
            yield session

    @contextmanager
    def finishing(self, *, telling: bool = False) -> Iterator[WriteSession]:
        """Yield a session for the effect; leaving it ends the job in the same transaction.

        ``telling``: the effect takes long, and `progress` is told while it is made. The job can be
        stopped until then, too.

        Raises:
            JobCancelled: cancelled meanwhile; the effect is rolled back.
            LeaseLost: another worker has the job; the effect is rolled back.
        """
        with writing() as session:
            # Before the effect: whoever lost the job should not do the work of it either, and the
            # row stays locked, so that nobody cancels or takes over between effect and end.
            # Who tells how far it is writes to the row meanwhile, and so learns of both from that.
            if not telling:
                leases.heartbeat(session, self.claim, _FINISHING_S)
            yield session
            if telling:
                leases.heartbeat(session, self.claim, _FINISHING_S)
            if not leases.finish(session, self.principal, self.claim, self.result):
                raise LeaseLost(f"Job {self.claim.job_id} was taken over by another worker.")
        self.finished = True


_FINISHING_S = 60.0

__all__ = ["JobCancelled", "JobContext", "LeaseLost"]
