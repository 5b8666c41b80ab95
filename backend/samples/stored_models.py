"""Everything that matched a view at a moment, kept so that one act can be done with all of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import BulkKind, BulkOutcome


class SampleQuery(Base):
    """A view of the list as somebody selected all of it: filters, order, when, how many."""

    __tablename__ = "sample_query"
    __table_args__ = (
        Index("ix_sample_query_owner", "owner_id", "taken_at"),
        CheckConstraint("total > 0", name="holds_something"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    filters: Mapped[dict[str, Any]]
    """SampleFilters; words such as “today” are days already."""
    sort: Mapped[str] = mapped_column(short_text(32))
    descending: Mapped[bool]
    total: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class SampleQueryBlock(Base):
    """Keys of some of the samples that matched, in their own order."""

    __tablename__ = "sample_query_block"

    query_id: Mapped[UUID] = mapped_column(
        ForeignKey("sample_query.id", ondelete="CASCADE"), primary_key=True
    )
    pos: Mapped[int] = mapped_column(primary_key=True)
    """Place of the first one, from 0."""
    ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))


class SampleAct(Base):
    """One act for everything in a stored query, done by a worker block by block.

    ``next_pos`` moves in the transaction of each block: a block is done once, whatever stops.
    """

    __tablename__ = "sample_act"
    __table_args__ = (Index("ix_sample_act_query", "query_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    query_id: Mapped[UUID] = mapped_column(ForeignKey("sample_query.id", ondelete="CASCADE"))
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"), unique=True)
    kind: Mapped[BulkKind] = mapped_column(text_enum(BulkKind))
    said: Mapped[dict[str, Any]]
    """BulkInput: step, kind of hold, reason, evidence."""
    requested_by: Mapped[UUID | None]
    disposal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("signed_disposal.id"), unique=True, default=None
    )
    """What a second person signed for before; no password comes here."""
    next_pos: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    came_since: Mapped[int | None] = mapped_column(default=None)
    """How many matched when the act began that had not when it was asked for; left alone."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class SampleActOutcome(Base):
    """What became of one sample in an act."""

    __tablename__ = "sample_act_outcome"
    __table_args__ = (
        CheckConstraint("(outcome = 'changed') = (reason = '')", name="says_why_not"),
    )

    act_id: Mapped[UUID] = mapped_column(
        ForeignKey("sample_act.id", ondelete="CASCADE"), primary_key=True
    )
    sample_id: Mapped[UUID] = mapped_column(primary_key=True)
    barcode: Mapped[str] = mapped_column(short_text(64))
    outcome: Mapped[BulkOutcome] = mapped_column(text_enum(BulkOutcome))
    reason: Mapped[str] = mapped_column(short_text(2000), default="", server_default="")
