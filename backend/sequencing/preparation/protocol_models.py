"""Protocols of library preparation; every version is a row of its own."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import MaterialType
from backend.sequencing.preparation.ids import ProtocolState


class LibraryProtocol(Base):
    """One version of how libraries are made."""

    __tablename__ = "library_protocol"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        Index(
            "uq_library_protocol_draft",
            "name",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        CheckConstraint(
            "0 < input_ng_min AND input_ng_min <= input_ng_target "
            "AND input_ng_target <= input_ng_max",
            name="input_in_order",
        ),
        CheckConstraint(
            "0 < pipette_min_ul AND pipette_min_ul <= input_volume_ul", name="volume_in_order"
        ),
        CheckConstraint("final_volume_ul > 0", name="final_volume_positive"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_once"),
        CheckConstraint("(kit_key = '') = (kit_version IS NULL)", name="kit_has_version"),
        CheckConstraint(
            "no_template_controls BETWEEN 0 AND 8 AND positive_controls BETWEEN 0 AND 8",
            name="controls_few",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text(120))
    version: Mapped[int]
    state: Mapped[ProtocolState] = mapped_column(
        text_enum(ProtocolState), default=ProtocolState.DRAFT
    )
    input_material: Mapped[MaterialType] = mapped_column(
        text_enum(MaterialType, named="input_material")
    )
    output_material: Mapped[MaterialType] = mapped_column(
        text_enum(MaterialType, named="output_material")
    )
    input_ng_min: Mapped[Decimal]
    input_ng_target: Mapped[Decimal]
    input_ng_max: Mapped[Decimal]
    input_volume_ul: Mapped[Decimal]
    """Sample and diluent together, µL: what every well is filled to."""
    pipette_min_ul: Mapped[Decimal]
    final_volume_ul: Mapped[Decimal]
    """Of the finished library, µL."""
    fragment_size_bp: Mapped[int | None]
    """Expected, with adapters."""
    index_kit: Mapped[str] = mapped_column(short_text(80))
    index_pairs: Mapped[list[Any]]
    """Well, name, i7 and i5 of each pair, as the kit's plate has them."""
    reagents: Mapped[list[Any]]
    """Names of the kits of which a lot is needed."""
    no_template_controls: Mapped[int]
    positive_controls: Mapped[int]
    no_template_limit_ng_per_ul: Mapped[Decimal | None]
    positive_least_ng_per_ul: Mapped[Decimal | None]
    notes: Mapped[str] = mapped_column(short_text(2000))
    made_by_name: Mapped[str] = mapped_column(short_text())
    kit_key: Mapped[str] = mapped_column(short_text(60), default="")
    """Index kit of the reference data whose pairs were copied; "" for pairs that were pasted."""
    kit_version: Mapped[int | None] = mapped_column(default=None)
    """Number of the kit's version that was copied."""
    assay: Mapped[str] = mapped_column(short_text(60), default="", server_default=text("''"))
    """Assay of the reference data that its libraries are made for; "" for none."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    published_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
