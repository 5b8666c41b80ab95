"""Base of every table. Rows are compared by identity, and nothing loads itself lazily."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Enum, MetaData, Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column, relationship

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass_transform(
    kw_only_default=True, eq_default=False, field_specifiers=(mapped_column, relationship)
)
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """Declarative base: keyword construction, aware instants, exact decimals, JSONB for dicts."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 3),
        int: BigInteger(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


def text_enum(enum: type[StrEnum], *, named: str = "") -> Enum:
    """Return text with a CHECK of the enum's values; no PostgreSQL enum to migrate.

    ``named`` tells two such columns of one table apart.
    """
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        name=f"{named or enum.__name__.lower()}_known",
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def short_text(length: int = 200) -> String:
    """Return a bounded text column type; the bound keeps a pasted novel out of a name."""
    return String(length)
