"""Reading the queue as a problem for the planner, in one short session.

Keys of libraries are "request/sample", those of slots "instrument/number", all UUIDs as text, so
that a plan leads straight back to rows; `queue_booked` has those of runs that are booked already,
`queue_machines` the instruments with the flow cells that they may be loaded with.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Project, Sample
from backend.sequencing import pool_queries, queries, queue_booked, queue_machines
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.planning.problem import Library, Mixing, Problem, Weights
from backend.sequencing.queue_library import layouts_of, waiting_library
from backend.sequencing.queue_machines import Loadable
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.content import QueuePlanningContent
from backend.sequencing.reference.views import Assay, PlanningSettings
from backend.sequencing.sheets.layouts import NOTHING_KNOWN

_DAY = timedelta(days=1)
_HOURS_A_DAY, _MINUTES_A_DAY = 24, 24 * 60
_NO_PINNED_STARTS: Mapping[UUID, Collection[datetime]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A problem, the settings it was made by, and how long a run of each instrument is planned.

    ``settings`` None are the usual ones: the laboratory keeps none of its own.
    """

    problem: Problem
    settings: PlanningSettings | None
    content: QueuePlanningContent
    loadable: tuple[Loadable, ...]
    """Each instrument with each flow cell that it takes, in the laboratory's order."""


def load_problem(
    session: ReadSession,
    principal: Principal,
    *,
    now: datetime,
    request_ids: Collection[UUID] | None = None,
    starts: Mapping[UUID, Collection[datetime]] = _NO_PINNED_STARTS,
) -> Loaded:
    """Return the libraries that wait, all or those of chosen requests, and the free slots.

    A library waits while its request does, it is in no pool, and nothing forbids its use. Day 0 is
    ``now``; a library is on time if its run ends by the end of the day it is due. ``starts`` are
    moments that people pinned, by instrument: where one is free a slot begins at it, and the
    others stand around that. Runs that are booked and start later than ``now`` are slots too, with
    what is on their lanes, where the settings say so.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    settings = reference_queries.planning(session)
    content = reference_queries.planning_content(session)
    assays = reference_queries.every_assay(session)
    libraries = _libraries(session, principal, now, request_ids, assays)
    machines = queue_machines.load_machines(session, libraries, content)
    mixing = mixing_of(content)
    slots = [slot for each in machines for slot in each.slots(now, starts, content.horizon_days)]
    aboard = queue_booked.Aboard()
    if content.fill_booked_runs and libraries:
        aboard = queue_booked.load_aboard(
            session,
            principal,
            period=(now, now + content.horizon_days * _DAY),
            likenesses={each.instrument.id: each.likeness() for each in machines},
            assays=assays,
            mixing=mixing,
        )
    return Loaded(
        problem=Problem(
            libraries=libraries + aboard.libraries,
            slots=(*aboard.slots, *slots),
            pins=aboard.pins,
            weights=weights_of(content),
            mixing=mixing,
        ),
        settings=settings,
        content=content,
        loadable=tuple(cell for each in machines for cell in each.cells),
    )


def weights_of(content: QueuePlanningContent) -> Weights:
    """Return what is bought with delay besides runs and lanes, in days that a library is late."""
    return Weights(
        missing_channel=float(content.missing_channel_delay_minutes) / _MINUTES_A_DAY,
        dark_cycle=float(content.dark_cycle_delay_minutes) / _MINUTES_A_DAY,
        left_out=float(content.left_out_delay_days),
        uneven=float(content.uneven_delay_hours) / _HOURS_A_DAY,
    )


def mixing_of(content: QueuePlanningContent) -> Mixing:
    """Return what may share a lane beyond what assays say."""
    return Mixing(
        single_with_dual=content.single_with_dual,
        unequal_indexes=content.unequal_indexes,
        projects_apart=frozenset(content.projects_apart),
    )


def _libraries(
    session: ReadSession,
    principal: Principal,
    now: datetime,
    request_ids: Collection[UUID] | None,
    assays: Mapping[str, Assay],
) -> tuple[Library, ...]:
    waiting = queries.visible_requests(principal).where(
        SequencingRequest.state == RequestState.WAITING
    )
    if request_ids is not None:
        waiting = waiting.where(SequencingRequest.id.in_(request_ids))
    requests = {each.id: each for each in session.scalars(waiting)}
    rows = session.execute(
        select(RequestSample, Sample.barcode, Project.code)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(RequestSample.request_id.in_(requests), ~pool_queries.is_pooled())
        .order_by(RequestSample.request_id, RequestSample.place)
    ).all()
    unusable = [each for found in queries.unusable_of(session, requests).values() for each in found]
    layouts = layouts_of(session, [row for row, _, _ in rows])
    found = []
    for row, barcode, project in rows:
        if not any(sentence.startswith(f"{barcode} ") for sentence in unusable):
            request = requests[row.request_id]
            assay = assays.get(request.assay)
            layout = layouts.get(row.sample_id, NOTHING_KNOWN)
            found.append(waiting_library(row, request, project, assay, layout, now=now))
    return tuple(found)
