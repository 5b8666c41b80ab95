"""The whole way of a failing freezer: alarm, incident, plan, scanned moves, closed and signed."""

from datetime import datetime

import pytest
from sqlalchemy import select

from backend.auth.ids import Role
from backend.auth.views import SignatureView
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.incidents import item_queries, queries, service
from backend.incidents.ids import Disposition, IncidentState
from backend.incidents.models import IncidentExposure, IncidentItem
from backend.incidents.rules import Closing
from backend.samples.ids import SampleId
from backend.samples.models import Project, Sample
from backend.storage import box_queries
from backend.storage import service as storage_service
from backend.storage.ids import PickListId
from backend.storage.models import Placement
from tests.backend.incidents.conftest import signer
from tests.factories.incidents import (
    code_of,
    cool_down,
    follow,
    key_of,
    minutes,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.people import PASSWORD
from tests.factories.relocations import evacuation_planned
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


@pytest.fixture
def on_duty(session: WriteSession) -> Principal:
    return signer(
        session,
        Role.TECHNICIAN,
        "Ada",
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_PLAN,
    )


def left_at(session: WriteSession) -> dict[SampleId, datetime | None]:
    rows = session.execute(
        select(IncidentItem.sample_id, IncidentExposure.in_until).join(
            IncidentExposure, IncidentExposure.id == IncidentItem.exposure_id
        )
    )
    return {SampleId(key): until for key, until in rows}


def test_a_drill_from_the_first_warm_reading_to_the_signature(
    session: WriteSession, frozen_clock: FrozenClock, project: Project, on_duty: Principal
) -> None:
    failing, safe = watch_freezer(session), make_freezer(session)
    tubes = [make_tube(session, project) for _ in range(3)]
    for column, tube in enumerate(tubes, start=1):
        stand(
            session,
            tube,
            failing.freezer.box_id,
            1,
            column,
            placed_at=frozen_clock() - minutes(600),
        )
    warm_up(session, failing, frozen_clock())

    follow(session)
    incident = only_incident(session)
    assert set(left_at(session)) == set(tubes)
    named = queries.standing_codes(session, on_duty)
    assert named == {failing.freezer.unit_id: code_of(incident)}

    plan_id = service.ask_evacuation(
        session, on_duty, incident_id=key_of(incident), unit_id=failing.freezer.unit_id
    )
    plan = evacuation_planned(session, on_duty, failing.freezer, plan_id)
    accepted = storage_service.accept_relocation(session, on_duty, plan_id=plan.id)
    assert (accepted.tubes, accepted.refused) == (3, {})
    assert accepted.pick_list_id is not None
    frozen_clock.advance(minutes=8)
    warm_up(session, failing, frozen_clock(), [-55.0] * 8)
    goal = box_queries.get_box(session, on_duty, safe.box_id)
    list_id = PickListId(accepted.pick_list_id)
    for code in session.scalars(select(Sample.barcode).where(Sample.id.in_(tubes))).all():
        storage_service.pick(session, on_duty, list_id=list_id, barcode=code)
        step = storage_service.pick(session, on_duty, list_id=list_id, barcode=goal.path)
    saved_at = frozen_clock()
    assert step.left == 0

    frozen_clock.advance(minutes=12)
    cool_down(session, failing, frozen_clock(), on_duty)
    follow(session)
    assert left_at(session) == dict.fromkeys(tubes, saved_at)
    there = session.scalars(select(Placement.box_id).where(Placement.removed_at.is_(None)))
    assert set(there) == {safe.box_id}

    service.accept_holds(session, on_duty, incident_id=key_of(incident))
    signed = service.close_incident(
        session,
        on_duty,
        incident_id=key_of(incident),
        said=Closing(
            cause="The compressor stopped.",
            action="All tubes were carried to another freezer.",
            disposition=Disposition.RETEST,
        ),
        password=PASSWORD,
    )

    assert isinstance(signed, SignatureView)
    assert queries.standing_codes(session, on_duty) == {}
    code = code_of(only_incident(session))
    assert queries.get_incident(session, on_duty, code).state is IncidentState.CLOSED
    words = [moment.words for moment in item_queries.timeline(session, on_duty, code)]
    assert "Evacuation plan asked for" in words
    assert words[-1] == "Closed and signed"
