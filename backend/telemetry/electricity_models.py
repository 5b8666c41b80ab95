"""What electricity costs the laboratory; a change is a new version."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class ElectricityPrice(Base):
    """One version of the price; the highest holds."""

    __tablename__ = "electricity_price"
    __table_args__ = (
        CheckConstraint("price_per_kwh > 0", name="costs_something"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_iso_4217"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int] = mapped_column(unique=True)
    price_per_kwh: Mapped[Decimal] = mapped_column(Numeric(10, 5))
    currency: Mapped[str] = mapped_column(short_text(3))
    """Three letters of ISO 4217."""
    reason: Mapped[str] = mapped_column(short_text(500))
    set_by: Mapped[UUID | None]
    set_by_name: Mapped[str] = mapped_column(short_text())
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
