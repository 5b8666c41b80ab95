"""Follow the audit trail's chain, from where it was last found right or from its beginning."""

from backend.core.transaction import reading
from backend.events import checking
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Check once; checking again only writes down another check, and tells a break once."""
    whole = context.arguments.get("whole") is True
    with reading() as session:
        found = checking.check_chain(session, context.principal, whole=whole)
    with context.finishing() as session:
        is_right = checking.keep_check(session, context.principal, found)
        context.result.update(verified_to=found.to_pos, whole=is_right)
