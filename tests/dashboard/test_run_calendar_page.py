"""The run calendar: a week drawn and as a table, service times and new starts from its forms."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.models import SequencingRun
from backend.sequencing.views import RunBar
from dashboard import gate
from dashboard.figures.sequencing import WEEK, WIDTH, run_calendar
from dashboard.pages.run_calendar import ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.releases import make_planned_run
from tests.factories.sequencing import make_project

ZONE = ZoneInfo("Europe/Zurich")
SERVICE = (ids.SERVICE_INSTRUMENT, ids.SERVICE_FROM, ids.SERVICE_UNTIL, ids.SERVICE_WHY)


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def run(technician: FlaskClient) -> str:
    """A run that starts tomorrow."""
    del technician  # its fixture has bound the database
    with writing() as session:
        code = make_planned_run(session, make_project(session))
        planned = booked(session, code)
        planned.planned_start_at = clock.utc_now() + timedelta(days=1)
        planned.planned_end_at = planned.planned_start_at + timedelta(days=1)
    return code


def booked(session: Session, run: str) -> SequencingRun:
    number = int(run.rpartition("-")[2])
    return session.scalars(select(SequencingRun).where(SequencingRun.number == number)).one()


def post(browser: FlaskClient, body: dict[str, Any]) -> str:
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    return answer.text


def page(browser: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    return post(browser, body).replace("\\u002f", "/")


def local(days: float) -> str:
    """A field's value so many days from now."""
    return f"{clock.utc_now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def instrument(run: str) -> UUID:
    with reading() as session:
        return booked(session, run).instrument_id


def add_service(browser: FlaskClient, *typed: str | None) -> str:
    return post(
        browser,
        callback_request(
            ids.SERVICE_PROBLEMS,
            inputs=[(ids.SERVICE_SEND, "n_clicks", 1)],
            state=[(key, "value", value) for key, value in zip(SERVICE, typed, strict=True)],
        ),
    )


def reschedule(browser: FlaskClient, run: str | None, start: str | None) -> str:
    return post(
        browser,
        callback_request(
            ids.RUN_PROBLEMS,
            inputs=[(ids.RUN_SEND, "n_clicks", 1)],
            state=[(ids.RUN, "value", run), (ids.RUN_START, "value", start)],
        ),
    )


def services(run: str) -> dict[UUID, str]:
    """Why the instrument of a run is serviced, by the key of each time."""
    of_it = InstrumentService.instrument_id == instrument(run)
    with reading() as session:
        rows = session.scalars(select(InstrumentService).where(of_it))
        return {row.id: row.why for row in rows}


def test_the_week_shows_a_run_as_a_link_in_the_drawing_and_in_the_table(
    technician: FlaskClient, run: str
) -> None:
    told = page(technician, "/sequencing/calendar")

    # Once in the drawing, once in the table, which is written otherwise beside a service to remove.
    assert told.count(f"/sequencing/plans/{run}") == 2
    assert "Reschedule a run" in told
    assert f'aria-label=\\"Reschedule {run}\\"' in told
    week_after = page(technician, "/sequencing/calendar", "?from=2031-03-03")
    assert "Nothing is booked in these 7 days." in week_after
    assert "No run in these 7 days." in week_after


def test_a_month_is_shown_whole_and_leads_to_the_months_beside_it(
    technician: FlaskClient, run: str
) -> None:
    told = page(technician, "/sequencing/calendar", "?from=2028-02-17&show=month")

    assert "February 2028" in told
    assert "No run in these 29 days." in told
    assert "calendar?from=2028-01-31&show=month" in told
    assert "calendar?from=2028-03-01&show=month" in told
    this_month = page(technician, "/sequencing/calendar", f"?show=month&from={local(1)[:10]}")
    assert f"/sequencing/plans/{run}" in this_month
    assert f"&show=month&run={run}" in this_month.replace("&amp;", "&")


def test_a_month_is_drawn_anew_as_a_month(technician: FlaskClient, run: str) -> None:
    del run
    body = callback_request(
        "run-calendar-body.children",
        inputs=[("live-sequencing", "data", 1), (ids.CHANGED, "data", "x")],
        state=[(ids.WHICH, "data", {"from": "2028-02-01", "days": 29})],
    )

    assert "No run in these 29 days." in post(technician, body)


def test_the_run_plan_shows_the_week_with_its_run(technician: FlaskClient, run: str) -> None:
    told = page(technician, f"/sequencing/plans/{run}")

    assert "Run calendar" in told
    assert "run-planned is-here" in told
    assert f"/sequencing/calendar?run={run}" in told


def test_who_may_not_plan_sees_the_week_without_its_forms(
    technician: FlaskClient, signed_in: Callable[..., FlaskClient], run: str
) -> None:
    del technician

    told = page(signed_in(Role.SCIENTIST), "/sequencing/calendar")

    assert run in told
    assert "Add service time" not in told
    assert f"Reschedule {run}" not in told


