"""The time of sequencers over the API: read, kept for a service, given back, runs moved."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.releases import make_planned_run
from tests.factories.sequencing import make_instrument, make_project

SignedIn = Callable[..., Headers]
CALENDAR = "/api/v1/sequencing/calendar"
SERVICES = "/api/v1/sequencing/services"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def idle(technician: Headers) -> dict[str, str]:
    """An instrument without runs."""
    del technician  # its fixture has made the database
    with writing() as session:
        made = make_instrument(session)
        return {"id": str(made.id), "name": made.name}


def at(hours: float) -> str:
    moment: datetime = clock.utc_now().replace(microsecond=0) + timedelta(hours=hours)
    return moment.isoformat()


def service(instrument: dict[str, str], start: float, end: float) -> dict[str, str]:
    return {
        "instrument_id": instrument["id"],
        "start_at": at(start),
        "end_at": at(end),
        "why": "Yearly service",
    }


def test_a_service_is_kept_once_seen_and_given_back(
    client: FlaskClient, technician: Headers, idle: dict[str, str]
) -> None:
    wish = service(idle, 30, 34)
    keyed = technician | {"Idempotency-Key": "yearly-service-1"}

    kept = [client.post(SERVICES, headers=keyed, json=wish) for _ in range(2)]
    seen = client.get(CALENDAR, headers=technician).get_json()
    key = kept[0].get_json()["service_id"]
    gone = [client.delete(f"{SERVICES}/{key}", headers=technician).status_code for _ in range(2)]

    assert [each.status_code for each in kept] == [201, 201]
    assert [each for each in seen["items"] if each["instrument"] == idle["name"]] == [
        kept[1].get_json()
    ]
    assert (kept[0].get_json()["state"], kept[0].get_json()["why"]) == ("service", wish["why"])
    assert idle["id"] in {each["id"] for each in seen["instruments"]}
    assert gone == [204, 404]


def test_a_service_is_refused_where_something_stands_or_time_runs_backwards(
    client: FlaskClient, technician: Headers, idle: dict[str, str]
) -> None:
    def refused(wish: dict[str, str]) -> tuple[int, str]:
        answer = client.post(SERVICES, headers=technician, json=wish)
        return answer.status_code, answer.text

    assert client.post(SERVICES, headers=technician, json=service(idle, 30, 34)).status_code == 201

    over = refused(service(idle, 32, 36))
    backwards = refused(service(idle, 50, 48))
    bare = refused(service(idle, 60, 62) | {"why": " "})

    assert (over[0], backwards[0], bare[0]) == (409, 422, 422)
    assert "Yearly service" in over[1]
    assert "must end after it starts" in backwards[1]


def test_a_planned_run_gets_another_start_and_keeps_its_length(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        run = make_planned_run(session, make_project(session))
    path = f"/api/v1/sequencing/plans/{run}/start"
    before = booking(client, technician, run)

    moved = client.put(path, headers=technician, json={"start_at": at(24 * 20)})
    past = client.put(path, headers=technician, json={"start_at": at(-1)})
    unknown = client.put(
        "/api/v1/sequencing/plans/NX-9999/start", headers=technician, json={"start_at": at(40)}
    )

    assert (moved.status_code, past.status_code, unknown.status_code) == (200, 422, 404)
    after = booking(client, technician, run)
    assert after == moved.get_json()
    assert after["start_at"] != before["start_at"]
    assert length(after) == length(before)


def test_a_scientist_reads_the_calendar_and_changes_nothing(
    client: FlaskClient, signed_in: SignedIn, idle: dict[str, str]
) -> None:
    scientist = signed_in(Role.SCIENTIST)

    read = client.get(CALENDAR, headers=scientist)
    kept = client.post(SERVICES, headers=scientist, json=service(idle, 30, 34))

    assert (read.status_code, kept.status_code) == (200, 403)


@pytest.mark.parametrize(
    "asked",
    [
        {"start_at": "2026-11-30T00:00:00Z", "end_at": "2026-11-29T00:00:00Z"},
        {"start_at": "2026-11-30T00:00:00Z", "end_at": "2028-11-29T00:00:00Z"},
        {"start_at": "2026-11-30T00:00:00"},
    ],
)
def test_a_time_that_is_none_is_refused(
    client: FlaskClient, technician: Headers, asked: dict[str, str]
) -> None:
    answer = client.get(CALENDAR, headers=technician, query_string=asked)

    assert answer.status_code == 422


def booking(client: FlaskClient, who: Headers, run: str) -> dict[str, str]:
    seen = client.get(
        CALENDAR, headers=who, query_string={"start_at": at(0), "end_at": at(24 * 40)}
    ).get_json()
    (found,) = [each for each in seen["items"] if each["run_code"] == run]
    return dict(found)


def length(bar: dict[str, str]) -> timedelta:
    return datetime.fromisoformat(bar["end_at"]) - datetime.fromisoformat(bar["start_at"])
