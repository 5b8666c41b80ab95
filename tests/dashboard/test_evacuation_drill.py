"""An evacuation rehearsed on the What-if page: what would go where and for how long."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.samples.models import Project
from backend.storage.ids import NodeId
from backend.storage.planning import drill
from backend.storage.planning.drill import Drill, Effort, Refuge
from backend.storage.planning.problem import Weights
from backend.storage.relocation_models import RelocationPlan
from backend.telemetry.thermal.crossing import Crossing
from backend.telemetry.thermal_views import UnitCrossing
from dashboard import format as fmt
from dashboard import gate
from dashboard.pages.what_if import drill_words, ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

EFFORT = Effort(doors=3, racks=4, boxes=6, single_tubes=50, weights=Weights())
"""3 × 60 + 4 × 15 + 6 × 20 + 50 × 12 = 960 s."""


@pytest.fixture
def bound_database(committed_database: Engine) -> Engine:
    """Give each test a database of its own: every unit there is looked at."""
    return committed_database


def rehearsed(*, left: int = 0) -> Drill:
    return Drill(
        tubes=120 + left,
        whole_boxes=2,
        in_boxes=70,
        refuges=(
            Refuge(label="ULT-02", boxes=2, tubes=100),
            Refuge(label="ULT-03", boxes=0, tubes=20),
        ),
        left=(("No box may take it.", left),) if left else (),
        effort=EFFORT,
    )


def crossing(low: float | None, median: float | None, high: float | None) -> UnitCrossing:
    said = Crossing(
        limit_c=-60.0, from_c=-80.0, low_min=low, median_min=median, high_min=high, is_beyond=False
    )
    return UnitCrossing(crossing=said, read_at=clock.utc_now(), is_stale=False)


def test_the_headline_counts_what_finds_a_place_and_how() -> None:
    assert drill_words.headline("ULT-01", rehearsed(left=5)) == (
        "120 of 125 tubes find a place in 2 units: 70 in 2 whole boxes and 50 one by one."
    )


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (crossing(15, 30, 45), "may take longer than the unit stays cold: call a second person."),
        (crossing(16, 30, 45), "is done before the early end of that time."),
        (crossing(5, 10, 15), "one person cannot save everything."),
        (
            crossing(15, None, None),
            "may take longer than the unit stays cold: call a second person.",
        ),
        (crossing(None, None, None), "stays below −60.0 °C for 14 days or longer."),
        (None, "it has no thermal model yet."),
    ],
)
def test_the_handling_is_set_against_the_interval(said: UnitCrossing | None, ends: str) -> None:
    lines = drill_words.against(rehearsed(), said)

    assert lines[0].startswith(f"One person handles for about 16{fmt.NBSP}min")
    assert lines[-1].replace(fmt.NBSP, " ").endswith(ends)


def test_the_handling_says_that_it_is_the_planners_reckoning() -> None:
    said = drill_words.reckoned(EFFORT).replace(fmt.NBSP, " ")

    assert "not measured here: 3 doors at 60 s, 4 racks at 15 s, 6 boxes at 20 s, 50 single" in said
    assert EFFORT.minutes == pytest.approx(16.0)


def run_drill(client: FlaskClient, unit_id: NodeId) -> str:
    body = callback_request(
        f"{ids.DRILL}.children",
        inputs=[(ids.DRILL_RUN, "n_clicks", 1)],
        state=[(ids.UNIT, "value", str(unit_id)), (ids.LIMIT, "value", "−60")],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    return answer.get_data(as_text=True)


def two_freezers() -> tuple[Freezer, Freezer]:
    """A unit with three tubes, and another with room for two of them."""
    with writing() as session:
        project = Project(code="DRY", name="DRY", owner_id=None)
        session.add(project)
        session.flush()
        failing = make_freezer(session, biosafety_level=3)
        safe = make_freezer(session, rows=1, columns=2, biosafety_level=3)
        for column in (1, 2, 3):
            tube = make_tube(session, project, biosafety_level=3)
            stand(session, tube, failing.box_id, 1, column)
    return failing, safe


def rows_written() -> tuple[int, int]:
    with reading() as session:
        plans = session.scalar(select(func.count()).select_from(RelocationPlan))
        events = session.scalar(select(func.count()).select_from(OutboxEvent))
    return plans or 0, events or 0


def test_a_drill_tells_what_would_go_where_and_changes_nothing(
    signed_in: Callable[..., FlaskClient],
) -> None:
    technician = signed_in(Role.TECHNICIAN)
    failing, safe = two_freezers()
    before = rows_written()

    said = run_drill(technician, failing.unit_id)

    assert "2 of 3 tubes find a place in 1 unit: 2 one by one." in said
    assert safe.label in said
    assert "Every box that may take it is full" in said
    assert "it has no thermal model yet" in said
    assert rows_written() == before


def test_whoever_may_not_plan_is_offered_no_drill_and_gets_none(
    signed_in: Callable[..., FlaskClient],
) -> None:
    analyst = signed_in(Role.ANALYST)
    failing, _ = two_freezers()

    assert "find a place" not in run_drill(analyst, failing.unit_id)


def test_what_takes_too_long_is_sent_to_a_plan_in_the_background(
    signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    technician = signed_in(Role.TECHNICIAN)
    failing, _ = two_freezers()
    monkeypatch.setattr(drill, "MOST_TUBES", 2)

    said = run_drill(technician, failing.unit_id)

    assert "holds 3 tubes, more than the 2 that are planned while you wait." in said
