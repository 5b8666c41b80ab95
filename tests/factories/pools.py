"""Libraries that have been measured, and drafts of them, for tests of pooling."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import Lifecycle, Metric
from backend.samples.models import Project, Sample
from backend.samples.qc_models import SampleMeasurement
from backend.sequencing.models import SequencingRequest
from backend.sequencing.pooling import service
from backend.sequencing.pooling.schemas import PoolChangeIn, PoolIn
from backend.sequencing.pooling.views import PoolView
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_library,
    make_person,
    make_project,
    make_request,
)

POOLING = (
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_PREPARE,
    Permission.SAMPLES_VIEW,
    Permission.SAMPLES_REGISTER,
    Permission.SAMPLES_EDIT,
)
WORKED = (("10", "350", "30"), ("4", "420", "60"), ("25", "300", "10"))
"""ng/µL, bp and M reads of the worked example of DOMAIN 2c."""


def measure(
    session: Session,
    sample: Sample,
    metric: Metric,
    value: str,
    *,
    day: int = 20,
    method: str = "Qubit",
) -> None:
    """Write a measurement of November 2026 down."""
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    session.add(
        SampleMeasurement(
            sample_id=sample.id,
            metric=metric,
            value=Decimal(value),
            method=method,
            instrument=None,
            measured_at=at,
            actor_id=None,
            actor_name="Ada",
            recorded_at=at,
        )
    )
    session.flush()


def measured_libraries(
    session: Session, project: Project, number: int = 3, *, volume_ul: str = "20"
) -> list[Sample]:
    """Libraries of the worked example with index pairs that are all told apart."""
    made = []
    for (i7, i5), (mass, size, _) in zip(INDEX_PAIRS[:number], WORKED * 2, strict=False):
        library = make_library(
            session,
            project,
            index_i7=i7,
            index_i5=i5,
            volume_ul=Decimal(volume_ul),
            lifecycle=Lifecycle.ACCEPTED,
        )
        measure(session, library, Metric.CONCENTRATION, mass)
        measure(session, library, Metric.FRAGMENT_SIZE, size, method="TapeStation")
        made.append(library)
    return made


def worked_request(
    session: WriteSession, *permissions: Permission, volume_ul: str = "20"
) -> tuple[Principal, SequencingRequest, list[Sample]]:
    """A person, their request and its three measured libraries."""
    ada = make_person(session, *POOLING, *permissions)
    project = make_project(session, ada)
    libraries = measured_libraries(session, project, volume_ul=volume_ul)
    return ada, make_request(session, project, libraries), libraries


def draft(
    session: WriteSession, ada: Principal, libraries: list[Sample], **fields: object
) -> PoolView:
    """A draft of libraries."""
    given = {"libraries": [each.barcode for each in libraries], **fields}
    return service.draft_pool(session, ada, pool=PoolIn.model_validate(given))


def worked_pool(
    session: WriteSession, *permissions: Permission, volume_ul: str = "20"
) -> tuple[Principal, PoolView, SequencingRequest, list[Sample]]:
    """The pool of the worked example, its reads as there."""
    ada, request, libraries = worked_request(session, *permissions, volume_ul=volume_ul)
    made = draft(session, ada, libraries, phix_percent=0)
    wanted = dict(zip((each.barcode for each in libraries), (30, 60, 10), strict=True))
    change = PoolChangeIn.model_validate({"reads_millions": wanted, "pipetted_by": "robot"})
    view = service.change_pool(session, ada, code=made.code, change=change)
    return ada, view, request, libraries
