"""Which calibrations have been told of."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base


class CalibrationTold(Base):
    """People were told, so many days before, that a sensor's calibration is due on a day."""

    __tablename__ = "calibration_told"

    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    lead_days: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
