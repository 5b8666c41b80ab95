"""What happened to a sample before it was ours, as it was recorded."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.preanalytical.tables import Vessel


class SamplePreanalytical(Base):
    """Raw facts of a fluid or a solid sample, its derived code, and the one that stands instead.

    ``code`` is the one that counts, kept by the database itself so that none is stale.
    ``version`` counts changes; what stood before is in the audit trail.
    """

    __tablename__ = "sample_preanalytical"
    __table_args__ = (
        UniqueConstraint("sample_id"),
        # Found by its beginning, whatever the collation.
        Index(
            "ix_sample_preanalytical_code", "code", postgresql_ops={"code": "varchar_pattern_ops"}
        ),
        CheckConstraint("spun_at >= collected_at", name="spun_after_collection"),
        CheckConstraint("stored_at >= collected_at", name="stored_after_collection"),
        CheckConstraint("stored_at >= spun_at", name="stored_after_spin"),
        CheckConstraint("collected_at >= ischaemic_at", name="collected_after_ischaemia"),
        CheckConstraint("fixed_at >= collected_at", name="fixed_after_collection"),
        CheckConstraint("fixed_until >= fixed_at", name="fixed_for_a_time"),
        CheckConstraint("stored_at >= fixed_until", name="stored_after_fixation"),
        CheckConstraint("kept_at_c BETWEEN -200 AND 60", name="kept_at_possible"),
        CheckConstraint("storage_c BETWEEN -200 AND 60", name="storage_possible"),
        CheckConstraint(
            "num_nulls(override_code, override_reason, override_by_name) IN (0, 3)",
            name="override_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    version: Mapped[int]
    specimen: Mapped[str] = mapped_column(short_text(3))
    is_solid: Mapped[bool] = mapped_column(default=False)
    """Which columns hold facts: those of a fluid, or those of a solid sample."""
    collection: Mapped[str | None] = mapped_column(short_text(3), default=None)
    ischaemic_at: Mapped[datetime | None] = mapped_column(default=None)
    fixation: Mapped[str | None] = mapped_column(short_text(3), default=None)
    fixed_at: Mapped[datetime | None] = mapped_column(default=None)
    fixed_until: Mapped[datetime | None] = mapped_column(default=None)
    container: Mapped[str | None] = mapped_column(short_text(3), default=None)
    collected_at: Mapped[datetime | None] = mapped_column(default=None)
    kept_at_c: Mapped[Decimal | None] = mapped_column(Numeric(5, 1), default=None)
    is_spun: Mapped[bool | None] = mapped_column(default=None)
    spun_at: Mapped[datetime | None] = mapped_column(default=None)
    is_spun_twice: Mapped[bool | None] = mapped_column(default=None)
    stored_at: Mapped[datetime | None] = mapped_column(default=None)
    storage_c: Mapped[Decimal | None] = mapped_column(Numeric(5, 1), default=None)
    vessel: Mapped[Vessel | None] = mapped_column(text_enum(Vessel), default=None)
    derived_code: Mapped[str] = mapped_column(short_text(40))
    sprec_version: Mapped[str] = mapped_column(short_text(10))
    override_code: Mapped[str | None] = mapped_column(short_text(40), default=None)
    override_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
    override_by: Mapped[UUID | None] = mapped_column(default=None)
    override_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    code: Mapped[str] = mapped_column(
        short_text(40),
        Computed("coalesce(override_code, derived_code)", persisted=True),
        init=False,
    )
    recorded_by: Mapped[UUID | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
