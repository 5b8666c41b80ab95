"""Searches over the samples: what their statement takes in the database, kind by kind.

Timed from sending the statement to having its rows (no EXPLAIN, which costs time itself); every
search asks what the page asks first, the newest hundred that match.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.samples import windows
from backend.samples.ids import Status
from backend.samples.models import Project, Sample
from backend.samples.schemas import Amounts, SampleFilters, SampleOrder
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS
from bench.laboratory import Laboratory
from bench.measures import Measure, percentile, watched

SEARCHES = 200
ROWS = 100
BAR_MS = 25.0
_SEED = 20_261_128
_WARM_UP = 2

Kind = Callable[[ReadSession, random.Random], SampleFilters]


def measure(laboratory: Laboratory) -> list[Measure]:
    """Ask SEARCHES mixed searches in turn and say the 95th percentile of all and of each kind."""
    person = machinery("bench", *Permission, request_id="bench")
    taken: dict[str, list[float]] = {name: [] for name in _KINDS}
    wholes: dict[str, list[float]] = {name: [] for name in _KINDS}
    draw = random.Random(_SEED)
    for number in range(_WARM_UP * len(_KINDS) + SEARCHES):
        name = tuple(_KINDS)[number % len(_KINDS)]
        with reading() as session:
            filters = _KINDS[name](session, draw)
        with watched(laboratory.engine) as statements:
            _ask(person, filters)
        if number >= _WARM_UP * len(_KINDS):
            durations = [each for times in statements.durations_ms.values() for each in times]
            taken[name].append(max(durations))
            wholes[name].append(sum(durations))
    every = [each for times in taken.values() for each in times]
    return [
        _line(f"search: {len(every)} mixed, slowest statement of each", every, every, bar=BAR_MS),
        *[_line(f"search: {name}", taken[name], wholes[name]) for name in _KINDS],
    ]


def _line(
    name: str, slowest: Sequence[float], wholes: Sequence[float], bar: float | None = None
) -> Measure:
    return Measure(
        name=f"{name}, p95",
        figure=percentile(slowest, 0.95),
        unit="ms",
        bar=bar,
        note=(
            f"{len(slowest)} searches, half within {percentile(slowest, 0.5):.2f} ms; "
            f"all their statements together {percentile(wholes, 0.95):.1f} ms"
        ),
    )


def _ask(person: Principal, filters: SampleFilters) -> None:
    with reading() as session:
        windows.window(session, person, filters=filters, order=SampleOrder(), start=0, end=ROWS)


def _sample(session: ReadSession, draw: random.Random) -> Sample:
    """Return a sample from anywhere in the laboratory, by a barcode near a drawn moment."""
    first, last = session.execute(
        select(func.min(Sample.created_at), func.max(Sample.created_at))
    ).one()
    moment = first + (last - first) * draw.random()
    near = select(Sample).where(Sample.created_at >= moment).order_by(Sample.created_at, Sample.id)
    return session.scalars(near.limit(1)).one()


def _barcode(session: ReadSession, draw: random.Random) -> SampleFilters:
    return SampleFilters(search=_sample(session, draw).barcode)


def _name_prefix(session: ReadSession, draw: random.Random) -> SampleFilters:
    name = _sample(session, draw).name
    return SampleFilters(search=name[: max(4, len(name) - draw.randint(1, 3))])


def _box(session: ReadSession, draw: random.Random) -> SampleFilters:
    boxes = select(StorageNode.path).where(StorageNode.kind.in_(HOLDERS), StorageNode.used > 0)
    count = session.execute(select(func.count()).select_from(boxes.subquery())).scalar_one()
    place = boxes.order_by(StorageNode.path).offset(draw.randrange(count)).limit(1)
    return SampleFilters(place=session.scalars(place).one())


def _project_and_status(session: ReadSession, draw: random.Random) -> SampleFilters:
    codes = list(session.scalars(select(Project.code).order_by(Project.code)))
    return SampleFilters(
        project_codes=(draw.choice(codes),), statuses=(draw.choice(tuple(Status)),)
    )


def _volume_range(_session: ReadSession, draw: random.Random) -> SampleFilters:
    least = Decimal(draw.randrange(5, 150))
    return SampleFilters(volume_ul=Amounts(least=least, below=least + draw.randrange(5, 60)))


def _created_range(session: ReadSession, draw: random.Random) -> SampleFilters:
    begin = min(_sample(session, draw).created_at, clock.utc_now() - timedelta(days=7))
    return SampleFilters(
        created_from=begin, created_before=begin + timedelta(days=draw.randint(1, 7))
    )


_KINDS: Mapping[str, Kind] = {
    "a barcode": _barcode,
    "start of a name": _name_prefix,
    "a box": _box,
    "project and status": _project_and_status,
    "volume between": _volume_range,
    "registered between": _created_range,
}
