"""Rack scanners that people set up on the page; those of the settings have no row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.devices import ScannerDialect
from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum


class RackScannerRow(Base):
    """A rack scanner in the laboratory's network; the columns are those of `RackScanner`."""

    __tablename__ = "rack_scanner"
    __table_args__ = (
        CheckConstraint("port BETWEEN 1 AND 65535", name="port_possible"),
        CheckConstraint("dialect <> 'plain' OR trigger <> ''", name="plain_has_trigger"),
        CheckConstraint("wait_s > 0 AND wait_s <= 120", name="wait_in_range"),
        Index("uq_rack_scanner_name", text("lower(name)"), unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text(60))
    host: Mapped[str] = mapped_column(short_text(253))
    port: Mapped[int]
    dialect: Mapped[ScannerDialect] = mapped_column(text_enum(ScannerDialect))
    trigger: Mapped[str] = mapped_column(short_text(200))
    terminator: Mapped[str] = mapped_column(short_text(20))
    delimiter: Mapped[str] = mapped_column(short_text(1))
    by_columns: Mapped[bool]
    wait_s: Mapped[float]
    """How long a scan may take, in seconds."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
