"""How long before a day projects are told of it, and what they have been told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, short_text, text_enum
from backend.samples.expiry_rules import Expiring


class ExpiryLead(Base):
    """A lead time of the laboratory; 30 and 7 days to begin with (db/migrations/sql)."""

    __tablename__ = "expiry_lead"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 730", name="days_known"),)

    days: Mapped[int] = mapped_column(primary_key=True)
    set_by: Mapped[UUID | None]
    set_by_name: Mapped[str] = mapped_column(short_text(), server_default=text("''"))
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class ExpiryTold(Base):
    """A project was told that a sample or a consent expires on a day, so long before it."""

    __tablename__ = "expiry_told"

    kind: Mapped[Expiring] = mapped_column(text_enum(Expiring), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    lead_days: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
