"""From an incident to a plan that brings its samples to safety."""

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.incidents import item_queries, queries, service
from backend.incidents.errors import IncidentRefused
from backend.samples.models import Project
from backend.storage import relocation_queries
from backend.storage.ids import RelocationKind
from tests.factories.incidents import (
    WatchedFreezer,
    code_of,
    follow,
    key_of,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.samples import EVERYBODY
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


@pytest.fixture
def watched(session: WriteSession, frozen_clock: FrozenClock, project: Project) -> WatchedFreezer:
    """A warm freezer with a tube in it, and its incident."""
    made = watch_freezer(session)
    stand(session, make_tube(session, project), made.freezer.box_id, 1, 1)
    warm_up(session, made, frozen_clock())
    follow(session)
    return made


def test_the_plan_is_of_the_unit_and_the_incident_remembers_it(
    session: WriteSession, watched: WatchedFreezer
) -> None:
    incident = only_incident(session)

    plan_id = service.ask_evacuation(
        session, EVERYBODY, incident_id=key_of(incident), unit_id=watched.freezer.unit_id
    )

    plan = relocation_queries.get_relocation(session, EVERYBODY, plan_id)
    assert plan.kind is RelocationKind.EVACUATE
    assert plan.unit_label == watched.freezer.label
    code = code_of(incident)
    assert queries.get_incident(session, EVERYBODY, code).evacuation_id == plan_id
    moments = item_queries.timeline(session, EVERYBODY, code)
    assert "Evacuation plan asked for" in [moment.words for moment in moments]


def test_another_unit_is_not_emptied_by_an_incident_that_is_not_about_it(
    session: WriteSession, watched: WatchedFreezer
) -> None:
    incident, other = only_incident(session), make_freezer(session)

    with pytest.raises(IncidentRefused, match="is not about that unit"):
        service.ask_evacuation(
            session, EVERYBODY, incident_id=key_of(incident), unit_id=other.unit_id
        )

    assert incident.evacuation_id is None


def test_who_may_not_plan_asks_for_no_evacuation(
    session: WriteSession, technician: Principal, watched: WatchedFreezer
) -> None:
    with pytest.raises(PermissionDenied):
        service.ask_evacuation(
            session,
            technician,
            incident_id=key_of(only_incident(session)),
            unit_id=watched.freezer.unit_id,
        )

    assert only_incident(session).evacuation_id is None
