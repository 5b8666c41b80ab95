"""Columns of values into PostgreSQL by COPY.

In COPY's text form: a text that a column repeats is written out once and lines are joined from
what was written, which takes a fifth of the time of dumping every cell in binary; the server
reads both equally fast.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
import psycopg
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

NULL = "\\N"
_ESCAPED = re.compile(r"[\\\t\n\r]")
# What a JSON text writes otherwise (RFC 8259, section 7), and halves of pairs, which UTF-8 refuses.
_NOT_PLAIN = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')
_Value = TypeVar("_Value")
_Written = TypeVar("_Written")


def copy_columns(session: Session, statement: str, columns: Sequence[Iterable[str]]) -> None:
    """Run ``COPY … FROM STDIN`` with columns of written values, all of one length."""
    copy_lines(session, statement, lines_of(columns))


def lines_of(columns: Sequence[Iterable[str]]) -> list[str]:
    """Return the lines that columns of written values are, without their ends."""
    return list(map("\t".join, zip(*columns, strict=True)))


def copy_lines(session: Session, statement: str, lines: Sequence[str]) -> None:
    """Run ``COPY … FROM STDIN`` with lines of `lines_of`.

    Raises:
        IntegrityError, OperationalError: of SQLAlchemy's, as any other statement would.
    """
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    if not lines:
        return
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("\n".join(lines) + "\n")
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error
    except psycopg.OperationalError as error:
        raise OperationalError(statement, None, error) from error


def texts_of(column: Sequence[Any]) -> list[str]:
    """Return `written` of every value of a column.

    A column of texts is looked through as one text: mostly no sign in it has to be escaped, and
    asking each cell takes longer than writing it.
    """
    if set(map(type, column)) != {str} or _ESCAPED.search("".join(column)):
        return each_once(column, written)
    return list(column)


def each_once(column: Sequence[_Value], write: Callable[[_Value], _Written]) -> list[_Written]:
    """Return ``write`` of every value, called once for each object however often it stands there.

    Objects, not equal values: 2.5 and 2.50 are two figures that a person wrote.
    """
    keys = list(map(id, column))
    known = dict(zip(keys, column, strict=True))
    if len(known) * 2 > len(column):
        return list(map(write, column))  # codes and names, which repeat nothing
    done = dict(zip(known, map(write, known.values()), strict=True))
    return list(map(done.__getitem__, keys))


def json_objects(
    members: Iterable[tuple[str, Sequence[Any]]],
    count: int,
    *,
    start: Mapping[str, Any] = MappingProxyType({}),
    default: Callable[[Any], Any] | None = None,
) -> list[str]:
    """Return a JSON object per row, written for COPY, of columns by name; empty cells left out.

    ``start`` holds members that every row has, ``default`` says what JSON has no form for.
    """

    def member(head: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        return head + escaped(orjson.dumps(value, default=default).decode())

    def column_of(name: str, column: Sequence[Any]) -> list[str]:
        head = _head(name)
        if set(map(type, column)) != {str} or _NOT_PLAIN.search("".join(column)):
            return each_once(column, partial(member, head))
        return [f'{head}"{value}"' if value else "" for value in column]

    same = "".join(member(_head(name), value) for name, value in start.items())
    parts = [column_of(name, column) for name, column in members]
    if not parts:
        return ["{" + same[1:] + "}"] * count
    rows = map("".join, zip(*parts, strict=True))
    return [f"{{{(same + row)[1:]}}}" for row in rows]


def _head(name: str) -> str:
    return f",{escaped(orjson.dumps(name).decode())}:"


def written(value: object) -> str:
    """Return a value as COPY's text form has it."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return escaped(value.value if isinstance(value, Enum) else value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a COPY")


def escaped(text: str) -> str:
    """Return a text, or a part of one, with the four signs escaped that COPY reads otherwise."""
    if text.isalnum():
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
