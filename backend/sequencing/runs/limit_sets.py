"""The laboratory's own limits of runs: which hold now, and putting others in force."""

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.run_folders.limits import RunLimit, known_limits
from backend.sequencing.runs.errors import LimitsRefused
from backend.sequencing.runs.events import RunLimitsPublished
from backend.sequencing.runs.models import RunLimitSet

_LIMITS = TypeAdapter(list[RunLimit])
_HIGHEST_PERCENT = 100


def limits_in_force(session: Session) -> tuple[int, Sequence[RunLimit]]:
    """Return the newest version and its limits; version 0 are those the program comes with."""
    newest = session.scalars(
        select(RunLimitSet).order_by(RunLimitSet.version.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        return 0, known_limits()
    return newest.version, limits_of(newest)


def limits_of(kept: RunLimitSet) -> list[RunLimit]:
    """Return the limits of one version."""
    return _LIMITS.validate_python(kept.limits)


def parse_limits(content: str) -> list[RunLimit]:
    """Return limits given as JSON, a list of objects with the fields of `RunLimit`.

    Raises:
        LimitsRefused: it is no such list, or limits contradict each other; each is named.
    """
    try:
        limits = _LIMITS.validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"]) or "the file"
        raise LimitsRefused(f"The limits cannot be read, at {place}: {first['msg']}.") from error
    faults = {
        f"{each.model} {each.cycles_from}": fault for each in limits if (fault := fault_of(each))
    }
    if faults:
        raise LimitsRefused("Nothing was saved; there is something to correct.", fields=faults)
    return limits


def publish_limits(
    session: WriteSession,
    principal: Principal,
    *,
    limits: Sequence[RunLimit],
    source: str,
    reason: str,
) -> int:
    """Put limits in force and return their version. Runs read before keep their verdicts.

    Raises:
        LimitsRefused: there is none, or no reason is given.
        Conflict: somebody published others at this moment.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    if not limits or not reason.strip():
        raise LimitsRefused("Give at least one limit, and the reason why they change.")
    before, _ = limits_in_force(session)
    made = RunLimitSet(
        version=before + 1,
        limits=[asdict(each) for each in limits],
        source=source[:300],
        reason=reason.strip()[:500],
        published_by=principal.user_id,
        published_by_name=principal.name,
        published_at=clock.utc_now(),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise Conflict("Somebody published limits at this moment. Look at them first.") from error
    event = RunLimitsPublished(aggregate_id=made.id, version=made.version, limits=len(limits))
    events_service.record(session, principal, event, reason=made.reason)
    return made.version


def fault_of(limit: RunLimit) -> str:
    """Return how figures of a limit contradict each other, "" where they do not."""
    if not 1 <= limit.cycles_from <= limit.cycles_to:
        return "The cycles must run from a number to one that is not smaller."
    for name in ("clusters_pf", "q30"):
        warn, fail = getattr(limit, f"{name}_warn"), getattr(limit, f"{name}_fail")
        if warn is not None and fail is not None and fail > warn:
            return f"{name}: what fails must not be more than what warns."
    for name in ("error", "undetermined"):
        warn, fail = getattr(limit, f"{name}_warn"), getattr(limit, f"{name}_fail")
        if warn is not None and fail is not None and fail < warn:
            return f"{name}: what fails must not be less than what warns."
    shares = (limit.q30_warn, limit.q30_fail, limit.undetermined_warn, limit.undetermined_fail)
    if any(each is not None and not 0 <= each <= _HIGHEST_PERCENT for each in shares):
        return "A share must be from 0 to 100 percent."
    return ""
