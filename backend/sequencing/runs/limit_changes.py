"""Changing one limit of runs; each change is a version of all of them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.run_folders.limit_changes import (
    differences,
    key_of,
    name_of,
    overlaps,
    with_limit,
)
from backend.sequencing.run_folders.limits import MODELS, RunLimit, known_limits
from backend.sequencing.runs import limit_sets
from backend.sequencing.runs.errors import LimitsRefused
from backend.sequencing.runs.models import RunLimitSet

_SHOWN = 50
_Cycles = Annotated[int, Field(ge=1, le=1000)]
_Millions = Annotated[float, Field(ge=0, le=100_000)]
_Percent = Annotated[float, Field(ge=0, le=100)]


class RunLimitIn(BaseModel):
    """A limit as people give it: millions and percent, None asks nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    cycles_from: _Cycles
    cycles_to: _Cycles
    clusters_pf_warn: _Millions | None = None
    clusters_pf_fail: _Millions | None = None
    q30_warn: _Percent | None = None
    q30_fail: _Percent | None = None
    error_warn: _Percent | None = None
    error_fail: _Percent | None = None
    library_reads_fail: _Millions | None = None
    undetermined_warn: _Percent | None = None
    undetermined_fail: _Percent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitVersion:
    """A version of the limits, and what it changed of the one before."""

    version: int
    limits: int
    changes: tuple[str, ...]
    source: str
    reason: str
    published_by_name: str
    published_at: datetime


def list_versions(session: ReadSession, principal: Principal) -> list[LimitVersion]:
    """Return the versions of the limits, the newest first; the delivered ones are none."""
    principal.require(Permission.SEQUENCING_VIEW)
    rows = session.scalars(
        select(RunLimitSet).order_by(RunLimitSet.version.desc()).limit(_SHOWN + 1)
    ).all()
    kept = [limit_sets.limits_of(row) for row in rows]
    if len(rows) <= _SHOWN:
        kept.append(list(known_limits()))
    return [
        LimitVersion(
            version=row.version,
            limits=len(now),
            changes=tuple(differences(before, now)),
            source=row.source,
            reason=row.reason,
            published_by_name=row.published_by_name,
            published_at=row.published_at,
        )
        for row, (now, before) in zip(rows, pairwise(kept), strict=False)
    ]


def set_limit(
    session: WriteSession,
    principal: Principal,
    *,
    based_on: int,
    replaces: str,
    limit: RunLimitIn,
    reason: str,
) -> int:
    """Put one limit in force, in place of that with a key ("": a new one); return the version.

    Raises:
        LimitsRefused: figures that contradict each other, a make that is not known, read lengths
            of another limit of the make, or no reason.
        Conflict: there is a later version than ``based_on``, or the limit is gone.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    limits = _based_on(session, based_on, replaces)
    given = RunLimit(**limit.model_dump())
    faults = {}
    if given.model not in MODELS and given.model not in {each.model for each in limits}:
        faults["model"] = f"“{given.model}” is no make that runs are known of. Choose one."
    if said := limit_sets.fault_of(given):
        faults["limit"] = said
    for each in overlaps(limits, given, replaces=replaces):
        faults["cycles_from"] = f"{name_of(each)} have a limit already. Change that one."
    if faults:
        raise LimitsRefused("Nothing was saved; there is something to correct.", fields=faults)
    wanted = with_limit(limits, given, replaces=replaces)
    if not differences(limits, wanted):
        raise LimitsRefused("Nothing differs from what holds now. Change a figure.")
    return _publish(session, principal, wanted, reason)


def drop_limit(
    session: WriteSession, principal: Principal, *, based_on: int, key: str, reason: str
) -> int:
    """Take one limit out; return the version. Raises as `set_limit`."""
    principal.require(Permission.SEQUENCING_CONFIGURE)
    limits = _based_on(session, based_on, key)
    left = [each for each in limits if key_of(each) != key]
    return _publish(session, principal, left, reason)


def _based_on(session: WriteSession, based_on: int, key: str) -> list[RunLimit]:
    version, limits = limit_sets.limits_in_force(session)
    if version != based_on:
        raise Conflict(
            f"Version {version} of the limits was published meanwhile. Load the page again and "
            "look at it first."
        )
    if key and key not in {key_of(each) for each in limits}:
        raise Conflict("That limit is not there any more. Load the page again.")
    return list(limits)


def _publish(
    session: WriteSession, principal: Principal, limits: list[RunLimit], reason: str
) -> int:
    if not reason.strip():
        raise LimitsRefused("", fields={"reason": "Write why the limits change."})
    return limit_sets.publish_limits(
        session, principal, limits=limits, source="Typed on the page of limits", reason=reason
    )
