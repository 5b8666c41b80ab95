"""Times in which an instrument is not there for runs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class InstrumentService(Base):
    """A booking of an instrument without libraries: it is serviced, calibrated or moved.

    Neither another service nor a run stands in its time. The first is the exclusion constraint's
    to say, the second the trigger's (db/migrations/sql/24_bookings.sql): a constraint sees one
    table only.
    """

    __tablename__ = "instrument_service"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("why <> ''", name="says_why"),
        ExcludeConstraint(
            (text("uuid_range(instrument_id, instrument_id, '[]')"), "&&"),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_instrument_service_one_at_a_time",
            using="gist",
        ),
        Index("ix_instrument_service_period", "starts_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(short_text(120))
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str] = mapped_column(short_text())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
