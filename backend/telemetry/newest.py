"""The newest reading of a sensor, found by its key whatever the database's statistics say."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.telemetry.models import Reading


def newest_reading(
    of: UUID | ColumnElement[UUID] | InstrumentedAttribute[UUID],
) -> Select[datetime, float]:
    """Select the instant and the value of a sensor's newest reading; ``of`` is its key.

    Asked for by its equal key alone, the planner may go down the index by time instead, and of a
    month in which a sensor did not report yet it then reads every reading of all others. Written
    as a range of one and in the order of the key, only the key's index has that order.
    """
    return (
        select(Reading.at, Reading.value)
        .where(Reading.sensor_id.between(of, of))
        .order_by(Reading.sensor_id.desc(), Reading.at.desc())
        .limit(1)
    )
