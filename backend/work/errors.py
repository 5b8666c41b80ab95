"""What may be refused or interrupted in background work."""

from backend.core.errors import Conflict, InvalidInput, NotFound


class JobNotFound(NotFound):
    """No such job, or not one of the principal's."""


class JobNotFailed(Conflict):
    """Only a failed or cancelled job is started again."""


class JobAlreadyOver(Conflict):
    """A job that is over cannot be cancelled."""


class UnknownQueue(InvalidInput):
    """No worker listens on such a queue."""


class ScheduleUnreadable(InvalidInput):
    """A cron line or a time zone that nobody can follow."""


class JobInterrupted(Exception):
    """The running attempt must stop, and nothing it did may be kept. Not an error of the task."""


class JobCancelled(JobInterrupted):
    """A person asked for the job to stop."""


class LeaseLost(JobInterrupted):
    """Another worker has taken the job over: this attempt was thought dead."""
