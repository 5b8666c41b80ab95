"""What lists are told of very many samples that come in at once (backend/decisions/0021)."""

from uuid import UUID

from sqlalchemy import Identity, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base


class SampleInflux(Base):
    """Very many samples that came into a project at once, of which SampleChange holds no steps.

    A prepared list of the project's samples that does not see the transaction is unfit until it is
    written anew, as it is with as many steps. Rows that every list has seen are deleted.
    """

    __tablename__ = "sample_influx"
    __table_args__ = (PrimaryKeyConstraint("xid", "pos"),)

    pos: Mapped[int] = mapped_column(Identity(always=True), init=False)
    xid: Mapped[int] = mapped_column(server_default=text("pg_current_xact_id()::text::bigint"))
    project_id: Mapped[UUID]
    samples: Mapped[int]
