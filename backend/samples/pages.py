"""Pages of samples for the API: from the driver's rows to JSON without an object per sample.

Other programs read the whole laboratory through here, so nothing is built between the rows and the
text: no entity, no enum, no model. (PostgreSQL's own row_to_json was measured too; it takes twice
as long as sending the rows and writing them here.)
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    select,
    tuple_,
    type_coerce,
)

from backend.core.errors import InvalidInput
from backend.core.paging import decode_moment, encode_moment
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import listed
from backend.samples.models import Project, Sample
from backend.samples.schemas import SampleFilters

MOST_ROWS = 5_000
"""Longer than other lists' pages: rows are narrow, and every request costs its gate once."""


def _word(column: Any) -> ColumnElement[str]:
    """Return a closed vocabulary's column as the text that it is stored as."""
    return type_coerce(column, String)


def _number(column: Any) -> ColumnElement[float]:
    """Return an exact amount as the number that a reader of JSON gets anyway."""
    return cast(column, Double)


COLUMNS: Mapping[str, Any] = MappingProxyType(
    {
        "id": Sample.id,
        "barcode": Sample.barcode,
        "name": Sample.name,
        "project_code": Project.code,
        "material_type": _word(Sample.material_type),
        "status": Sample.status,
        "custody": _word(Sample.custody),
        "qc_verdict": _word(Sample.qc_verdict),
        "priority": _word(Sample.priority),
        "temperature_class": _word(Sample.temperature_class),
        "subject_code": Sample.subject_code,
        "volume_ul": _number(Sample.volume_ul),
        "concentration_ng_per_ul": _number(Sample.concentration_ng_per_ul),
        "rin": _number(Sample.rin),
        "din": _number(Sample.din),
        "received_at": Sample.received_at,
        "created_at": Sample.created_at,
    }
)
"""What a row of the list says, by name."""

_NAMES = tuple(COLUMNS)
_ID, _CREATED_AT = _NAMES.index("id"), _NAMES.index("created_at")
_SELECTED = select(*(column.label(name) for name, column in COLUMNS.items())).join(
    Project, Project.id == Sample.project_id
)


_NEWEST_FIRST = _SELECTED.order_by(Sample.created_at.desc(), Sample.id.desc()).limit(
    bindparam("rows", type_=Integer)
)
_AFTER = _NEWEST_FIRST.where(
    tuple_(Sample.created_at, Sample.id)
    < tuple_(bindparam("created_at", type_=DateTime(timezone=True)), bindparam("id", type_=Uuid))
)


def page_rows(
    scope: listed.Scope, filters: SampleFilters, *, cursor: str | None, limit: int
) -> tuple[Select[*tuple[Any, ...]], dict[str, Any]]:
    """Select a page's rows, newest first; the parameters go with the statement.

    Without filters the statement is the same object every time, which SQLAlchemy knows by heart.

    Raises:
        InvalidInput: a cursor that is not ours.
    """
    asked: dict[str, Any] = {"rows": limit}
    statement = _NEWEST_FIRST
    if cursor is not None:
        asked["created_at"], asked["id"] = decode_moment(cursor)
        statement = _AFTER
    wanted = listed.conditions(Sample, scope, filters)
    return (statement.where(*wanted) if wanted else statement), asked


def json_page(
    session: ReadSession,
    principal: Principal,
    *,
    filters: SampleFilters,
    cursor: str | None = None,
    limit: int = 50,
) -> bytes:
    """Return a page of the visible samples as JSON: ``{"items": […], "next_cursor": …}``.

    Raises:
        InvalidInput: a cursor that is not ours, or a limit outside 1 to MOST_ROWS.
    """
    principal.require(Permission.SAMPLES_VIEW)
    _require_length(limit)
    scope = listed.scope_of(session, principal, filters)
    # One row more says whether another page follows.
    statement, asked = page_rows(scope, filters, cursor=cursor, limit=limit + 1)
    # The driver's own rows: their types are those of the page already.
    with session.connection().execute(statement, asked) as answer:
        rows = answer.cursor.fetchall() if answer.cursor is not None else []
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        following = encode_moment(shown[-1][_CREATED_AT], shown[-1][_ID])
    page = {"items": _items(shown), "next_cursor": following}
    return orjson.dumps(page, option=orjson.OPT_UTC_Z)


def _items(rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return rows by name. Spelled out: building from a list of names takes twice as long."""
    return [
        {
            "id": key,
            "barcode": barcode,
            "name": name,
            "project_code": project_code,
            "material_type": material_type,
            "status": status,
            "custody": custody,
            "qc_verdict": qc_verdict,
            "priority": priority,
            "temperature_class": temperature_class,
            "subject_code": subject_code,
            "volume_ul": volume_ul,
            "concentration_ng_per_ul": concentration_ng_per_ul,
            "rin": rin,
            "din": din,
            "received_at": received_at,
            "created_at": created_at,
        }
        for (
            key,
            barcode,
            name,
            project_code,
            material_type,
            status,
            custody,
            qc_verdict,
            priority,
            temperature_class,
            subject_code,
            volume_ul,
            concentration_ng_per_ul,
            rin,
            din,
            received_at,
            created_at,
        ) in rows
    ]


def _require_length(limit: int) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise InvalidInput(
            f"A page holds 1 to {MOST_ROWS:,} samples; {limit} were asked for.",
            fields={"limit": f"Choose 1 to {MOST_ROWS:,}."},
        )
