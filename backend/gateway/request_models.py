"""Answered requests, summed by the minute."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, text_enum
from backend.gateway.ids import RouteClass


class RequestMinute(Base):
    """The requests of one minute, kind and latency bucket; web processes add to one row.

    A row without requests says that the minute was counted and that none came.
    """

    __tablename__ = "request_minute"
    __table_args__ = (
        CheckConstraint("requests >= 0 AND errors BETWEEN 0 AND requests", name="counts_sane"),
    )

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    route_class: Mapped[RouteClass] = mapped_column(text_enum(RouteClass), primary_key=True)
    up_to_ms: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Upper bound of the bucket (gateway.request_rules)."""
    requests: Mapped[int]
    errors: Mapped[int]
