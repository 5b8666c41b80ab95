"""What projects have been told of days that come near."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, text_enum
from backend.samples.expiry_rules import Expiring


class ExpiryTold(Base):
    """A project was told that a sample or a consent expires on a day, so long before it."""

    __tablename__ = "expiry_told"

    kind: Mapped[Expiring] = mapped_column(text_enum(Expiring), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    lead_days: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
