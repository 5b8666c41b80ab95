"""Background work: what runs, how far it is, and stopping it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from backend.api.paging import PageQuery, page_of
from backend.api.routing import Answer, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.work import queries, service
from backend.work.ids import JobId, JobState


class JobsQuery(PageQuery):
    """Which jobs: the newest ones of a state or kind."""

    state: JobState | None = None
    kind: str | None = Field(default=None, max_length=80)


class JobOut(ApiOutput):
    """A job; ``progress`` is a fraction 0–1."""

    id: UUID
    kind: str
    queue: str
    state: JobState
    progress: float
    progress_note: str
    result: dict[str, JsonValue] | None
    error: str | None
    attempt: int
    max_attempts: int
    requested_by_name: str
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobsOut(ApiOutput):
    """The newest jobs first."""

    items: list[JobOut]
    next_cursor: str | None


def list_jobs(call: Call) -> JobsOut:
    """Return the caller's jobs, or everybody's for who may see the work."""
    asked = call.asked(JobsQuery)
    states = (asked.state,) if asked.state is not None else ()
    with reading() as session:
        found = queries.list_jobs(
            session,
            call.caller,
            states=states,
            kind=asked.kind,
            before=asked.before,
            limit=asked.limit + 1,
        )
    shown, following = page_of(found, asked.limit, lambda job: (job.created_at, job.id))
    return JobsOut(
        items=[JobOut.model_validate(job) for job in shown],
        next_cursor=following,
    )


def get_job(call: Call) -> JobOut:
    """Return one job."""
    with reading() as session:
        return JobOut.model_validate(
            queries.get_job(session, call.caller, JobId(call.key("job_id")))
        )


def cancel(call: Call) -> object:
    """Ask a job to stop; a running one stops at its next step."""
    with writing() as session:
        service.request_cancel(session, call.caller, job_id=JobId(call.key("job_id")))
    return Answer()


_TAG = "Jobs"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/jobs",
        handler=list_jobs,
        access=Permission.ACCOUNT_SELF,
        summary="The newest jobs: one's own, or all with the right to see the work",
        tag=_TAG,
        query=JobsQuery,
        answer=JobsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/jobs/{job_id}",
        handler=get_job,
        access=Permission.ACCOUNT_SELF,
        summary="One job, with its progress and result",
        tag=_TAG,
        answer=JobOut,
    ),
    Route(
        method="POST",
        path="/api/v1/jobs/{job_id}/cancel",
        handler=cancel,
        access=Permission.ACCOUNT_SELF,
        summary="Ask a job to stop",
        tag=_TAG,
        answer=None,
        status=204,
    ),
)
