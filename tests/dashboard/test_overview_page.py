"""The Overview as each role gets it: what a role does not open says so in its place."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.transaction import reading, writing
from dashboard.pages.overview import ids
from dashboard.pages.overview.readings import Readings
from dashboard.pages.overview.regions import REGIONS, draw
from tests.factories.incidents import code_of, follow, only_incident, warm_up, watch_freezer
from tests.support.clock import FrozenClock


def _person(permissions: frozenset[Permission]) -> Principal:
    return Principal(
        user_id=UserId(new_id()),
        name="Ada",
        permissions=permissions,
        origin=Origin.UI,
        request_id="test",
    )


@pytest.fixture(autouse=True)
def _in_a_program(committed_database: Engine) -> Iterator[None]:
    program = Flask("test")
    program.config["TIME_ZONE"] = "Europe/Berlin"
    with program.app_context():
        yield


@pytest.mark.parametrize("role", Role)
def test_every_region_is_drawn_for_every_role(role: Role) -> None:
    with reading() as session:
        readings = Readings(session, _person(PERMISSIONS_OF[role]))

        for region in REGIONS.values():
            assert draw(region, readings).to_plotly_json()


def test_a_guest_has_only_what_the_role_opens() -> None:
    guest = _person(PERMISSIONS_OF[Role.GUEST])

    opened = {region.title for region in REGIONS.values() if region.is_open_to(guest)}

    assert opened == {"Needs attention", "Key figures", "Sample flow", "Notifications"}


def test_an_alarm_leads_to_its_incident(frozen_clock: FrozenClock) -> None:
    with writing() as session:
        freezer = watch_freezer(session, label="ULT-77")
        warm_up(session, freezer, frozen_clock())
        follow(session)
        code = code_of(only_incident(session))

    with reading() as session:
        readings = Readings(session, _person(PERMISSIONS_OF[Role.TECHNICIAN]))
        drawn = json.dumps(
            draw(REGIONS[ids.ATTENTION], readings), default=lambda part: part.to_plotly_json()
        )

    assert "ULT-77 is too warm" in drawn
    assert f"/incidents/{code}" in drawn


def test_a_region_asked_for_without_the_permission_shows_nothing_of_it() -> None:
    with reading() as session:
        readings = Readings(session, _person(PERMISSIONS_OF[Role.GUEST]))

        drawn = json.dumps(
            draw(REGIONS[ids.OCCUPANCY], readings), default=lambda part: part.to_plotly_json()
        )

    assert "Your role does not include" in drawn
