"""Reading the queue with what people pinned, as one problem for the planner."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Sample
from backend.sequencing import queries as sequencing_queries
from backend.sequencing import queue_problem
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.planning.pinning import Unkept, Wish, pin_libraries
from backend.sequencing.planning.problem import Library, Problem, Slot
from backend.sequencing.queue_plans.models import QueuePin
from backend.sequencing.queue_plans.views import PlanSettings, RunTakes
from backend.sequencing.reference.content import QueuePlanningContent
from backend.sequencing.reference.views import Recipe

_SAME = timedelta(seconds=1)
_GONE = "its time has passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan is to be about; ``request_ids`` None is everything that waits."""

    request_ids: tuple[UUID, ...] | None
    begins_at: datetime
    """No run starts earlier."""
    limit_s: float
    """The processor's seconds that may be spent on it."""

    def as_json(self) -> dict[str, Any]:
        """Return them as they are stored."""
        chosen = self.request_ids
        return {
            "request_ids": None if chosen is None else [str(each) for each in chosen],
            "begins_at": self.begins_at.isoformat(),
            "limit_s": self.limit_s,
        }


def kept_terms(stored: Mapping[str, Any]) -> Terms:
    """Read stored terms back."""
    chosen = stored["request_ids"]
    return Terms(
        request_ids=None if chosen is None else tuple(UUID(each) for each in chosen),
        begins_at=datetime.fromisoformat(stored["begins_at"]),
        limit_s=float(stored["limit_s"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlanned:
    """A library of a request that waits which the planner is not given, and why."""

    request_id: UUID
    sample_id: UUID
    number: int
    """Of the request."""
    barcode: str
    read_length: int
    reads_millions: Decimal
    index_i7: str
    index_i5: str
    due_on: date
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A problem with its pins, those that cannot be kept, and what it was in a digest."""

    problem: Problem
    unkept: tuple[Unkept, ...]
    wished: frozenset[str]
    """Libraries whose pin to a run or lane is kept."""
    digest: str
    settings: dict[str, Any]
    """By what it is made, as `kept_settings` reads it back."""
    flow_cells: Mapping[str, str]
    """Names of what instruments may be loaded with, by key."""
    recipes: Mapping[tuple[str, str], tuple[Recipe, ...]]
    """Those that runs may be planned by, the shortest first: (flow cell, configuration)."""
    not_planned: tuple[NotPlanned, ...] = ()


def load_queue(session: ReadSession, principal: Principal, terms: Terms) -> Queue:
    """Return what waits, the free slots and the pins that apply, as they are now."""
    pins = pins_of(session, principal)
    live = [pin for pin in pins if pin.start_at >= terms.begins_at]
    starts: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for pin in live:
        starts[pin.instrument_id].append(pin.start_at)
    loaded = queue_problem.load_problem(
        session, principal, now=terms.begins_at, request_ids=terms.request_ids, starts=starts
    )
    problem = loaded.problem
    wishes = list(_wishes(problem, live, terms.begins_at))
    pinned, unkept = pin_libraries(problem, wishes)
    dropped = {each.key for each in unkept}
    past = [pin for pin in pins if pin.start_at < terms.begins_at and not pin.is_away]
    return Queue(
        problem=pinned,
        unkept=(
            *unkept,
            *(Unkept(str(pin.id), key, _GONE) for pin in past for key in _keys(problem, pin)),
        ),
        wished=frozenset(
            each.library for each in wishes if not each.is_away and each.key not in dropped
        ),
        digest=_digest(pinned),
        not_planned=tuple(_not_planned(session, principal, terms, problem)),
        settings=_as_json(loaded),
        flow_cells={each.cell.key: each.cell.name for each in loaded.loadable},
        recipes={
            (each.cell.key, str(length)): recipes
            for each in loaded.loadable
            for length, recipes in each.recipes.items()
        },
    )


def pins_of(session: ReadSession, principal: Principal) -> Sequence[QueuePin]:
    """Return the pins of visible requests that wait, the oldest first."""
    waiting = (
        sequencing_queries.visible_requests(principal)
        .where(SequencingRequest.state == RequestState.WAITING)
        .with_only_columns(SequencingRequest.id)
    )
    return session.scalars(
        select(QueuePin)
        .where(QueuePin.request_id.in_(waiting))
        .order_by(QueuePin.created_at, QueuePin.id)
    ).all()


def keys_of(library: str) -> tuple[UUID, UUID]:
    """Return request and sample of a library's key, of one on a booked run too."""
    request, sample = library.split("/")[:2]
    return UUID(request), UUID(sample)


def kept_settings(stored: Mapping[str, Any]) -> PlanSettings:
    """Read stored settings back."""
    return PlanSettings(
        number=stored["number"],
        content=QueuePlanningContent.model_validate(stored["content"]),
        runs=tuple(
            RunTakes(
                each["instrument"],
                float(each["hours"]),
                each["source"],
                each["flow_cell"],
                float(each["dearness"]),
                each["dear_by"],
            )
            for each in stored["runs"]
        ),
    )


def _as_json(loaded: queue_problem.Loaded) -> dict[str, Any]:
    settings = loaded.settings
    return {
        "number": settings.number if settings else None,
        "content": loaded.content.model_dump(mode="json"),
        "runs": [
            {
                "instrument": each.instrument,
                "flow_cell": each.cell.name,
                "hours": each.length.hours,
                "source": each.length.source,
                "dearness": round(each.dearness, 4),
                "dear_by": each.dear_by,
            }
            for each in loaded.loadable
        ],
    }


def _not_planned(
    session: ReadSession, principal: Principal, terms: Terms, problem: Problem
) -> Iterator[NotPlanned]:
    """Yield what waits and is in a pool already, or may not be used."""
    waiting = sequencing_queries.visible_requests(principal).where(
        SequencingRequest.state == RequestState.WAITING
    )
    if terms.request_ids is not None:
        waiting = waiting.where(SequencingRequest.id.in_(terms.request_ids))
    requests = {each.id: each for each in session.scalars(waiting)}
    given = {each.key for each in problem.libraries}
    unusable = sequencing_queries.unusable_of(session, requests)
    rows = session.execute(
        select(RequestSample, Sample.barcode)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(requests))
        .order_by(RequestSample.request_id, RequestSample.place)
    )
    for row, barcode in rows:
        if f"{row.request_id}/{row.sample_id}" not in given:
            found = [each for each in unusable[row.request_id] if each.startswith(f"{barcode} ")]
            why = found or [f"{barcode} is in a pool already, so it is not planned here."]
            request = requests[row.request_id]
            yield NotPlanned(
                request_id=row.request_id,
                sample_id=row.sample_id,
                number=request.number,
                barcode=barcode,
                read_length=request.read_length,
                reads_millions=request.reads_millions,
                index_i7=row.index_i7,
                index_i5=row.index_i5 or "",
                due_on=request.due_on,
                why=tuple(why),
            )


def _wishes(problem: Problem, pins: Iterable[QueuePin], begins_at: datetime) -> Iterator[Wish]:
    for pin in pins:
        at = _slots_at(problem, pin, begins_at)
        for library in _keys(problem, pin):
            yield Wish(
                key=f"{pin.id}/{library}",
                library=library,
                slots=at,
                lane=pin.lane,
                is_away=pin.is_away,
            )


def _slots_at(problem: Problem, pin: QueuePin, begins_at: datetime) -> tuple[str, ...]:
    """Return the slots that a pin means: those of one instrument that begin then, by flow cell."""

    def is_meant(slot: Slot) -> bool:
        start = begins_at + timedelta(days=slot.start)
        here = slot.instrument == str(pin.instrument_id) and abs(start - pin.start_at) < _SAME
        return here and pin.flow_cell in ("", slot.flow_cell)

    return tuple(each.key for each in problem.slots if is_meant(each))


def _keys(problem: Problem, pin: QueuePin) -> list[str]:
    def is_meant(library: Library) -> bool:
        request, sample = keys_of(library.key)
        if library.is_aboard:
            return False
        return request == pin.request_id and pin.sample_id in (None, sample)

    return [each.key for each in problem.libraries if is_meant(each)]


def _digest(problem: Problem) -> str:
    text = json.dumps(asdict(problem), default=sorted, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
