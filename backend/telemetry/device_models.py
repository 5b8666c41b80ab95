"""Tokens of loggers: what each may record for, and when it was heard last."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class DeviceToken(Base):
    """A key that records readings and does nothing else; only its SHA-256 is kept.

    It holds for the sensors of one unit, those that come to it later too, or for the sensors that
    are named in `DeviceTokenSensor`.
    """

    __tablename__ = "device_token"
    __table_args__ = (
        # Two that hold at one time are told apart by their names.
        Index(
            "uq_device_token_name",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        CheckConstraint("(unit_id IS NULL) = (unit_label IS NULL)", name="unit_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str] = mapped_column(short_text(80))
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(short_text())
    unit_id: Mapped[UUID | None] = mapped_column(default=None)
    """No foreign key: telemetry lies below storage."""
    unit_label: Mapped[str | None] = mapped_column(short_text(60), default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    minute: Mapped[datetime | None] = mapped_column(default=None)
    requests: Mapped[int] = mapped_column(server_default="0", default=0)
    """How many came in ``minute``."""
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class DeviceTokenSensor(Base):
    """A sensor that a token may record for."""

    __tablename__ = "device_token_sensor"

    token_id: Mapped[UUID] = mapped_column(ForeignKey("device_token.id"), primary_key=True)
    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True, index=True)
