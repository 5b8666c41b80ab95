"""Reading the histories of requests: stays in columns, and when clocks began and stood still.

A tube that was made of another has its arrival, so that a library counts from when the sample came
that it was made of.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.samples.ids import Custody, HoldKind, Lifecycle
from backend.samples.models import Project, Sample, SampleHold, SampleTransition
from backend.sequencing.codes import request_code
from backend.sequencing.ids import ClockStart, RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.turnaround.models import RequestStage
from backend.sequencing.turnaround.trails import History, Stay
from backend.sequencing.turnaround.working_days import Period

_ACCEPT = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How clocks run: from what on, by assay where one says it, and by which holds they stop."""

    pausing: Collection[HoldKind]
    starts: ClockStart = ClockStart.ORDERED
    by_assay: Mapping[str, ClockStart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """When the last of a request's samples arrived and was accepted, and whether any is missing."""

    received_at: datetime | None
    accepted_at: datetime | None
    is_missing: bool
    """A sample has not arrived, as far as anybody has noted it."""
    is_unaccepted: bool
    """A sample has arrived and waits for somebody to accept it."""

    def is_waited_for(self, starts: ClockStart) -> bool:
        """Say whether the order is not complete yet."""
        return self.is_missing or (starts is ClockStart.ACCEPTED and self.is_unaccepted)


def histories_of(
    session: Session,
    requests: Select[SequencingRequest],
    *,
    now: datetime,
    counting: Counting,
) -> list[History]:
    """Return the histories of selected requests in order of their numbers.

    A hold that holds still stops its clock up to ``now``.
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
    stays, pauses = _stays(session, keys), _pauses(session, keys, now, counting.pausing)
    arrivals = _arrivals(session, keys)
    return [
        History(
            code=request_code(row.number),
            project_code=row.code,
            state=row.state,
            due_on=row.due_on,
            started_at=_started(
                stays[row.id],
                arrivals.get(row.id),
                counting.by_assay.get(row.assay, counting.starts),
            ),
            stays=stays[row.id],
            pauses=pauses[row.id],
            assay=row.assay,
        )
        for row in rows
        if stays[row.id]
    ]


def _started(stays: list[Stay], arrivals: _Arrivals | None, starts: ClockStart) -> datetime | None:
    """Return when a clock began, None while a sample is waited for.

    What has been pooled was there, whether or not anybody noted its arrival, and however late.
    """
    asked_at = stays[0].entered_at
    if starts is ClockStart.ORDERED or arrivals is None:
        return asked_at
    left = (stay.entered_at for stay in stays if stay.state is not RequestState.WAITING)
    left_at = next(left, None)
    if left_at is None and arrivals.is_waited_for(starts):
        return None
    known = [asked_at, arrivals.received_at]
    if starts is ClockStart.ACCEPTED:
        known.append(arrivals.accepted_at)
    began_at = max(each for each in known if each is not None)
    return began_at if left_at is None else min(began_at, left_at)


def _arrivals(session: Session, keys: Collection[UUID]) -> dict[UUID, _Arrivals]:
    accepted = (
        select(func.min(SampleTransition.at))
        .where(SampleTransition.sample_id == Sample.id, SampleTransition.action == _ACCEPT)
        .correlate(Sample)
        .scalar_subquery()
    )
    missing = Sample.lifecycle.in_((Lifecycle.REGISTERED, Lifecycle.IN_TRANSIT)) & (
        Sample.custody.in_((Custody.NOT_PLACED, Custody.SHIPPED))
    )
    rows = session.execute(
        select(
            RequestSample.request_id,
            func.max(Sample.received_at),
            func.max(accepted),
            func.bool_or(missing),
            func.bool_or(Sample.lifecycle == Lifecycle.RECEIVED),
        )
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(keys))
        .group_by(RequestSample.request_id)
    )
    return {request_id: _Arrivals(*told) for request_id, *told in rows}


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
