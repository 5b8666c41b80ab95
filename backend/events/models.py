"""The event log (outbox), the audit trail, consumers' checkpoints and dead letters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class Aggregate(Base):
    """The version of each thing that events speak of; bumping it orders the thing's events."""

    __tablename__ = "aggregate"

    type: Mapped[str] = mapped_column(short_text(40), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class OutboxEvent(Base):
    """A past-tense fact, written in the transaction that made it true.

    ``pos`` is stamped later by the one leader, on committed rows in id order; consumers of record
    read ``pos > checkpoint``, which cannot skip (RELIABILITY section 2).
    """

    __tablename__ = "outbox_event"
    __table_args__ = (
        UniqueConstraint("aggregate_type", "aggregate_id", "seq"),
        Index("ix_outbox_event_unsequenced", "id", postgresql_where=text("pos IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    event_id: Mapped[UUID] = mapped_column(default_factory=new_id, unique=True)
    aggregate_type: Mapped[str] = mapped_column(short_text(40))
    aggregate_id: Mapped[UUID]
    seq: Mapped[int]
    type: Mapped[str] = mapped_column(short_text(80))
    schema_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(short_text())
    request_id: Mapped[str] = mapped_column(short_text(64))
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), init=False)
    pos: Mapped[int | None] = mapped_column(BigInteger, default=None, unique=True)


class AuditEntry(Base):
    """Who did what to which record, with old and new values; append-only, sealed into a chain.

    The trigger in db/migrations/sql refuses UPDATE of facts, DELETE and TRUNCATE. The leader
    sets ``pos``, ``previous_hash`` and ``hash`` in id order.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_unsealed", "id", postgresql_where=text("pos IS NULL")),
        # Whoever writes an entry does not wait for an index of the chain that it is not in yet.
        Index("uq_audit_entry_pos", "pos", unique=True, postgresql_where=text("pos IS NOT NULL")),
        Index("ix_audit_entry_entity", "entity", "entity_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), init=False)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(short_text())
    origin: Mapped[str] = mapped_column(short_text(16))
    request_id: Mapped[str] = mapped_column(short_text(64))
    action: Mapped[str] = mapped_column(short_text(80))
    entity: Mapped[str] = mapped_column(short_text(40))
    entity_id: Mapped[UUID]
    old_values: Mapped[dict[str, Any] | None]
    new_values: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None] = mapped_column(short_text(1000))
    pos: Mapped[int | None] = mapped_column(BigInteger, default=None)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)


class ChainCheck(Base):
    """A scheduled check of the audit chain; the next one starts where a good one ended.

    Written once, like what it checks (db/migrations/sql/17_chain_checks.sql).
    """

    __tablename__ = "audit_chain_check"
    __table_args__ = (
        CheckConstraint("(broken_pos IS NULL) = (said IS NULL)", name="broken_says_why"),
        CheckConstraint("from_pos >= 0 AND to_pos >= from_pos", name="goes_forward"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    is_whole: Mapped[bool]
    """It began at the first entry."""
    started_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), init=False)
    from_pos: Mapped[int] = mapped_column(BigInteger)
    """The position that was known to be right before; 0 for none."""
    to_pos: Mapped[int] = mapped_column(BigInteger)
    """The last position that follows from those before it."""
    to_hash: Mapped[bytes] = mapped_column(LargeBinary)
    broken_pos: Mapped[int | None] = mapped_column(BigInteger, default=None)
    said: Mapped[str | None] = mapped_column(short_text(500), default=None)


class Consumer(Base):
    """A consumer of the event log and how far it has come; moved in its effect's transaction."""

    __tablename__ = "event_consumer"

    name: Mapped[str] = mapped_column(short_text(80), primary_key=True)
    pos: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), init=False
    )


class DeadLetter(Base):
    """An event that a consumer could not apply; later events of the same aggregate wait for it."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        UniqueConstraint("consumer", "event_pos"),
        Index(
            "ix_dead_letter_open",
            "consumer",
            "aggregate_type",
            "aggregate_id",
            "event_pos",
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    consumer: Mapped[str] = mapped_column(short_text(80))
    event_pos: Mapped[int]
    aggregate_type: Mapped[str] = mapped_column(short_text(40))
    aggregate_id: Mapped[UUID]
    error: Mapped[str] = mapped_column(short_text(2000))
    attempts: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    last_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    retry_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolution: Mapped[str | None] = mapped_column(short_text(1000), default=None)


class LiveTopic(Base):
    """The position of the newest event of each domain: what open pages compare theirs with."""

    __tablename__ = "live_topic"

    topic: Mapped[str] = mapped_column(short_text(40), primary_key=True)
    version: Mapped[int]
