"""How incidents are said on pages: states, lengths, temperatures."""

from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from backend.incidents.ids import HoldState, IncidentKind, IncidentState, ReadingsFrom
from backend.incidents.views import UnitView
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone

STATES: dict[str, Look] = {
    IncidentState.OPEN.value: Look("Out of range", "exclamation-octagon-fill", Tone.CRIT),
    IncidentState.CONTAINED.value: Look("Contained", "exclamation-triangle-fill", Tone.WARN),
    IncidentState.CLOSED.value: Look("Closed", "check-circle-fill", Tone.OK),
    IncidentState.MERGED.value: Look("In another incident", "slash-circle", Tone.OFF),
}
HOLDS: dict[str, Look] = {
    HoldState.NONE.value: Look("Not proposed", "check2", Tone.OFF),
    HoldState.PROPOSED.value: Look("Proposed", "question-circle", Tone.WARN),
    HoldState.ACCEPTED.value: Look("On hold", "pause-circle", Tone.CRIT),
    HoldState.DECLINED.value: Look("Declined", "check-circle", Tone.OK),
}
READINGS: dict[ReadingsFrom, str] = {
    ReadingsFrom.READINGS: "Reckoned from single readings",
    ReadingsFrom.FIVE_MINUTES: "Reckoned from the worst of every 5 minutes; "
    "single readings are not kept so long",
    ReadingsFrom.HOURS: "Reckoned from the worst of every hour; "
    "single readings are not kept so long",
    ReadingsFrom.NOTHING: "No readings: how warm it was is not known",
}


def units(labels: tuple[str, ...], kind: IncidentKind) -> str:
    """Return the units of an incident in words."""
    named = ", ".join(labels)
    return f"Site power: {named}" if kind is IncidentKind.SITE_POWER else named


def length(began_at: datetime, ended_at: datetime | None, now: datetime) -> str:
    """Return how long it lasted, or has lasted."""
    lasted = fmt.age((ended_at or now) - began_at)
    return lasted if ended_at is not None else f"{lasted} so far"


def minutes(number: float) -> str:
    """Return minutes for a table: empty for none, one decimal below ten."""
    if number <= 0:
        return ""
    return fmt.decimal(number, 1) if number < 10 else fmt.decimal(number)  # noqa: PLR2004


def others(number: int) -> str:
    """Say how many samples are of projects that the reader does not see; empty for none."""
    return f"{fmt.count(number)} more in other projects" if number else ""


def coverage(unit: UnitView) -> str:
    """Return the known share of a window and what it rests on."""
    lacking = (
        f", not known for {fmt.age(timedelta(minutes=unit.unknown_min))}"
        if unit.unknown_min >= 1
        else ""
    )
    return f"{fmt.percent(unit.coverage)} measured{lacking}. {READINGS[unit.readings_from]}."


def is_frozen(unit: UnitView) -> bool:
    """Say whether the thresholds of frozen storage mean anything for a unit."""
    return unit.setpoint_c < 0


def address(code: str) -> str:
    """Return the address of an incident's page."""
    return f"/incidents/{quote(code)}"


def with_query(path: str, *, start: int = 0, **names: str) -> str:
    """Return an address with the names that say something and where its list starts."""
    query = {name: value for name, value in names.items() if value}
    if start:
        query["from"] = str(start)
    return f"{path}?{urlencode(query)}" if query else path


def whole(typed: str) -> int:
    """Return where a list starts, as an address says; a mistyped one starts at the first."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004
