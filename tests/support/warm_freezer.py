"""A freezer of a running laboratory that gets warm, and the incident that its alarm opens."""

import time

import psycopg

from backend.incidents.rules import code_of

WARM_MIN, COLD_MIN = 40, 20
_PATIENCE_S = 120.0
_STANDING = (
    "SELECT incident.number, incident.opened_at, incident.state FROM incident "
    "JOIN incident_unit ON incident_unit.incident_id = incident.id "
    "WHERE incident_unit.unit_label = %s AND incident.state <> 'merged' "
    "ORDER BY incident.number DESC LIMIT 1"
)


def incident_of(database_url: str, unit: str = "ULT-03") -> str:
    """Return the code of a unit's incident: the one that there is, or warm it until one opens."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as database:
        if database.execute(_STANDING, (unit,)).fetchone() is None:
            _say(database, unit, -52.0, WARM_MIN)
        return _until(database, unit, {"open", "contained", "closed"})


def make_cold(database_url: str, unit: str = "ULT-03") -> None:
    """Let a unit be cold and its alarm acknowledged; wait until its incident is contained."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as database:
        _say(database, unit, -80.0, COLD_MIN)
        database.execute(
            "UPDATE alarm SET acknowledged_at = now(), acknowledged_by_name = 'Test' FROM sensor "
            "WHERE sensor.id = alarm.sensor_id AND sensor.unit_label = %s "
            "AND alarm.closed_at IS NULL AND alarm.acknowledged_at IS NULL",
            (unit,),
        )
        _until(database, unit, {"contained", "closed"})


def _say(
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


def _until(database: psycopg.Connection[tuple[object, ...]], unit: str, states: set[str]) -> str:
    """Bring the check of the alarms forward until the unit's incident is in one of the states."""
    given_up_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < given_up_at:
        found = database.execute(_STANDING, (unit,)).fetchone()
        if found is not None and found[2] in states:
            number, opened_at, _ = found
            return code_of(number, opened_at)
        database.execute("UPDATE schedule SET next_at = now() WHERE name = 'check alarms'")
        time.sleep(1.0)
    raise AssertionError(f"{unit} has no incident that is {' or '.join(sorted(states))}.")
