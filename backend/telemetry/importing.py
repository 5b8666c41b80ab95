"""A logger's file, as the terminal and the page send it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import intake, logger_files
from backend.telemetry.events import ReadingsImported
from backend.telemetry.intake_views import Ingested, Outcome, SentReading
from backend.telemetry.logger_files import FileRead, Finding

SAID: Final[Mapping[Outcome, str]] = {
    Outcome.REPEATED: "It is there already.",
    Outcome.DIFFERS: "There is another value of this time already; that one stays.",
    Outcome.NO_MEASUREMENT: "Nothing was measured: an empty cell or an error code of the probe.",
    Outcome.IMPLAUSIBLE: "No sensor of this kind can measure that.",
    Outcome.UNKNOWN_SENSOR: "There is no sensor of this code that you may record for.",
    Outcome.NOT_CONNECTED: "The sensor stood in no unit then that you may record for.",
    Outcome.FUTURE: "It lies in the future. Check the time zone.",
    Outcome.TOO_OLD: "It is from before the months that are kept.",
}
FAULTS: Final = frozenset(
    {
        Outcome.DIFFERS,
        Outcome.IMPLAUSIBLE,
        Outcome.UNKNOWN_SENSOR,
        Outcome.NOT_CONNECTED,
        Outcome.FUTURE,
        Outcome.TOO_OLD,
    }
)
"""What somebody should look at; a repetition or a gap is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: outcomes of its readings, and by line what was not kept and why."""

    readings: int
    counts: Mapping[Outcome, int]
    findings: tuple[Finding, ...]
    faults: int
    """How many of the findings somebody should look at."""


def import_file(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    code: str | None,
    zone: ZoneInfo,
    kept_days: int,
) -> Imported:
    """Keep what can be kept of a file, in one transaction. Sent again, it changes nothing.

    Raises:
        ReadingRefused: it holds no table, or it cannot be told whose values these are.
    """
    principal.require(Permission.TELEMETRY_RECORD)
    found = logger_files.read(content, code=code, zone=zone)
    done = [intake.ingest(session, principal, part, kept_days=kept_days) for part in _parts(found)]
    imported = _imported(found, done)
    accepted = imported.counts[Outcome.ACCEPTED]
    if accepted:
        event = ReadingsImported(
            aggregate_id=new_id(),
            file_name=file_name[:200],
            accepted=accepted,
            readings=imported.readings,
            codes=tuple(sorted({reading.code for reading in found.readings}))[:50],
        )
        events_service.record(session, principal, event)
    return imported


def look_at_file(
    session: ReadSession,
    principal: Principal,
    *,
    content: bytes,
    code: str | None,
    zone: ZoneInfo,
    kept_days: int,
) -> Imported:
    """Return what `import_file` would make of a file now, and keep nothing.

    Raises:
        ReadingRefused: as with `import_file`.
    """
    principal.require(Permission.TELEMETRY_RECORD)
    found = logger_files.read(content, code=code, zone=zone)
    done = [intake.look_at(session, principal, part, kept_days=kept_days) for part in _parts(found)]
    return _imported(found, done)


def _parts(found: FileRead) -> list[list[SentReading]]:
    most = intake.MOST_AT_ONCE
    return [found.readings[start : start + most] for start in range(0, len(found.readings), most)]


def _imported(found: FileRead, done: list[Ingested]) -> Imported:
    outcomes = [outcome for part in done for outcome in part.outcomes]
    told = [
        Finding(code=outcome.value, line=line, sensor=reading.code, message=SAID[outcome])
        for outcome, line, reading in zip(outcomes, found.lines, found.readings, strict=True)
        if outcome is not Outcome.ACCEPTED
    ]
    findings = sorted([*found.findings, *told], key=lambda each: each.line)
    faults = len(found.findings) + sum(outcome in FAULTS for outcome in outcomes)
    return Imported(
        readings=len(found.readings),
        counts=Ingested(outcomes=tuple(outcomes)).counts(),
        findings=tuple(findings),
        faults=faults,
    )