def test_a_service_time_is_added_and_removed(technician: FlaskClient, run: str) -> None:
    answer = add_service(technician, str(instrument(run)), local(3), local(4), " Laser swap ")

    assert "Problem" not in answer
    assert list(services(run).values()) == ["Laser swap"]
    told = page(technician, "/sequencing/calendar")
    assert "service: Laser swap" in told
    (key,) = services(run)
    body = callback_request(
        "run-calendar-changed.data",
        inputs=[({"type": "run-calendar-remove", "service": str(key)}, "n_clicks", 1)],
    )
    body["inputs"] = [body["inputs"]]
    body["changedPropIds"] = [f'{{"service":"{key}","type":"run-calendar-remove"}}.n_clicks']
    post(technician, body)
    assert services(run) == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ((None, "2031-01-02T08:00", "Laser"), "Give the day and time from which it is not run."),
        (("2031-01-02T08:00", "2031-01-01T08:00", "Laser"), "must end after it starts"),
        (("2031-01-01T08:00", "2031-01-02T08:00", " "), "Say in up to 120 characters"),
        (("2001-01-01T08:00", "2001-01-02T08:00", "Laser"), "That time has passed"),
    ],
)
def test_what_is_wrong_with_a_service_time_is_said_at_its_field(
    technician: FlaskClient, run: str, typed: tuple[str | None, ...], sentence: str
) -> None:
    answer = add_service(technician, str(instrument(run)), *typed)

    assert sentence in answer
    assert services(run) == {}


def test_a_service_over_a_run_names_the_run(technician: FlaskClient, run: str) -> None:
    answer = add_service(technician, str(instrument(run)), local(1), local(3), "Laser")

    assert f"{run} is booked in that time. Reschedule first" in answer
    assert services(run) == {}


def test_a_run_is_rescheduled_from_the_form(technician: FlaskClient, run: str) -> None:
    assert "Choose a planned run." in reschedule(technician, None, local(9))
    assert "Give the day and time at which the run starts." in reschedule(technician, run, "")

    reschedule(technician, run, "2031-01-02T08:00")

    with reading() as session:
        moved = booked(session, run)
        start, end = moved.planned_start_at, moved.planned_end_at
    assert end - start == timedelta(days=1)
    assert start.date() == datetime(2031, 1, 2, tzinfo=UTC).date()


def bar(start: datetime, hours: float, **fields: Any) -> RunBar:
    values = {"instrument": "NovaSeq X-1", "run_code": "NX-0001", "state": "planned"}
    return RunBar(start=start, end=start + timedelta(hours=hours), **(values | fields))


def drawn(*bars: RunBar, start: datetime, **options: Any) -> str:
    figure = run_calendar(
        ["NovaSeq X-1"], bars, start=start, window=WEEK, now=start, zone=ZONE, **options
    )
    return f"{vars(figure)}"


def test_a_week_has_seven_days_with_its_week_end_shaded_also_when_the_clock_changes() -> None:
    start = datetime(2026, 10, 22, tzinfo=ZONE)  # summer time ends on the 25th

    told = drawn(start=start)

    names = ("Thu 22", "Fri 23", "Sat 24", "Sun 25", "Mon 26", "Tue 27", "Wed 28")
    assert all(name in told for name in names)
    assert "Thu 29" not in told
    assert told.count("cal-rest") == 2
    assert "No run in these 7 days." in told


def test_days_of_a_month_have_their_numbers_where_names_have_no_room() -> None:
    start = datetime(2026, 11, 1, tzinfo=ZONE)
    figure = run_calendar(
        ["NovaSeq X-1"], [], start=start, window=timedelta(days=30), now=start, zone=ZONE
    )

    told = f"{vars(figure)}"

    assert ">1</text>" in told
    assert ">30</text>" in told
    assert "Mon 30" not in told


def test_a_bar_is_a_link_only_where_its_run_may_be_opened_and_says_what_fits() -> None:
    start = datetime(2026, 11, 30, tzinfo=ZONE)
    long, short = bar(start, 48), bar(start, 8, run_code="NX-0002")

    told = drawn(long, short, start=start, openable={"NX-0001"}, width=560)

    assert "/sequencing/plans/NX-0001" in told
    assert "/sequencing/plans/NX-0002" not in told
    assert ">NX-0001 planned</text>" in told
    assert ">NX-0002" not in told.replace("<title>NX-0002", "")
    assert "'role': 'group'" in told
    assert "'role': 'img'" in drawn(long, start=start)


def test_the_line_of_now_crosses_no_name_of_a_run_that_has_room_beside_it() -> None:
    start = datetime(2026, 11, 30, tzinfo=ZONE)
    now = start + timedelta(hours=21)

    def words_at(began: float, hours: float) -> float:
        running = bar(start + timedelta(hours=began), hours, state="running")
        figure = run_calendar(
            ["NovaSeq X-1"], [running], start=start, window=WEEK, now=now, zone=ZONE
        )
        found = re.search(r'<text[^>]* x="([0-9.]+)"[^>]*>NX-0001', f"{vars(figure)}")
        assert found is not None
        return float(found[1])

    a_day = (WIDTH - 120) / 7
    line = 120 + a_day * 21 / 24

    assert words_at(15, 26) > line  # the name would begin before the line and end behind it
    assert words_at(0, 24) < line  # it ends before the line
