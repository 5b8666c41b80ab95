"""Reading the histories of requests: their stays in columns, and when their clocks stood still."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.samples.ids import HoldKind
from backend.samples.models import Project, SampleHold
from backend.sequencing.codes import request_code
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.turnaround.models import RequestStage
from backend.sequencing.turnaround.trails import History, Stay
from backend.sequencing.turnaround.working_days import Period


def histories_of(
    session: Session,
    requests: Select[SequencingRequest],
    *,
    now: datetime,
    pausing: Collection[HoldKind],
) -> list[History]:
    """Return the histories of selected requests in order of their numbers.

    ``pausing`` are the kinds of holds that stop a clock; one that holds still stops it up to now.
    """
    rows = session.execute(
        requests.join(Project, Project.id == SequencingRequest.project_id)
        .with_only_columns(
            SequencingRequest.id,
            SequencingRequest.number,
            SequencingRequest.state,
            SequencingRequest.due_on,
            SequencingRequest.assay,
            Project.code,
            maintain_column_froms=True,
        )
        .order_by(SequencingRequest.number)
    ).all()
    keys = [row.id for row in rows]
    stays, pauses = _stays(session, keys), _pauses(session, keys, now, pausing)
    return [
        History(
            code=request_code(row.number),
            project_code=row.code,
            state=row.state,
            due_on=row.due_on,
            asked_at=stays[row.id][0].entered_at,
            stays=stays[row.id],
            pauses=pauses[row.id],
            assay=row.assay,
        )
        for row in rows
        if stays[row.id]
    ]


def _stays(session: Session, keys: Collection[UUID]) -> defaultdict[UUID, list[Stay]]:
    found: defaultdict[UUID, list[Stay]] = defaultdict(list)
    rows = session.execute(
        select(
            RequestStage.request_id,
            RequestStage.state,
            RequestStage.entered_at,
            RequestStage.left_at,
        )
        .where(RequestStage.request_id.in_(keys))
        # Two stays of one instant: the one that ended came first.
        .order_by(RequestStage.entered_at, RequestStage.left_at.nulls_last())
    )
    for request_id, state, entered_at, left_at in rows:
        found[request_id].append(Stay(state, entered_at, left_at))
    return found


def _pauses(
    session: Session, keys: Collection[UUID], now: datetime, pausing: Collection[HoldKind]
) -> defaultdict[UUID, list[Period]]:
    """Return when a hold on any of a request's samples stopped its clock."""
    found: defaultdict[UUID, list[Period]] = defaultdict(list)
    rows = session.execute(
        select(RequestSample.request_id, SampleHold.set_at, SampleHold.released_at)
        .join(SampleHold, SampleHold.sample_id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(keys), SampleHold.kind.in_(list(pausing)))
    )
    for request_id, set_at, released_at in rows:
        found[request_id].append((set_at, released_at or now))
    return found
