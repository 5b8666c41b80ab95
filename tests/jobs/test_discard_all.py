"""The job that discards everything selected under one signature, and empties the places."""

import pytest
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.auth.views import Locked, Refused
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.samples import bulk_acts, service, stored_queries
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import BulkKind, Custody, HoldKind, Lifecycle, MaterialType
from backend.samples.models import Sample
from backend.samples.schemas import BulkInput, DisposalWitness, SampleFilters, SampleOrder
from backend.storage.models import Placement
from jobs import execution
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import make_freezer, make_tube, stand

pytestmark = pytest.mark.slow


def test_all_but_what_is_held_is_discarded_block_by_block(
    technician: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_queries, "BLOCK_ROWS", 2)
    act = BulkInput(kind=BulkKind.STATUS, action="dispose", reason="End of the study")
    with writing() as session:
        service.set_handling(
            session,
            EVERYBODY,
            material=MaterialType.GDNA,
            rules=HandlingRules(disposal_witnessed=True),
        )
        project, freezer = make_project(session), make_freezer(session, rows=2, columns=3)
        tubes = [make_tube(session, project, custody=Custody.IN_STORAGE) for _ in range(5)]
        for place, tube in enumerate(tubes):
            stand(session, tube, freezer.box_id, place // 3 + 1, place % 3 + 1)
        service.set_hold(
            session, EVERYBODY, sample_id=tubes[3], kind=HoldKind.LEGAL_HOLD, reason="Court"
        )
        witness = DisposalWitness(
            email=make_user(session, Role.TECHNICIAN, name="Ines K").email, password=PASSWORD
        )
        query = service.store_query(
            session,
            technician,
            filters=SampleFilters(project_codes=(project.code,)),
            order=SampleOrder(),
        )
        disposal = service.sign_disposal(
            session,
            technician,
            sample_ids=stored_queries.named_by(session, technician, query.id),
            reason=act.reason,
            witness=witness,
        )
        assert not isinstance(disposal, (Refused, Locked))
        job_id = service.request_act(
            session, technician, query_id=query.id, act=act, disposal_id=disposal
        )

    execution.run_job(str(job_id))

    with reading() as session:
        view = bulk_acts.get_act(session, technician, job_id=job_id)
        gone = session.scalars(select(Sample.id).where(Sample.lifecycle == Lifecycle.DISPOSED))
        standing = select(func.count()).where(Placement.removed_at.is_(None))
        assert (view.changed, view.refused, view.done) == (4, 1, view.total)
        assert set(gone) == set(tubes) - {tubes[3]}
        assert session.scalar(standing) == 1
    ((_, why),) = view.unchanged
    assert "legal hold" in why
