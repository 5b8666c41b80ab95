"""The job that does one act with everything in a stored query: all of it, once, and stoppable."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import bulk_acts, service, stored_queries
from backend.samples.disposing_together import TakeOut
from backend.samples.ids import BulkKind, HoldKind
from backend.samples.models import SampleHold
from backend.samples.schemas import BulkInput, SampleFilters, SampleOrder
from backend.samples.views import ActProgress, ActView
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from jobs import execution
from tests.factories.samples import make_samples

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def samples(technician: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_queries, "BLOCK_ROWS", 2)
    with writing() as session:
        make_samples(session, 5)


def ask(person: Principal) -> JobId:
    act = BulkInput(kind=BulkKind.HOLD, hold=HoldKind.QUARANTINE, reason="Thawed on the way")
    with writing() as session:
        query = service.store_query(session, person, filters=SampleFilters(), order=SampleOrder())
        return service.request_act(session, person, query_id=query.id, act=act)


def act_of(person: Principal, job_id: JobId) -> ActView:
    with reading() as session:
        return bulk_acts.get_act(session, person, job_id=job_id)


def state_of(person: Principal, job_id: JobId) -> str:
    with reading() as session:
        return work_queries.get_job(session, person, job_id).state


def test_a_worker_does_all_of_it_once(technician: Principal) -> None:
    job_id = ask(technician)

    execution.run_job(str(job_id))
    execution.run_job(str(job_id))

    assert state_of(technician, job_id) == JobState.DONE
    assert act_of(technician, job_id).changed == 5
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SampleHold)) == 5


def test_stopping_leaves_what_is_done_and_says_how_far_it_came(
    technician: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask(technician)

    def act_then_stop(
        session: WriteSession, principal: Principal, *, act_id: UUID, take_out: TakeOut
    ) -> ActProgress:
        if work_queries.get_job(session, technician, job_id).progress > 0:
            with writing() as other:
                work_service.request_cancel(other, technician, job_id=job_id)
        return bulk_acts.act_on_block(session, principal, act_id=act_id, take_out=take_out)

    monkeypatch.setattr(service, "act_on_block", act_then_stop)

    execution.run_job(str(job_id))

    view = act_of(technician, job_id)
    assert state_of(technician, job_id) == JobState.CANCELLED
    assert 0 < view.done < view.total
