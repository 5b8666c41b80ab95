"""System health as people watch it: a worker that dies and lives again, and a freezer that warms.

Nobody reloads the page. How soon something shows is not judged here, only that it does.
"""

import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from backend.core import clock
from tests.support.accessibility import look_at
from tests.support.running_laboratory import RunningLaboratory

SignIn = Callable[..., Page]
PATIENCE_MS = 180_000
SENSORS = "Freezer sensors"
_ALARMED = (
    "INSERT INTO alarm (id, sensor_id, kind, severity, limit_value, rule_key, rule_version, since, "
    "raised_at, told_at, steps_told) SELECT gen_random_uuid(), id, 'high', 'critical', -65, "
    "'ultra_low:temperature:high:critical', 1, now() - interval '20 min', now(), now(), 1 "
    "FROM sensor WHERE unit_label = %s RETURNING sensor_id"
)


@pytest.fixture
def database(app_server: RunningLaboratory) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(app_server.database_url, autocommit=True) as connection:
        yield connection


def set_temperatures(
    database: psycopg.Connection[tuple[object, ...]], unit: str, temperature_c: float, minutes: int
) -> None:
    """Give a unit's sensor the same temperature for each of the last minutes."""
    database.execute(
        "INSERT INTO reading (sensor_id, at, value) "
        "SELECT sensor.id, date_trunc('minute', now()) - make_interval(mins => ago), %s "
        "FROM sensor, generate_series(0, %s) ago WHERE unit_label = %s "
        "ON CONFLICT (sensor_id, at) DO UPDATE SET value = excluded.value",
        (temperature_c, minutes, unit),
    )


def let_alarms_be_checked(database: psycopg.Connection[tuple[object, ...]]) -> None:
    """Bring the next check forward: it comes every minute by itself."""
    database.execute("UPDATE schedule SET next_at = now() WHERE name = 'check alarms'")


