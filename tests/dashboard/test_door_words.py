"""What the What-if page says of an opened door, and what it says while too few were seen."""

from collections.abc import Callable
from dataclasses import replace

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.telemetry.ids import SensorKind
from backend.telemetry.thermal.doors import DoorFit, Spread
from dashboard import format as fmt
from dashboard.pages.what_if import doors
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor

FIT = DoorFit(
    openings=60,
    k_per_min=0.8,
    constant_k=0.2,
    rmse_k=0.34,
    low_k=-0.5,
    high_k=0.6,
    longest_min=8.0,
    back_min=Spread(low=9.0, median=18.0, high=26.0),
)


def said_of(fit: DoorFit) -> list[str]:
    return [line.replace(fmt.NBSP, " ") for line in doors.lines_of(fit)]


def test_the_rise_the_return_and_the_error_are_said() -> None:
    assert said_of(FIT) == [
        "Open for 5 min, its sensor rises by 4.2 K (3.7 to 4.8 K, 80%); 0.80 K a minute.",
        "It is cold again 18 min after the door is shut (9 min to 26 min, 80%).",
        (
            "0.3 K root mean square error on 60 openings, each predicted from the others; the "
            "longest was 8 min, and nothing is said of longer ones."
        ),
    ]


def test_nothing_is_said_of_longer_openings_than_were_seen() -> None:
    assert said_of(replace(FIT, longest_min=3.0))[0].startswith("Open for 3 min,")


def test_where_the_length_tells_nothing_it_is_not_asked() -> None:
    lines = said_of(replace(FIT, k_per_min=0.0, constant_k=1.0, back_min=None))

    assert lines[0] == (
        "An opening warms its sensor by 1.0 K (0.5 to 1.6 K, 80%), however long the door stood "
        "open."
    )
    assert len(lines) == 2


def test_a_unit_with_a_door_sensor_says_what_is_lacking_and_one_without_says_nothing(
    signed_in: Callable[..., FlaskClient],
) -> None:
    reader = signed_in(Role.SCIENTIST)
    with writing() as session:
        watched, bare = make_freezer(session), make_freezer(session)
        probe, door = make_sensor(session), make_sensor(session)
        probe.unit_id = door.unit_id = watched.unit_id
        door.kind = SensorKind.DOOR

    shown = [opened(reader, freezer.label) for freezer in (watched, bare)]

    assert f"Opening the door of {watched.label}" in shown[0]
    assert "No opening seen in 14 days, 10 are needed" in shown[0]
    assert "Opening the door of" not in shown[1]


def opened(client: FlaskClient, label: str) -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/what-if"), ("url", "search", f"?unit={label}")],
        state=[("page-meta", "data", None)],
    )
    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
    return answer.get_data(as_text=True)
