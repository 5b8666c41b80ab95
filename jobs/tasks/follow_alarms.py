"""Open incidents of alarms and reckon what stood there: apart from the checks, which are awaited.

A storm's incidents take seconds to reckon, and each of its sensors asks for a check a minute. One
run does for all who ask meanwhile, and a second one waits in the queue, not in a worker: the next
alarm needs that.
"""

from datetime import timedelta
from typing import Final

from backend.incidents import service as incidents_service
from backend.work import joining
from jobs.context import JobContext

KIND: Final = "incidents.follow_alarms"
_TRY_AGAIN: Final = timedelta(seconds=2)


def run(context: JobContext) -> None:
    """Follow the alarms as they stand; late or twice finds the same."""
    with context.finishing() as session:
        if not incidents_service.can_take_turns(session):
            joining.request_joined(session, context.principal, kind=KIND, within=_TRY_AGAIN)
            context.result.update(postponed=True)
            return
        followed = incidents_service.follow_alarms(session, context.principal)
        context.result.update(
            opened=followed.opened, contained=followed.contained, told=followed.told
        )
