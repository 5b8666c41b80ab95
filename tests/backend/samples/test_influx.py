"""Very many samples at once: lists stay exact without a step for each; each step has a sample."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.ids import new_id
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import listed, preparing, service, windows
from backend.samples.influx_models import SampleInflux
from backend.samples.models import Sample, SampleChange, SampleTransition
from backend.samples.schemas import SampleFilters, SampleOrder, SampleSort
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

MANY = 1_000
ORDER = SampleOrder(by=SampleSort.NAME, descending=False)


def _register(code: str, count: int) -> None:
    with writing() as session:
        service.register_batch(
            session,
            EVERYBODY,
            registrations=[registration(code) for _ in range(count)],
            import_id=new_id(),
        )


def _prepare(filters: SampleFilters) -> None:
    with reading() as session:
        scope = listed.scope_of(session, EVERYBODY, filters)
    with writing() as session:
        preparing.prepare_list(session, scope=scope, filters=filters, sort=ORDER.by)


def _window(filters: SampleFilters) -> windows.Window:
    with reading() as session:
        return windows.window(session, EVERYBODY, filters=filters, order=ORDER, start=0, end=1)


@pytest.mark.usefixtures("committed_database")
def test_a_list_that_does_not_see_them_is_read_anew_and_others_stay() -> None:
    one, two = (SampleFilters(project_codes=(code,)) for code in ("ONE", "TWO"))
    with writing() as session:
        for code in ("ONE", "TWO"):
            make_project(session, code)
            make_sample(session, code)
    _prepare(one)
    _prepare(two)

    _register("ONE", MANY)
    _register("TWO", 3)

    with reading() as session:
        steps = session.scalar(select(func.count()).select_from(SampleChange)) or 0
        came = session.execute(select(SampleInflux.samples)).scalars().all()
    assert (came, steps < MANY) == ([MANY], True)
    assert (_window(one).total, _window(two).total) == (MANY + 1, 4)
    _prepare(one)
    with writing() as session:
        preparing.clear_lists(session)
    assert _window(one).total == MANY + 1


def test_a_step_without_a_sample_is_refused(session: WriteSession) -> None:
    project = make_project(session)
    session.add(
        SampleTransition(
            sample_id=new_id(),
            project_id=project.id,
            action="register",
            from_status=None,
            to_status="pending",
            at=clock.utc_now(),
            age_s=0.0,
            actor_name="Test",
        )
    )

    with pytest.raises(IntegrityError, match="A step needs a sample"):
        session.flush()


@pytest.mark.parametrize("act", ["DELETE FROM sample", "UPDATE sample SET id = gen_random_uuid()"])
def test_a_sample_with_steps_stays_and_keeps_its_key(session: WriteSession, act: str) -> None:
    make_sample(session, make_project(session).code)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(act))

    assert session.scalar(select(func.count()).select_from(Sample)) == 1
