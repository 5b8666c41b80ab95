"""Registering and placing in one go: both happen, or the registration is withdrawn."""

import pytest
from sqlalchemy import Engine, func, select

from backend.auth.ids import Role
from backend.core.config import Settings
from backend.core.errors import PermissionDenied
from backend.core.principal import Origin, Permission, Principal, UserId, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage.errors import NodeNotFound, NotABox
from backend.storage.models import Placement, StorageNode
from backend.transactions import queries, service
from backend.transactions.ids import SagaId
from backend.work import leases
from backend.work.ids import JobId
from backend.work.models import Job
from jobs.context import JobContext
from jobs.tasks import advance_saga
from tests.factories.people import make_user
from tests.factories.samples import make_project, registration
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

BENCH = frozenset({Permission.SAMPLES_REGISTER, Permission.STORAGE_PLACE, Permission.STORAGE_VIEW})


@pytest.fixture
def tom(committed_database: Engine) -> Principal:
    with writing() as session:
        user = make_user(session, Role.TECHNICIAN, name="Tom")
    return Principal(
        user_id=UserId(user.id),
        name="Tom",
        permissions=BENCH,
        origin=Origin.UI,
        request_id="test",
    )


def path_of(session: WriteSession, freezer: Freezer) -> str:
    return session.get_one(StorageNode, freezer.box_id).path


def begin(tom: Principal, freezer: Freezer, **given: object) -> SagaId:
    with writing() as session:
        project = make_project(session)
        wish = registration(project.code, temperature_class=TemperatureClass.MINUS_80, **given)
        box = path_of(session, freezer)
        return service.start_register_and_place(session, tom, registration=wish, box=box)


def run_to_the_end(settings: Settings) -> None:
    runner = machinery("worker", request_id="test")
    while True:
        with reading() as session:
            job_id = session.scalar(
                select(Job.id).where(Job.kind == queries.JOB_KIND, leases.is_due()).limit(1)
            )
        if job_id is None:
            return
        with writing() as session:
            claim = leases.claim(session, JobId(job_id), "test", lease_s=30)
        assert claim is not None
        advance_saga.run(JobContext(claim=claim, principal=runner, settings=settings))


def test_the_sample_is_registered_and_stands_in_the_first_free_position(
    tom: Principal, settings: Settings
) -> None:
    with writing() as session:
        freezer = make_freezer(session)
    saga = begin(tom, freezer)

    run_to_the_end(settings)

    with reading() as session:
        view = queries.get_saga(session, tom, saga)
        sample = session.scalars(select(Sample)).one()
        placement = session.scalars(select(Placement)).one()
        assert queries.saga_counts(session).completed_24h == 1
        assert view.state == "completed"
        assert (view.data["barcode"], view.data["position"]) == (sample.barcode, "A1")
        assert (placement.sample_id, placement.placed_by_name) == (sample.id, "Tom")


def test_when_the_box_is_full_the_registration_is_withdrawn_with_the_reason(
    tom: Principal, settings: Settings
) -> None:
    with writing() as session:
        freezer = make_freezer(session, rows=1, columns=1)
    saga = begin(tom, freezer)
    with writing() as session:
        # Somebody takes the last position in the meantime.
        project = session.scalars(select(Project).limit(1)).one()
        stand(session, make_tube(session, project, name="Quicker"), freezer.box_id, 1, 1)

    run_to_the_end(settings)

    with reading() as session:
        view = queries.get_saga(session, tom, saga)
        sample = session.scalars(select(Sample).where(Sample.name != "Quicker")).one()
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.entity_id == sample.id).order_by(AuditEntry.id)
        ).all()
        placed = session.scalar(select(func.count()).select_from(Placement))
        assert view.state == "compensated"
        assert view.why is not None
        assert "no free position" in view.why
        assert sample.status == "discarded"
        assert entries[-1].reason == "Registration withdrawn: it could not be placed."
        assert placed == 1


def test_a_sample_that_may_not_stand_there_is_taken_back(
    tom: Principal, settings: Settings
) -> None:
    with writing() as session:
        freezer = make_freezer(session, zone=TemperatureClass.PLUS_4)
    saga = begin(tom, freezer)

    run_to_the_end(settings)

    with reading() as session:
        view = queries.get_saga(session, tom, saga)
    assert [(step.name, step.state) for step in view.steps] == [
        ("register_sample", "done"),
        ("place_sample", "refused"),
        ("withdraw_registration", "done"),
    ]


def test_a_barcode_that_is_taken_leaves_nothing_to_take_back(
    tom: Principal, settings: Settings
) -> None:
    with writing() as session:
        freezer = make_freezer(session)
        project = session.get_one(Project, make_project(session).id)
        make_tube(session, project, barcode="DNA-TAKEN")
    saga = begin(tom, freezer, barcode="DNA-TAKEN")

    run_to_the_end(settings)

    with reading() as session:
        view = queries.get_saga(session, tom, saga)
    assert (view.state, len(view.steps)) == ("compensated", 1)


def test_a_box_that_is_none_is_refused_at_once(session: WriteSession) -> None:
    tom = Principal(
        user_id=None, name="Tom", permissions=BENCH, origin=Origin.UI, request_id="test"
    )
    freezer = make_freezer(session)
    wish = registration(make_project(session).code)

    with pytest.raises(NodeNotFound):
        service.start_register_and_place(session, tom, registration=wish, box="B-NONE")
    with pytest.raises(NotABox):
        service.start_register_and_place(session, tom, registration=wish, box=freezer.label)


@pytest.mark.parametrize("missing", [Permission.SAMPLES_REGISTER, Permission.STORAGE_PLACE])
def test_it_needs_both_permissions(session: WriteSession, missing: Permission) -> None:
    tom = Principal(
        user_id=None,
        name="Tom",
        permissions=BENCH - {missing},
        origin=Origin.UI,
        request_id="test",
    )
    wish = registration(make_project(session).code)

    with pytest.raises(PermissionDenied):
        service.start_register_and_place(session, tom, registration=wish, box="B-1")


def test_somebody_at_a_terminal_may_do_it_too(
    committed_database: Engine, settings: Settings
) -> None:
    operator = Principal(
        user_id=None,
        name="ada at the terminal",
        permissions=frozenset(Permission),
        origin=Origin.CLI,
        request_id="test",
    )
    with writing() as session:
        freezer = make_freezer(session)
    saga = begin(operator, freezer)

    run_to_the_end(settings)

    with reading() as session:
        view = queries.get_saga(session, operator, saga)
    assert (view.state, view.data["position"]) == ("completed", "A1")
