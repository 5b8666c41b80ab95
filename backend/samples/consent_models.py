"""What donors have agreed to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class Consent(Base):
    """One donor's consent, under the reference that the form carries.

    Samples are tied to it by ``sample.consent_id``; what is made from them inherits it by their
    lineage, so it is written down once. Withdrawn is for ever: a new agreement is a new consent.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("uq_consent_reference", text("lower(reference)"), unique=True),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal_reason IS NULL)", name="withdrawal_whole"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    reference: Mapped[str] = mapped_column(short_text(100))
    scope: Mapped[str] = mapped_column(short_text(500))
    """What it allows, in the form's words."""
    expires_on: Mapped[date | None] = mapped_column(default=None)
    """The last day on which it holds."""
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawal_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
