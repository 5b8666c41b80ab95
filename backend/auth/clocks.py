"""The database's clock: the one that all processes share, so no time-out depends on a machine."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def database_now(session: Session) -> datetime:
    """Return PostgreSQL's wall clock."""
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now
