"""Settings of queue planning change real plans: what shares a lane, and how long runs are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.sessions import WriteSession
from backend.sequencing.models import SequencingRun
from backend.sequencing.planning.problem import Weights
from backend.sequencing.planning.run_lengths import RunLength, Timed, run_length
from backend.sequencing.queue_plans import service
from backend.sequencing.queue_plans.errors import QueueChanged
from backend.sequencing.queue_plans.views import QueuePlanView
from backend.sequencing.queue_problem import weights_of
from backend.sequencing.reference.ids import MixingClass
from backend.sequencing.reference.usual_planning import USUAL_PLANNING
from backend.storage.solver_output import silence_solver
from tests.factories.planning_settings import keep_assay, keep_settings, retire_assay
from tests.factories.queue_scene import QueueScene
from tests.factories.sequencing import INDEX_PAIRS

SHORT = (INDEX_PAIRS[1][0][:6], INDEX_PAIRS[1][1][:6])
SINGLE = (INDEX_PAIRS[1][0], None)


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


@pytest.fixture
def scene(session: WriteSession) -> QueueScene:
    return QueueScene(session)


def lanes(plan: QueuePlanView) -> list[int]:
    """Return how many libraries each lane has, the fullest first."""
    found = [len(lane.libraries) for run in plan.runs for lane in run.lanes]
    return sorted(found, reverse=True)


def test_without_a_rule_libraries_that_fit_share_a_lane(scene: QueueScene) -> None:
    assert lanes(scene.plan(scene.request(0), scene.request(1))) == [2]


@pytest.mark.parametrize(
    ("rule", "indexes"),
    [("unequal_indexes", SHORT), ("single_with_dual", SINGLE)],
)
def test_a_rule_of_indexes_parts_libraries(
    scene: QueueScene, rule: str, indexes: tuple[str, str | None]
) -> None:
    one, other = scene.request(0), scene.request(1, indexes=indexes)
    before = lanes(scene.plan(one, other))
    keep_settings(scene.session, scene.ada, **{rule: False})

    assert (before, lanes(scene.plan(one, other))) == ([2], [1, 1])


def test_a_project_that_is_kept_apart_has_lanes_of_its_own(scene: QueueScene) -> None:
    keep_settings(scene.session, scene.ada, projects_apart=[scene.there.code])

    plan = scene.plan(scene.request(0), scene.request(1), scene.request(2))

    assert lanes(plan) == [2, 1]


@pytest.mark.parametrize(
    ("mixing", "other_type", "expected"),
    [
        (MixingClass.ALONE, "Amplicon", [1, 1]),
        (MixingClass.SAME_TYPE, "Exome", [1, 1]),
        (MixingClass.SAME_TYPE, "Amplicon", [2]),
        (MixingClass.ANY, "Exome", [2]),
    ],
)
def test_an_assay_says_what_shares_its_lanes(
    scene: QueueScene, mixing: MixingClass, other_type: str, expected: list[int]
) -> None:
    keep_assay(scene.session, scene.ada, "amplicons", mixing, "Amplicon")
    keep_assay(scene.session, scene.ada, "other", MixingClass.ANY, other_type)

    plan = scene.plan(scene.request(0, assay="amplicons"), scene.request(1, assay="other"))

    assert lanes(plan) == expected


def test_an_assay_that_was_retired_since_still_says_what_shares_its_lanes(
    scene: QueueScene,
) -> None:
    keep_assay(scene.session, scene.ada, "amplicons", MixingClass.ALONE, "Amplicon")
    asked = scene.request(0, assay="amplicons")
    retire_assay(scene.session, scene.ada, "amplicons")

    assert lanes(scene.plan(asked, scene.request(1))) == [1, 1]


def test_a_library_left_out_by_a_rule_is_told_the_rule_and_beside_whom(
    session: WriteSession,
) -> None:
    scene = QueueScene(session, lanes=1)
    keep_settings(
        session, scene.ada, projects_apart=[scene.there.code], usual_run_hours=40, horizon_days=2
    )

    plan = scene.plan(scene.request(0), scene.request(1))

    (out,) = plan.left_out
    ((placed,),) = [[each for lane in run.lanes for each in lane.libraries] for run in plan.runs]
    assert out.left_out[-1] == (
        f"A mixing rule keeps it from {placed.barcode}: "
        "one of their projects shares a lane with no other."
    )


def test_a_plan_keeps_the_settings_it_was_made_with(scene: QueueScene) -> None:
    keep_settings(scene.session, scene.ada, usual_run_hours=30)
    request = scene.request(0)
    plan = scene.plan(request)
    keep_settings(scene.session, scene.ada, usual_run_hours=60)
    later = scene.plan(request)

    assert plan.settings is not None
    assert later.settings is not None
    assert (plan.settings.number, later.settings.number) == (1, 2)
    ((took,), (takes,)) = (plan.settings.runs, later.settings.runs)
    assert (took.hours, takes.hours) == (30, 60)
    assert took.source == "the usual length"
    assert [run.end_at - run.start_at for run in plan.runs] == [timedelta(hours=30)]


def test_a_plan_that_breaks_a_rule_made_since_is_not_accepted(scene: QueueScene) -> None:
    plan = scene.plan(scene.request(0), scene.request(1))
    keep_settings(scene.session, scene.ada, projects_apart=[scene.there.code])

    with pytest.raises(QueueChanged, match="may not lie beside") as refused:
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)

    assert "one of their projects shares a lane with no other" in str(refused.value)
    assert (
        scene.session.scalars(
            select(SequencingRun).where(SequencingRun.instrument_id == scene.instrument.id)
        ).all()
        == []
    )


def test_prices_in_hours_and_minutes_are_days_of_one_library() -> None:
    changes = {"missing_channel_delay_minutes": 144, "uneven_delay_hours": 6}
    content = USUAL_PLANNING.model_copy(update=changes)

    weights = weights_of(content)

    assert weights == Weights(
        missing_channel=0.1, dark_cycle=7 / 1440, left_out=1000.0, uneven=0.25
    )


@pytest.mark.parametrize(
    ("lengths", "known", "expected"),
    [
        ([101], {}, RunLength(20.0, "Short, version 3")),
        ([101, 151], {}, RunLength(27.0, "Long, version 1")),
        ([301], {"flow_cell_hours": 56.0, "booked_hours": 70.0}, RunLength(56.0, "the flow cell")),
        ([301, 101], {"booked_hours": 72.0}, RunLength(72.0, "its latest booking")),
        ([], {}, RunLength(48.0, "the usual length")),
    ],
)
def test_a_run_takes_what_the_laboratory_knows_best(
    lengths: list[int], known: dict[str, Any], expected: RunLength
) -> None:
    recipes = [Timed("Long", 1, 151, 27.0), Timed("Short", 3, 101, 20.0)]
    said = {"flow_cell_hours": None, "booked_hours": None, "usual_hours": 48.0} | known

    assert run_length(recipes, lengths, **said) == expected
