"""Who sees what of a run, who may confirm it, and the limits that runs are held to."""

from pathlib import Path

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.run_folders.limits import RunLimit, known_limits
from backend.sequencing.runs import confirming, limit_sets, queries
from backend.sequencing.runs.errors import LimitsRefused, RunFolderNotFound
from tests.factories import run_folders as made
from tests.factories.sequenced_runs import Scene
from tests.factories.sequencing import (
    make_person,
)


@pytest.fixture
def scene(session: WriteSession, tmp_path: Path) -> Scene:
    return Scene(session, tmp_path)


@pytest.mark.parametrize("name", ["code", "run_name", "name"])
def test_a_run_is_found_by_each_of_its_names(scene: Scene, name: str) -> None:
    scene.write("folder of the day")
    scene.watch()
    asked = {"code": scene.code, "run_name": made.RUN, "name": "folder of the day"}[name]

    assert queries.get_run(scene.session, scene.ada, asked).line.code == scene.code


def test_an_unknown_run_is_not_found(scene: Scene) -> None:
    with pytest.raises(RunFolderNotFound):
        queries.get_run(scene.session, scene.ada, "NX-9999")


def test_who_may_not_plan_confirms_nothing(scene: Scene) -> None:
    scene.write()
    scene.watch()
    eve = make_person(scene.session, Permission.SEQUENCING_VIEW, name="Eve")

    with pytest.raises(PermissionDenied):
        confirming.confirm_run(
            scene.session, eve, folder_id=queries.RunFolderId(scene.folder.id), version=1
        )


def test_own_limits_hold_from_their_publication_on(scene: Scene) -> None:
    strict = [RunLimit(model="novaseq_x_10b", cycles_from=3, cycles_to=3, q30_warn=95)]
    version = limit_sets.publish_limits(
        scene.session, scene.ada, limits=strict, source="Own runs", reason="Pilot of 2026"
    )
    scene.write()
    scene.watch()

    assert version == scene.folder.limits_version == 1
    assert limit_sets.limits_in_force(scene.session)[1] == strict
    sentences = str(scene.folder.told["lanes"])
    assert "90.0% of bases have Q30 or more, less than 95%" in sentences


@pytest.mark.parametrize(
    "content",
    [
        "[",
        "{}",
        '[{"model": "x", "cycles_from": 9, "cycles_to": 3}]',
        '[{"model": "x", "cycles_from": 1, "cycles_to": 3, "q30_warn": 80, "q30_fail": 90}]',
        '[{"model": "x", "cycles_from": 1, "cycles_to": 3, "q30_warn": 180}]',
    ],
)
def test_limits_that_contradict_each_other_are_refused(content: str) -> None:
    with pytest.raises(LimitsRefused):
        limit_sets.parse_limits(content)


def test_without_own_limits_the_known_ones_hold(session: ReadSession) -> None:
    assert limit_sets.limits_in_force(session) == (0, known_limits())