@pytest.fixture
def warm_unit(database: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """Warm one freezer past its limit for its whole delay; end its alarm afterwards."""
    set_temperatures(database, "ULT-05", -61.0, 17)
    yield "ULT-05"
    set_temperatures(database, "ULT-05", -80.0, 20)
    database.execute(
        "DELETE FROM alarm USING sensor WHERE alarm.sensor_id = sensor.id AND unit_label = 'ULT-05'"
    )


@pytest.fixture
def stopped_worker(database: psycopg.Connection[tuple[object, ...]]) -> Iterator[int]:
    """Freeze worker 1 as a hung process does: alive for the supervisor, silent for everyone."""
    (instance,) = database.execute(
        "SELECT instance FROM service_instance WHERE service = 'worker-1' "
        "ORDER BY lease_until DESC LIMIT 1"
    ).fetchone()
    process = int(str(instance).rpartition(":")[2])
    os.kill(process, signal.SIGSTOP)
    yield process
    os.kill(process, signal.SIGCONT)


def row(page: Page, name: str, panel: str | None = None) -> Locator:
    """Return the row that is headed so, of the panel with this name or of the page."""
    within = page if panel is None else page.get_by_role("region", name=panel)
    return within.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def open_health(page: Page, query: str = "") -> None:
    """Open the page and wait until it is drawn, however busy the machine is."""
    page.goto(f"/health{query}")
    expect(page.locator(".hs .big")).to_be_visible(timeout=PATIENCE_MS)


def history(page: Page, part: str, bars: int) -> Locator:
    words = re.compile(rf"of {bars} stretches measured")
    return row(page, part).get_by_role("img", name=words)


def test_every_part_of_the_program_is_on_the_page_with_its_history(sign_in: SignIn) -> None:
    page = sign_in("administrator")

    open_health(page)

    for name in (
        "Web",
        "PostgreSQL",
        "Redis",
        "Dispatcher",
        "Leader",
        "Live feed",
        "Events",
        "Schedules",
        "Job queues",
        "Disk",
        "Mail",
        "Worker 1",
        "Worker 2",
    ):
        expect(row(page, name)).to_be_visible(timeout=PATIENCE_MS)
    expect(history(page, "PostgreSQL", 48)).to_be_visible(timeout=PATIENCE_MS)
    for region in (
        "Job queues",
        "Requests",
        "Circuit breakers",
        "Events and sagas",
        "Incident log",
        "Processes",
        "Schedules",
    ):
        expect(page.get_by_role("region", name=region)).to_be_visible()
    for process in ("web@", "live@", "leader@", "dispatcher@", "worker-1@"):
        expect(page.get_by_role("region", name="Processes")).to_contain_text(process)


def test_the_range_is_in_the_address_and_changes_the_bars(sign_in: SignIn) -> None:
    page = sign_in("analyst")
    open_health(page, "?range=7d")

    expect(history(page, "PostgreSQL", 56)).to_be_visible()
    page.get_by_role("link", name="1 h", exact=True).click()

    expect(page).to_have_url(re.compile(r"/health\?range=1h$"), timeout=PATIENCE_MS)
    expect(history(page, "PostgreSQL", 60)).to_be_visible(timeout=PATIENCE_MS)


def test_what_is_asked_of_the_server_is_counted_and_shown(
    sign_in: SignIn, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    page = sign_in("analyst")
    open_health(page)

    requests = page.get_by_role("region", name="Requests")
    pages = requests.locator(".rq", has_text="Pages, files")
    # The page itself is a request: it shows in the first whole minute after it.
    expect(pages).to_contain_text(re.compile(r"[1-9].*%.*(ms|s)"), timeout=PATIENCE_MS)
    expect(requests.get_by_role("img", name=re.compile("Requests a minute"))).to_be_visible()
    kinds = {kind for (kind,) in database.execute("SELECT route_class FROM request_minute")}
    assert {"pages", "callbacks"} <= kinds


def test_a_printer_that_is_not_there_is_left_alone_and_the_page_says_until_when(
    sign_in: SignIn, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    database.execute(
        "INSERT INTO circuit_breaker (target, label, state, since, called_at, failures, openings, "
        "next_try_at, last_error, last_error_at) VALUES ('printer:10.0.3.7:9100', "
        "'The printer at 10.0.3.7:9100', 'open', now(), now(), 3, 1, now() + interval '1 hour', "
        "'No printer answers at 10.0.3.7:9100 (timed out).', now())"
    )
    page = sign_in("analyst")
    open_health(page)

    breakers = page.get_by_role("region", name="Circuit breakers")
    expect(breakers).to_contain_text("The printer at 10.0.3.7:9100", timeout=PATIENCE_MS)
    expect(breakers).to_contain_text("Open, fails fast since")
    expect(breakers).to_contain_text("until then calls wait and are not lost")
    assert look_at(page) == {}
    database.execute("DELETE FROM circuit_breaker WHERE target LIKE 'printer:10.0.3.7%'")


@pytest.mark.slow
def test_a_worker_that_hangs_shows_as_down_and_comes_back_without_a_reload(
    sign_in: SignIn, stopped_worker: int
) -> None:
    page = sign_in("administrator")
    open_health(page)
    page.evaluate("window.notReloaded = true")

    worker = row(page, "Worker 1")
    expect(worker).to_contain_text("Down", timeout=PATIENCE_MS)
    expect(page.get_by_text("No sign of life for").first).to_be_visible()
    expect(page.locator(".hs .big")).to_contain_text("down")
    os.kill(stopped_worker, signal.SIGCONT)

    expect(worker).to_contain_text("Operational", timeout=PATIENCE_MS)
    assert page.evaluate("window.notReloaded") is True


@pytest.mark.slow
def test_a_warm_freezer_is_alarmed_acknowledged_and_over(
    sign_in: SignIn, warm_unit: str, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    page = sign_in("technician")
    page.goto("/")
    let_alarms_be_checked(database)
    attention = page.get_by_text(f"{warm_unit} is too warm")
    expect(attention).to_be_visible(timeout=PATIENCE_MS)

    page.locator("#page").get_by_role("link", name="Acknowledge").first.click()
    expect(page).to_have_url(re.compile(r"/health\?alarm="), timeout=PATIENCE_MS)
    reason = page.get_by_label(f"What you found at {warm_unit}")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("alert").filter(has_text="Say in a few words")).to_be_visible(
        timeout=PATIENCE_MS
    )
    reason.fill("Door was ajar, closed it.")
    reason.press("Enter")

    expect(page.get_by_text("The alarm is acknowledged.")).to_be_visible(timeout=PATIENCE_MS)
    sensor = row(page, warm_unit, "Freezer sensors")
    expect(sensor).to_contain_text("acknowledged", timeout=PATIENCE_MS)
    expect(sensor.get_by_role("link", name="Acknowledge")).to_have_count(0)
    (kept,) = database.execute(
        "SELECT reason FROM audit_entry WHERE action = 'telemetry.alarm_acknowledged' "
        "ORDER BY at DESC LIMIT 1"
    ).fetchone()
    assert kept == "Door was ajar, closed it."

    set_temperatures(database, warm_unit, -80.0, 8)
    let_alarms_be_checked(database)
    expect(sensor).to_contain_text("In range", timeout=PATIENCE_MS)


def test_who_may_not_acknowledge_is_told_whom_to_call(
    sign_in: SignIn, warm_unit: str, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    (sensor,) = database.execute(
        _ALARMED,
        (warm_unit,),
    ).fetchone()
    page = sign_in("analyst")

    open_health(page, f"?alarm={sensor}")

    expect(page.get_by_text("Call a technician to the unit.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)


def test_made_up_temperatures_say_so(sign_in: SignIn) -> None:
    page = sign_in("analyst")

    open_health(page)

    sensors = page.get_by_role("region", name=SENSORS)
    expect(sensors.get_by_text("Simulated temperatures")).to_be_visible()
    expect(sensors).to_contain_text("12 of 12 sensors heard", timeout=PATIENCE_MS)


def test_a_guest_is_refused(sign_in: SignIn) -> None:
    page = sign_in("guest")

    page.goto("/health")

    expect(page.get_by_role("main")).to_contain_text("role", timeout=PATIENCE_MS)
    expect(page.locator(".hs")).to_have_count(0)


def test_an_alarm_to_acknowledge_reads_well_and_fits(
    sign_in: SignIn, warm_unit: str, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    (sensor,) = database.execute(
        _ALARMED,
        (warm_unit,),
    ).fetchone()
    page = sign_in("technician")
    open_health(page, f"?alarm={sensor}")
    expect(page.get_by_label(f"What you found at {warm_unit}")).to_be_visible()

    assert look_at(page) == {}


def test_a_loggers_file_is_looked_at_before_it_is_recorded(
    sign_in: SignIn, database: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    count = "SELECT count(*) FROM reading WHERE extract(second FROM at) = 30"
    first = clock.utc_now().replace(second=30, microsecond=0) - timedelta(hours=3)
    lines = [f"{(first + timedelta(minutes=n)).isoformat()};{-80 - n / 10:.1f}" for n in range(3)]
    path = tmp_path / "north-logger.csv"
    path.write_text("\n".join(["time;ULT-05-T1", *lines, f"{first.isoformat()};cold"]))
    page = sign_in("administrator")
    open_health(page)

    page.get_by_role("button", name="Bring in a logger's file").click()
    dialog = page.get_by_role("dialog", name="Bring in a logger's file")
    expect(dialog).to_contain_text("No file is chosen yet.")
    dialog.locator("input[type=file]").set_input_files(path)
    expect(dialog).to_contain_text("3 readings, 3 new. Nothing is recorded yet.")
    expect(dialog).to_contain_text("Line 5, ULT-05-T1: “cold” is no number.")
    look_at(page)
    before = database.execute(count).fetchone()
    dialog.get_by_role("button", name="Record").click()
    expect(dialog).to_contain_text("3 readings, 3 new. Recorded.")
    dialog.get_by_role("button", name="Record").click()
    expect(dialog).to_contain_text("3 readings, 0 new, 3 there already. Recorded.")

    assert before == (0,)
    assert database.execute(count).fetchone() == (3,)


def test_only_those_who_may_record_see_the_way_to(sign_in: SignIn) -> None:
    page = sign_in("analyst")

    open_health(page)

    expect(page.get_by_role("region", name=SENSORS)).to_be_visible()
    expect(page.get_by_role("button", name="Bring in a logger's file")).to_have_count(0)
