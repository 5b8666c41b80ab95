"""The common rule: what holds for every alarm alike, as versions that a laboratory makes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import common_rules, rule_making
from backend.telemetry.alarm_models import AlarmCommonRule
from backend.telemetry.common_rules import A_MINUTE, Numbers
from backend.telemetry.errors import RuleChanged, RuleRefused
from backend.telemetry.events import CommonRuleChanged

COMMON: Final = uuid5(NAMESPACE_OID, "tracseq:alarm_common_rule")
"""What events about the common rule are about: there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The common rule as it stands or stood; version 1 is the program's default."""

    version: int
    numbers: Numbers
    set_by_name: str | None = None
    reason: str = ""
    set_at: datetime | None = None


_BY_DEFAULT: Final = Common(version=1, numbers=common_rules.DEFAULT)


def common_rule(session: Session) -> Common:
    """Return the common rule that holds. One query: ask once for a check or an act."""
    row = session.scalars(
        select(AlarmCommonRule).order_by(AlarmCommonRule.version.desc()).limit(1)
    ).one_or_none()
    return _BY_DEFAULT if row is None else _common(row)


def list_versions(session: ReadSession, principal: Principal) -> list[Common]:
    """Return all versions of the common rule, the newest first."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(select(AlarmCommonRule).order_by(AlarmCommonRule.version.desc()))
    return [*(_common(row) for row in rows), _BY_DEFAULT]


def change_common_rule(
    session: WriteSession, principal: Principal, *, version: int, numbers: Numbers, reason: str
) -> int:
    """Make the next version of the common rule and return its number.

    It holds from the next check on, for alarms that are open too. Snoozes that were granted and
    storms that were told of stay as they are.

    Raises:
        RuleChanged: somebody else has changed it meanwhile.
        RuleRefused: numbers that cannot be, each fault at its field; or none is another.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("alarm_common_rule"))))
    before = common_rule(session)
    if before.version != version:
        raise RuleChanged(
            f"Version {before.version} of the common rule was made meanwhile. Look at it and try "
            "again."
        )
    if found := common_rules.faults(numbers):
        raise RuleRefused("The common rule cannot be kept like this yet.", fields=found)
    if numbers == before.numbers:
        same = f"These are the numbers of version {version}. Change one, or leave it as it is."
        raise RuleRefused(same, fields={"storm_units": same})
    rule_making.require_reason(reason, "Say in a few words why the common rule changes.")
    made = AlarmCommonRule(
        version=version + 1,
        storm_units=numbers.storm_units,
        storm_within_min=numbers.storm_within // A_MINUTE,
        stable_min=numbers.stable_for // A_MINUTE,
        longest_snooze_min=numbers.longest_snooze // A_MINUTE,
        set_by_name=principal.name,
        reason=reason.strip(),
    )
    session.add(made)
    changed = CommonRuleChanged(
        aggregate_id=COMMON,
        version=made.version,
        storm_units=made.storm_units,
        storm_within_min=made.storm_within_min,
        stable_min=made.stable_min,
        longest_snooze_min=made.longest_snooze_min,
    )
    events_service.record(session, principal, changed, reason=reason.strip())
    session.flush()
    return made.version


def _common(row: AlarmCommonRule) -> Common:
    return Common(
        version=row.version,
        numbers=Numbers(
            storm_units=row.storm_units,
            storm_within=timedelta(minutes=row.storm_within_min),
            stable_for=timedelta(minutes=row.stable_min),
            longest_snooze=timedelta(minutes=row.longest_snooze_min),
        ),
        set_by_name=row.set_by_name,
        reason=row.reason,
        set_at=row.set_at,
    )
