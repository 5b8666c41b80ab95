"""Projects, libraries, instruments and requests for tests, straight into the tables."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.auth.models import User
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.samples.ids import HoldKind, MaterialType, TemperatureClass
from backend.samples.models import Project, ProjectMember, Sample, SampleHold
from backend.sequencing.ids import I5Orientation, PoolState, RequestState
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember

_numbers = count(1)

# The first eight of the 96 unique dual indexes of the checkMyIndex set: told apart in every pair.
INDEX_PAIRS = (
    ("CCGCGGTT", "AGCGCTAG"),
    ("TTATAACC", "GATATCGA"),
    ("GGACTTGG", "CGCAGACG"),
    ("AAGTCCAA", "TATGAGTA"),
    ("ATCCACTG", "AGGTGCGT"),
)


def make_person(session: Session, *permissions: Permission, name: str = "Ada") -> Principal:
    """A person with an account, so that they can be a project's member."""
    key = new_id()
    session.add(User(id=key, email=f"{key}@test.example", name=name, password_hash="-"))
    session.flush()
    return Principal(
        user_id=UserId(key),
        name=name,
        permissions=frozenset(permissions),
        origin=Origin.UI,
        request_id="test",
    )


def make_project(session: Session, *members: Principal, code: str | None = None) -> Project:
    project = Project(code=code or f"PRJ-{next(_numbers)}", name="Test project", owner_id=None)
    session.add(project)
    session.flush()
    session.add_all(
        ProjectMember(project_id=project.id, user_id=member.user_id)
        for member in members
        if member.user_id is not None
    )
    session.flush()
    return project


def make_library(session: Session, project: Project, **fields: Any) -> Sample:
    number = next(_numbers)
    values: dict[str, Any] = {
        "barcode": f"LIB-{number:06d}",
        "name": f"Library {number}",
        "material_type": MaterialType.LIBRARY,
        "temperature_class": TemperatureClass.MINUS_20,
    }
    sample = Sample(project_id=project.id, **(values | fields))
    session.add(sample)
    session.flush()
    return sample


def make_libraries(session: Session, project: Project, number: int) -> list[Sample]:
    """Libraries whose index pairs are all told apart."""
    return [
        make_library(session, project, index_i7=i7, index_i5=i5) for i7, i5 in INDEX_PAIRS[:number]
    ]


def put_on_hold(session: Session, sample: Sample) -> None:
    session.add(
        SampleHold(sample_id=sample.id, kind=HoldKind.QUARANTINE, reason="Spilled", set_by=None)
    )
    session.flush()


def make_instrument(session: Session, **fields: Any) -> Instrument:
    values: dict[str, Any] = {
        "name": f"NovaSeq X-{next(_numbers)}",
        "model": "novaseq_x_10b",
        "run_prefix": "NX",
        "lanes": 8,
        "lane_reads_millions": Decimal(1250),
        "i5_orientation": I5Orientation.REVERSE_COMPLEMENT,
    }
    instrument = Instrument(**(values | fields))
    session.add(instrument)
    session.flush()
    return instrument


def make_request(
    session: Session,
    project: Project,
    libraries: list[Sample],
    *,
    state: RequestState = RequestState.WAITING,
    **fields: Any,
) -> SequencingRequest:
    values: dict[str, Any] = {
        "read_length": 151,
        "reads_millions": Decimal(30),
        "due_on": date(2026, 12, 18),
        "requested_by": None,
        "requested_by_name": "Ada",
        "state_since": datetime(2026, 11, 20, 9, tzinfo=UTC),
    }
    request = SequencingRequest(project_id=project.id, state=state, **(values | fields))
    session.add(request)
    session.flush()
    session.add_all(
        RequestSample(
            request_id=request.id,
            sample_id=library.id,
            place=place,
            index_i7=library.index_i7 or INDEX_PAIRS[0][0],
            index_i5=library.index_i5,
        )
        for place, library in enumerate(libraries, start=1)
    )
    session.flush()
    if state is not RequestState.WAITING:
        _pool(session, request, libraries)
    return request


def _pool(session: Session, request: SequencingRequest, libraries: list[Sample]) -> None:
    pool = LibraryPool(state=PoolState.READY, created_by=None, created_by_name="Ada")
    session.add(pool)
    session.flush()
    session.add_all(
        PoolMember(
            pool_id=pool.id,
            request_id=request.id,
            sample_id=library.id,
            place=place,
            reads_millions=request.reads_millions,
        )
        for place, library in enumerate(libraries, start=1)
    )
    session.flush()


def pool_of(session: Session, request: SequencingRequest) -> UUID:
    """Return the one pool that holds a request's libraries."""
    members = select(PoolMember.pool_id).where(PoolMember.request_id == request.id).distinct()
    return session.scalars(members).one()


def slot(hours_from: int, hours: int) -> tuple[datetime, datetime]:
    """A time on the morning of 1 December 2026, UTC."""
    start = datetime(2026, 12, 1, 8, tzinfo=UTC) + timedelta(hours=hours_from)
    return start, start + timedelta(hours=hours)


def says(words: str) -> Callable[[AppError], bool]:
    """A check of ``pytest.raises``: one of the refusal's fields says this."""
    return lambda refusal: words in " ".join(refusal.fields.values())
