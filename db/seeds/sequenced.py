"""What was sequenced in the four months before: requests, their libraries, runs, and when. Pure.

A day of a run is a Tuesday, Wednesday or Thursday; people work on weekdays in the laboratory's
zone. Libraries carry neighbouring pairs of one index set, so that a run's lanes are told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from backend.core import barcodes, ids
from backend.samples.ids import Custody, Lifecycle, MaterialType, Priority, QcVerdict
from db.seeds.indexes import PAIRS
from db.seeds.population import DemoSample, short_serial
from db.seeds.world import BARCODE_PREFIX, PROJECTS, TIME_ZONE

_SEED = 417
_ZONE = ZoneInfo(TIME_ZONE)
_DUE_IN, _PRESSED_DUE_IN = timedelta(days=28), timedelta(days=11)
_TUESDAY, _THURSDAY, _SATURDAY = 1, 3, 5
_BY_PROJECT = {project.code: project for project in PROJECTS}


@dataclass(frozen=True, slots=True)
class _Machine:
    """A sequencer with how its past runs were booked."""

    name: str
    hours: int
    lanes: Sequence[int]
    """Every pool of a run stood on each of them."""
    read_length: int
    reads_millions: Decimal
    """Of each library."""


_NOVA = _Machine("NovaSeq X-1", 26, (1, 2), 151, Decimal(60))
_NEXT = _Machine("NextSeq 500", 29, (1,), 151, Decimal(14))
_MISEQ = _Machine("MiSeq-2", 22, (1,), 76, Decimal("0.8"))

# Days ago, machine, and by request: project, libraries, days from the wish to the run, days from
# its end to the delivery.
_RUNS: Sequence[tuple[int, _Machine, Sequence[tuple[str, int, int, int]]]] = (
    (106, _NEXT, (("CARDIO-7", 5, 6, 3), ("RARE-1", 4, 3, 4), ("COLON-3", 6, 8, 2))),
    (99, _MISEQ, (("MICRO-2", 8, 4, 2), ("CARDIO-7", 2, 2, 3))),
    (92, _NOVA, (("COLON-3", 6, 9, 6), ("NEURO-5", 4, 5, 4), ("RARE-1", 3, 4, 5))),
    (85, _NEXT, (("CARDIO-7", 8, 7, 3), ("TRIAL-9", 4, 3, 2))),
    (78, _MISEQ, (("MICRO-2", 6, 3, 2), ("NEURO-5", 4, 13, 4), ("CARDIO-7", 2, 2, 2))),
    (71, _NOVA, (("COLON-3", 8, 6, 5), ("CARDIO-7", 4, 4, 9))),
    (64, _NEXT, (("NEURO-5", 5, 8, 3), ("RARE-1", 3, 2, 4), ("CARDIO-7", 6, 5, 3))),
    (57, _MISEQ, (("MICRO-2", 7, 5, 24), ("TRIAL-9", 3, 2, 2), ("RARE-1", 3, 6, 7))),
    (50, _NOVA, (("CARDIO-7", 8, 9, 4), ("COLON-3", 5, 3, 6))),
    (43, _NEXT, (("MICRO-2", 6, 4, 2), ("NEURO-5", 3, 12, 3), ("CARDIO-7", 5, 7, 5))),
    (36, _MISEQ, (("MICRO-2", 8, 3, 2), ("RARE-1", 4, 5, 3))),
    (28, _NOVA, (("COLON-3", 8, 7, 4), ("CARDIO-7", 3, 4, 8), ("NEURO-5", 4, 6, 3))),
    (20, _NEXT, (("CARDIO-7", 6, 5, 3), ("TRIAL-9", 4, 3, 2), ("RARE-1", 2, 8, 4))),
    (11, _MISEQ, (("MICRO-2", 6, 4, 2), ("CARDIO-7", 4, 6, 3))),
)
_PRESSED = frozenset({"COLON-3/2"})
"""Project and run of what was due sooner than it was done."""
_TOPPED_UP = "MICRO-2/7"
"""Project and run of what got too little, and the rest from the next run of its machine."""
_PAUSED = frozenset({"NEURO-5/4", "NEURO-5/9"})
"""Project and run of what its requester let wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request of the past. ``paused`` are the instants a hold was set and released."""

    project_code: str
    libraries: Sequence[DemoSample]
    asked_at: datetime
    paused: tuple[datetime, datetime] | None
    is_topped_up: bool
    """Whether two of its libraries got too little, and the rest from its machine's next run."""
    pooled_at: datetime
    done_at: datetime
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run of the past with the requests on it."""

    instrument: str
    lanes: Sequence[int]
    read_length: int
    reads_millions: Decimal
    requests: Sequence[Asked]
    planned_at: datetime
    released_at: datetime
    started_at: datetime
    finished_at: datetime
    looked_at: datetime
    """When a person looked at what came of it."""


def draw(count: int, now: datetime) -> list[Ran]:
    """Return the runs of the past, the first first.

    ``count`` is the highest number of a sample so far; libraries are numbered after it, from a
    multiple of the index set on, so that they carry the same indexes in a laboratory of any size.
    """
    rng = np.random.default_rng(_SEED)
    number = PAIRS * (count // PAIRS + 1)
    runs = []
    for place, (days_ago, machine, wishes) in enumerate(_RUNS):
        run = _run(machine, now - timedelta(days=days_ago))
        requests = []
        for order, (project, libraries, waits, takes) in enumerate(wishes):
            asked = _asked(run, order, project, waits=waits, takes=takes, tag=f"{project}/{place}")
            tubes = [_library(asked, run, number + each, rng) for each in range(libraries)]
            number += libraries
            requests.append(replace(asked, libraries=tubes))
        runs.append(replace(run, requests=requests))
    return runs


def libraries_of(runs: Sequence[Ran]) -> list[DemoSample]:
    """Return every library that was sequenced."""
    return [library for run in runs for each in run.requests for library in each.libraries]


def _run(machine: _Machine, around: datetime) -> Ran:
    day = around.astimezone(_ZONE).date()
    while not _TUESDAY <= day.weekday() <= _THURSDAY:
        day -= timedelta(days=1)
    started = _local(day, time(14, 30))
    finished = started + timedelta(hours=machine.hours)
    return Ran(
        instrument=machine.name,
        lanes=machine.lanes,
        read_length=machine.read_length,
        reads_millions=machine.reads_millions,
        requests=(),
        planned_at=_local(day - timedelta(days=1), time(15, 10)),
        released_at=_local(day, time(13, 40)),
        started_at=started,
        finished_at=finished,
        looked_at=_next_working(finished + timedelta(hours=12), time(9, 20)),
    )


def _asked(run: Ran, order: int, project: str, *, waits: int, takes: int, tag: str) -> Asked:
    asked = _last_working(run.started_at - timedelta(days=waits), time(8, 35 + 7 * order))
    day_before = run.started_at.astimezone(_ZONE).date() - timedelta(days=1)
    paused = None
    if tag in _PAUSED:
        paused = (
            _next_working(asked + timedelta(days=1), time(9, 15)),
            _last_working(run.started_at - timedelta(days=3), time(16)),
        )
    due_in = _PRESSED_DUE_IN if tag in _PRESSED else _DUE_IN
    return Asked(
        project_code=project,
        libraries=(),
        asked_at=asked,
        paused=paused,
        is_topped_up=tag == _TOPPED_UP,
        pooled_at=_local(day_before, time(10, 20 + 9 * order)),
        done_at=_next_working(run.finished_at + timedelta(days=takes), time(11, 5 + 8 * order)),
        due_on=asked.astimezone(_ZONE).date() + due_in,
    )


def _library(asked: Asked, run: Ran, number: int, rng: np.random.Generator) -> DemoSample:
    made = asked.asked_at - timedelta(days=2, hours=1, minutes=3 * (number % 8))
    randomness = (int(rng.integers(1 << 37)) << 37) | int(rng.integers(1 << 37))
    prefix = BARCODE_PREFIX[MaterialType.LIBRARY]
    return DemoSample(
        id=ids.id_at(int(made.timestamp() * 1000), randomness),
        number=number,
        project=_BY_PROJECT[asked.project_code],
        material=MaterialType.LIBRARY,
        subject_code=f"S-{1 + int(rng.integers(90)):04d}",
        barcode=barcodes.barcode_of(prefix, made.date(), short_serial(number)),
        created_at=made,
        parent_id=None,
        family_id=None,
        is_backup=False,
        volume_ul=round(float(rng.uniform(18, 25)), 1),
        concentration_ng_per_ul=round(float(18 * np.exp(rng.normal(0, 0.3))), 1),
        integrity=None,
        priority=Priority.NORMAL,
        lifecycle=Lifecycle.COMPLETED,
        custody=Custody.IN_STORAGE,
        qc_verdict=QcVerdict.PASS,
        accepted_at=made + timedelta(minutes=40),
        placed_at=made + timedelta(hours=2),
        started_at=run.started_at,
        completed_at=asked.done_at,
        closed_at=None,
    )


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, _ZONE)


def _last_working(instant: datetime, at: time) -> datetime:
    day = instant.astimezone(_ZONE).date()
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return _local(day, at)


def _next_working(instant: datetime, at: time) -> datetime:
    day = instant.astimezone(_ZONE).date()
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return _local(day, at)
