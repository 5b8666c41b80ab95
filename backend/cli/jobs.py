"""``tracseq jobs``: background work from a terminal: look at it, call it off, start it again."""

import argparse
import sys
from datetime import datetime, timedelta
from uuid import UUID

from backend.cli.operator import operator
from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.transaction import reading, writing
from backend.work import queries, service
from backend.work.ids import JobId, JobState
from backend.work.views import JobView

_COLUMNS = "{state:9}  {age:>6}  {attempts:>8}  {kind:32}  {id}  {said}"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("jobs", help="background work: list, show, cancel, retry")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    listing = acts.add_parser("list", help="the newest jobs first")
    listing.add_argument("--state", action="append", choices=[each.value for each in JobState])
    listing.add_argument("--kind", help="for instance storage.optimise_placement")
    listing.add_argument("--limit", type=int, default=20)
    listing.set_defaults(run=_list)
    for name, about, run in (
        ("show", "everything about one job", _show),
        ("cancel", "stop a waiting job at once, a running one when it next looks up", _cancel),
        ("retry", "give a failed or cancelled job a fresh set of attempts", _retry),
    ):
        act = acts.add_parser(name, help=about)
        act.add_argument("job", metavar="JOB", help="the job's key, as “jobs list” shows it")
        act.set_defaults(run=run)


def _list(arguments: argparse.Namespace) -> None:
    states = tuple(JobState(each) for each in arguments.state or ())
    with reading() as session:
        jobs = queries.list_jobs(
            session, operator(), states=states, kind=arguments.kind, limit=arguments.limit
        )
    if not jobs:
        sys.stdout.write("No such job.\n" if states or arguments.kind else "No job yet.\n")
        return
    now = clock.utc_now()
    head = _COLUMNS.format(
        state="STATE", age="AGE", attempts="ATTEMPTS", kind="KIND", id=f"{'JOB':36}", said="NOTE"
    )
    lines = [head, *(_line(job, now) for job in jobs)]
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines))


def _line(job: JobView, now: datetime) -> str:
    return _COLUMNS.format(
        state=job.state,
        age=_age(now - job.created_at),
        attempts=f"{job.attempt} of {job.max_attempts}",
        kind=job.kind,
        id=job.id,
        said=job.error or job.progress_note,
    )


def _show(arguments: argparse.Namespace) -> None:
    with reading() as session:
        job = queries.get_job(session, operator(), _key(arguments.job))
    facts: dict[str, object] = {
        "job": job.id,
        "kind": job.kind,
        "queue": job.queue,
        "state": f"{job.state}, stop asked for" if job.cancel_requested else job.state,
        "attempts": f"{job.attempt} of {job.max_attempts}",
        "progress": f"{job.progress:.0%} {job.progress_note}".rstrip(),
        "asked by": job.requested_by_name,
        "asked at": _instant(job.created_at),
        "started at": _instant(job.started_at),
        "ended at": _instant(job.finished_at),
        "worker": job.worker or "",
        "error": job.error or "",
    }
    facts |= {f"result {name}": value for name, value in (job.result or {}).items()}
    for name, value in facts.items():
        if value not in {"", None}:
            sys.stdout.write(f"{name:12}  {value}\n")


def _cancel(arguments: argparse.Namespace) -> None:
    job_id = _key(arguments.job)
    with writing() as session:
        service.request_cancel(session, operator(), job_id=job_id)
        job = queries.get_job(session, operator(), job_id)
    done = job.state == JobState.CANCELLED
    sys.stdout.write(
        f"{job.kind} is cancelled.\n"
        if done
        else f"{job.kind} is asked to stop; it does when it next looks up.\n"
    )


def _retry(arguments: argparse.Namespace) -> None:
    job_id = _key(arguments.job)
    with writing() as session:
        service.retry_failed(session, operator(), job_id=job_id)
        job = queries.get_job(session, operator(), job_id)
    sys.stdout.write(f"{job.kind} waits for a worker again, with {job.max_attempts} attempts.\n")


def _key(text: str) -> JobId:
    try:
        return JobId(UUID(text))
    except ValueError as error:
        raise InvalidInput(
            f"“{text}” is not a job's key. Copy it from “tracseq jobs list”."
        ) from error


def _age(age: timedelta) -> str:
    seconds = max(age.total_seconds(), 0)
    for unit, length in (("d", _DAY_S), ("h", _HOUR_S), ("min", _MINUTE_S)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
