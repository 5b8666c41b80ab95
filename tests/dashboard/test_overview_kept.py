"""What was drawn of the Overview serves whoever may see the same, until something moves it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from dash import html
from dash.development.base_component import Component
from flask import Flask
from sqlalchemy import Engine, text

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.transaction import reading, writing
from backend.samples.models import Project, ProjectMember
from dashboard.pages.overview.kept import OLDEST, KeptRegions
from dashboard.pages.overview.readings import Readings
from dashboard.pages.overview.regions import Region, draw
from tests.factories.people import make_user


class _Drawer:
    """A region that says how often it was drawn."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, _readings: Readings) -> Component:
        self.times += 1
        return html.P(f"drawn {self.times} times")


@pytest.fixture(autouse=True)
def _in_a_program(committed_database: Engine) -> Iterator[None]:
    with Flask("test").app_context():
        yield


def _person(role: Role = Role.TECHNICIAN, user_id: UserId | None = None) -> Principal:
    return Principal(
        user_id=user_id or UserId(new_id()),
        name="Ada",
        permissions=PERMISSIONS_OF[role],
        origin=Origin.UI,
        request_id="test",
    )


def _look(region: Region, person: Principal, *, later: timedelta = timedelta(0)) -> str:
    with reading() as session:
        readings = Readings(session, person)
        readings.now += later
        return str(draw(region, readings))


def _region(drawer: _Drawer, **changes: object) -> Region:
    made = Region(title="Tubes", topics=frozenset({"samples"}), draw=drawer)
    return replace(made, **changes)  # type: ignore[arg-type] # the tests' own field names


def _event_of(topic: str) -> None:
    with writing() as session:
        session.execute(
            text(
                "INSERT INTO live_topic (topic, version) VALUES (:topic, 1)"
                " ON CONFLICT (topic) DO UPDATE SET version = live_topic.version + 1"
            ),
            {"topic": topic},
        )


def test_who_may_see_the_same_gets_what_was_drawn() -> None:
    region = _region(drawer := _Drawer())

    seen = {_look(region, _person()), _look(region, _person()), _look(region, _person())}

    assert drawer.times == len(seen) == 1


def test_an_event_of_its_topics_has_it_drawn_anew_and_one_of_others_has_not() -> None:
    region = _region(drawer := _Drawer())
    _look(region, _person())

    _event_of("storage")
    _look(region, _person())
    before = drawer.times
    _event_of("samples")
    _look(region, _person())

    assert (before, drawer.times) == (1, 2)


def test_other_rights_get_a_drawing_of_their_own() -> None:
    region = _region(drawer := _Drawer())

    for role in (Role.TECHNICIAN, Role.ANALYST):
        _look(region, _person(role))

    assert drawer.times == 2


def test_who_sees_other_projects_gets_a_drawing_of_their_own() -> None:
    region = _region(drawer := _Drawer())
    with writing() as session:
        people = [make_user(session, Role.SCIENTIST).id for _ in range(2)]
        project = Project(code="P-1", name="One", owner_id=None)
        session.add(project)
        session.flush()
        session.add(ProjectMember(project_id=project.id, user_id=people[0]))

    for key in people:
        _look(region, _person(Role.SCIENTIST, key))
    with writing() as session:
        session.add(ProjectMember(project_id=project.id, user_id=people[1]))
    _look(region, _person(Role.SCIENTIST, people[1]))

    # The second person has joined the first one's project and sees what that one saw.
    assert drawer.times == 2


def test_what_is_about_the_person_is_drawn_for_each() -> None:
    region = _region(drawer := _Drawer(), is_personal=True)
    ada, bo = _person(), _person()

    for person in (ada, bo, ada):
        _look(region, person)

    assert drawer.times == 2


def test_it_is_never_older_than_said() -> None:
    region = _region(drawer := _Drawer())

    for later in (timedelta(0), OLDEST - timedelta(seconds=1), OLDEST + timedelta(seconds=1)):
        _look(region, _person(), later=later)

    assert drawer.times == 2


def test_a_refusal_is_not_kept() -> None:
    said_in_turn: list[NotFound | Component] = [NotFound("There is none yet."), html.P("One.")]
    answers = iter(said_in_turn)

    def once_refused(_readings: Readings) -> Component:
        answer = next(answers)
        if isinstance(answer, NotFound):
            raise answer
        return answer

    region = _region(_Drawer(), draw=once_refused)

    said = [_look(region, _person()) for _ in range(2)]

    assert "There is none yet." in said[0]
    assert "One." in said[1]


def test_nobody_gets_by_the_permission_to_what_was_drawn_for_others() -> None:
    region = _region(_Drawer(), permission=Permission.STORAGE_VIEW)
    _look(region, _person(Role.TECHNICIAN))

    said = _look(region, _person(Role.GUEST))

    assert "Your role does not include" in said


def test_only_so_many_are_kept() -> None:
    regions = KeptRegions(most=2)
    with reading() as session:
        now = Readings(session, _person()).now

    for key in ("a", "b", "c"):
        regions.keep(key, now, html.P(key))

    assert [regions.find(key, now) is None for key in ("a", "b", "c")] == [True, False, False]
