"""The common rule: what holds for every alarm alike, with its versions."""

from datetime import datetime, timedelta

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_common
from backend.telemetry.alarm_common import Common
from backend.telemetry.common_rules import A_MINUTE, Numbers

_LONGEST_REASON = 500
_MOST = 100_000


class CommonIn(ApiInput):
    """The rule's numbers, why, and the ``version`` that was looked at."""

    version: int = Field(ge=1)
    storm_units: int = Field(ge=0, le=_MOST)
    storm_within_min: int = Field(ge=0, le=_MOST)
    stable_min: int = Field(ge=0, le=_MOST)
    longest_snooze_min: int = Field(ge=0, le=_MOST)
    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)

    def numbers(self) -> Numbers:
        """Return what becomes of the rule."""
        return Numbers(
            storm_units=self.storm_units,
            storm_within=timedelta(minutes=self.storm_within_min),
            stable_for=timedelta(minutes=self.stable_min),
            longest_snooze=timedelta(minutes=self.longest_snooze_min),
        )


class CommonOut(ApiOutput):
    """A version of the rule; ``set_at`` and ``set_by_name`` are null for the program's default.

    ``storm_units`` of a room or a circuit that are alarmed within ``storm_within_min`` are one
    matter; an alarm is over after ``stable_min`` in range.
    """

    version: int
    storm_units: int
    storm_within_min: int
    stable_min: int
    longest_snooze_min: int
    set_by_name: str | None
    reason: str
    set_at: datetime | None

    @classmethod
    def of(cls, common: Common) -> "CommonOut":
        """Return a version as the API tells it."""
        numbers = common.numbers
        return cls(
            version=common.version,
            storm_units=numbers.storm_units,
            storm_within_min=numbers.storm_within // A_MINUTE,
            stable_min=numbers.stable_for // A_MINUTE,
            longest_snooze_min=numbers.longest_snooze // A_MINUTE,
            set_by_name=common.set_by_name,
            reason=common.reason,
            set_at=common.set_at,
        )


class CommonVersionsOut(ApiOutput):
    """The versions of the rule, the one in force first."""

    items: list[CommonOut]


def list_versions(call: Call) -> CommonVersionsOut:
    """Return the versions of the common rule."""
    with reading() as session:
        return _versions(session, call)


def change(call: Call) -> object:
    """Make the next version of the common rule and return all of them."""
    sent = call.sent(CommonIn)
    with writing() as session:

        def act() -> CommonVersionsOut:
            alarm_common.change_common_rule(
                session,
                call.caller,
                version=sent.version,
                numbers=sent.numbers(),
                reason=sent.reason,
            )
            return _versions(session, call)

        return once(session, call, act)


def _versions(session: ReadSession, call: Call) -> CommonVersionsOut:
    found = alarm_common.list_versions(session, call.caller)
    return CommonVersionsOut(items=[CommonOut.of(each) for each in found])


_TAG = "Alarms"
_PATH = "/api/v1/alarm-common-rule"
ROUTES = (
    Route(
        method="GET",
        path=_PATH,
        handler=list_versions,
        access=Permission.STORAGE_VIEW,
        summary="What holds for every alarm: storms, when one is over, snoozes; newest first",
        tag=_TAG,
        answer=CommonVersionsOut,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/versions",
        handler=change,
        access=Permission.STORAGE_CONFIGURE,
        summary="Make the next version of what holds for every alarm",
        tag=_TAG,
        body=CommonIn,
        answer=CommonVersionsOut,
        status=201,
        once=True,
    ),
)
