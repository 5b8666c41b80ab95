"""Who reads the settings of a plan, and what of them: no codes of projects that are not theirs."""

from dataclasses import replace

import pytest

from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.queue_plans import queries
from backend.storage.solver_output import silence_solver
from dashboard import format as fmt
from dashboard.pages.queue_plans.settings import made_by
from tests.factories.planning_settings import keep_settings
from tests.factories.queue_scene import QueueScene
from tests.factories.sequencing import make_project


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


def test_a_plan_shows_its_settings_without_codes_of_foreign_projects(
    session: WriteSession,
) -> None:
    scene = QueueScene(session)
    foreign = make_project(session)
    keep_settings(session, scene.ada, projects_apart=[scene.here.code, foreign.code])
    plan = scene.plan(scene.request(0))

    seen = queries.get_plan(ReadSession(session), scene.ada, plan.id)
    sees_all = scene.ada.permissions | {Permission.SAMPLES_VIEW_ALL_PROJECTS}
    whole = queries.get_plan(
        ReadSession(session), replace(scene.ada, permissions=sees_all), plan.id
    )

    assert seen.settings is not None
    assert whole.settings is not None
    assert seen.settings.content.projects_apart == (scene.here.code,)
    assert whole.settings.content.projects_apart == (scene.here.code, foreign.code)


def test_the_page_says_the_version_the_weights_and_how_long_runs_take(
    session: WriteSession,
) -> None:
    scene = QueueScene(session)
    keep_settings(session, scene.ada, run_delay_hours=8, unequal_indexes=False)
    plan = scene.plan(scene.request(0))
    assert plan.settings is not None

    drawn = str(made_by(plan.settings)).replace(fmt.NBSP, " ")

    assert "version 1" in drawn
    assert "8 h of delay" in drawn
    assert scene.instrument.name in drawn
    assert "48.0 h" in drawn
    assert "the usual length" in drawn
