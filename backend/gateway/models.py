"""Running processes, what probes measured, and when a part's state changed.

Raw probes are kept for two days. Half-hour sums carry the long view, so that ninety days of
history are some thousand rows and not some million.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.gateway.ids import Health


class ServiceInstance(Base):
    """A process of the program and until when its lease says that it lives."""

    __tablename__ = "service_instance"
    __table_args__ = (UniqueConstraint("service", "instance"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    service: Mapped[str] = mapped_column(short_text(60))
    instance: Mapped[str] = mapped_column(short_text())
    url: Mapped[str] = mapped_column(short_text(300), default="")
    version: Mapped[str] = mapped_column(short_text(40), default="")
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), init=False)
    lease_until: Mapped[datetime]


class ComponentHealth(Base):
    """The newest state of each part, and since when it has been so."""

    __tablename__ = "component_health"

    component: Mapped[str] = mapped_column(short_text(60), primary_key=True)
    status: Mapped[Health] = mapped_column(text_enum(Health))
    since: Mapped[datetime]
    checked_at: Mapped[datetime]
    latency_ms: Mapped[float | None]
    detail: Mapped[str] = mapped_column(short_text(500))


class HealthProbe(Base):
    """One measurement of one part. ``latency_ms`` is None where nothing answered."""

    __tablename__ = "health_probe"
    __table_args__ = (Index("ix_health_probe_at", "at"),)

    component: Mapped[str] = mapped_column(short_text(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[Health] = mapped_column(text_enum(Health))
    latency_ms: Mapped[float | None]


class HealthBucket(Base):
    """Sums of the probes of one part in one half hour."""

    __tablename__ = "health_bucket"
    __table_args__ = (Index("ix_health_bucket_start_at", "start_at"),)

    component: Mapped[str] = mapped_column(short_text(60), primary_key=True)
    start_at: Mapped[datetime] = mapped_column(primary_key=True)
    total: Mapped[int]
    degraded: Mapped[int]
    down: Mapped[int]
    measured: Mapped[int]
    latency_sum_ms: Mapped[float]


class HealthChange(Base):
    """A part's state became another, or a target outside is left alone: the incident log."""

    __tablename__ = "health_change"
    __table_args__ = (Index("ix_health_change_at", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    component: Mapped[str] = mapped_column(short_text(310))
    """A part, or ``breaker:`` and the name of a target outside."""
    at: Mapped[datetime]
    old: Mapped[Health] = mapped_column(text_enum(Health, named="old_health"))
    new: Mapped[Health] = mapped_column(text_enum(Health, named="new_health"))
    detail: Mapped[str] = mapped_column(short_text(500))
    label: Mapped[str] = mapped_column(short_text(300), server_default="", default="")
    """What people call a target outside; a part's name is known (`rules.label_of`)."""
