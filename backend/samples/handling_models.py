"""The laboratory's rules per material; a change is a new version."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import MaterialType


class HandlingPolicy(Base):
    """One version of a material's rules; the highest is in force."""

    __tablename__ = "handling_policy"
    __table_args__ = (UniqueConstraint("material_type", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    material_type: Mapped[MaterialType] = mapped_column(text_enum(MaterialType))
    version: Mapped[int]
    thaw_limit: Mapped[int | None]
    good_for_days: Mapped[int | None]
    keep_for_days: Mapped[int | None]
    disposal_witnessed: Mapped[bool]
    set_by: Mapped[UUID | None]
    set_by_name: Mapped[str] = mapped_column(short_text())
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
