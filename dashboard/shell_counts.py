"""The counts of the sidebar: what waits for the person, and what is in alarm, from the rows now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.gateway import queries as gateway_queries
from backend.gateway.ids import Health
from backend.sequencing import queries as sequencing_queries
from backend.storage import queries as storage_queries
from backend.telemetry import queries as telemetry_queries
from backend.templates import queries as templates_queries
from dashboard import format as fmt
from dashboard.components.icon import icon
from dashboard.components.tones import Tone

_WELL = {Health.OPERATIONAL, Health.OFF}


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its unit in words; a tone makes it an alarm."""

    number: int
    words: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a count comes from and which live topics move it."""

    permission: Permission
    topics: frozenset[str]
    count: Callable[[ReadSession, Principal], Count]


def counts(session: ReadSession, principal: Principal) -> dict[str, Count]:
    """Return the counts by sidebar entry, of the pages that the principal may open."""
    return {
        entry: counted.count(session, principal)
        for entry, counted in COUNTED.items()
        if principal.may(counted.permission)
    }


def draw(count: Count | None) -> list[Component | str]:
    """Draw a count beside its entry; nothing for nothing."""
    if count is None or not count.number:
        return []
    inside: list[Component | str] = [fmt.count(count.number)]
    if count.tone is not None:
        inside.insert(0, _ALARMS[count.tone]())
    return [
        html.Span(inside, title=f"{fmt.count(count.number)} {count.words}", className="c-n"),
        html.Span(f" {count.words}", className="vh"),
    ]


def _units_in_alarm(session: ReadSession, _principal: Principal) -> Count:
    number = len(storage_queries.units_in_alarm(session))
    return Count(number, "unit in alarm" if number == 1 else "units in alarm", Tone.CRIT)


def _alarms_unanswered(session: ReadSession, _principal: Principal) -> Count:
    number = telemetry_queries.unanswered_alarms(session)
    told = "alarm to acknowledge" if number == 1 else "alarms to acknowledge"
    return Count(number, told, Tone.WARN)


def _libraries_waiting(session: ReadSession, principal: Principal) -> Count:
    number = sequencing_queries.libraries_waiting(session, principal)
    return Count(number, "library waiting" if number == 1 else "libraries waiting")


def _drafts(session: ReadSession, principal: Principal) -> Count:
    number = templates_queries.draft_count(session, principal)
    return Count(number, "draft to finish" if number == 1 else "drafts to finish")


def _parts_unwell(session: ReadSession, _principal: Principal) -> Count:
    unwell = [
        part.status for part in gateway_queries.states_now(session) if part.status not in _WELL
    ]
    tone = Tone.CRIT if Health.DOWN in unwell else Tone.WARN
    return Count(len(unwell), "part not well" if len(unwell) == 1 else "parts not well", tone)


_ALARMS: Mapping[Tone, Callable[[], html.I]] = {
    Tone.CRIT: lambda: icon("exclamation-octagon-fill", Tone.CRIT),
    Tone.WARN: lambda: icon("exclamation-triangle-fill", Tone.WARN),
}

COUNTED: Mapping[str, Counted] = {
    "storage": Counted(Permission.STORAGE_VIEW, frozenset({"telemetry"}), _units_in_alarm),
    "sequencing": Counted(
        Permission.SEQUENCING_VIEW, frozenset({"sequencing"}), _libraries_waiting
    ),
    "documents": Counted(Permission.DOCUMENTS_VIEW, frozenset({"templates"}), _drafts),
    "alarms": Counted(Permission.STORAGE_VIEW, frozenset({"telemetry"}), _alarms_unanswered),
    "health": Counted(Permission.HEALTH_VIEW, frozenset({"health"}), _parts_unwell),
}
TOPICS = tuple(sorted(frozenset[str]().union(*(one.topics for one in COUNTED.values()))))
