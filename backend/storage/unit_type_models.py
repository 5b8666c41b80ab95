"""Types of units. A type that changes has a further version; units know none, they are made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import TemperatureClass
from backend.storage.ids import LooseIn, NodeKind, Numbering


class UnitType(Base):
    """A kind of freezer, tank, fridge or cabinet, and how one is divided."""

    __tablename__ = "unit_type"
    __table_args__ = (
        # However a name is typed it is the same one.
        Index("uq_unit_type_lower_name", text("lower(name)"), "version", unique=True),
        CheckConstraint(
            "jsonb_array_length(levels) > 0 AND box_slots > 0", name="divided_into_places"
        ),
        CheckConstraint("(box_rows > 0) = (box_columns > 0)", name="box_whole_or_none"),
        CheckConstraint("biosafety_level BETWEEN 1 AND 4", name="biosafety_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text(80))
    version: Mapped[int] = mapped_column(default=1)
    temperature_class: Mapped[TemperatureClass] = mapped_column(text_enum(TemperatureClass))
    setpoint_c: Mapped[float | None]
    biosafety_level: Mapped[int] = mapped_column(default=2)
    levels: Mapped[list[Any]]
    """How it is divided, from outside in: kind, number and labels of each (`LevelIn`)."""
    box_slots: Mapped[int]
    """Boxes that one of the innermost of them takes."""
    box_kind: Mapped[NodeKind] = mapped_column(text_enum(NodeKind), default=NodeKind.BOX)
    box_rows: Mapped[int] = mapped_column(default=0)
    """With ``box_columns`` the boxes that a unit of the type comes with; zero: with none."""
    box_columns: Mapped[int] = mapped_column(default=0)
    box_numbering: Mapped[Numbering] = mapped_column(
        text_enum(Numbering), default=Numbering.LETTERS
    )
    loose: Mapped[LooseIn] = mapped_column(text_enum(LooseIn), default=LooseIn.NOWHERE)
    note: Mapped[str] = mapped_column(short_text(300), default="")
    is_closed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """No further unit is made from it; said of the newest version."""
    made_by_name: Mapped[str] = mapped_column(short_text())
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
