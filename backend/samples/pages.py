"""Pages of samples for the API: PostgreSQL writes each row's JSON, and it is passed on as it comes.

Other programs read the whole laboratory through here, so nothing is built between the rows and the
text: no entity, no enum, no model, not even a tuple of values.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
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
from backend.samples.sprec_codes import Seen

MOST_ROWS = 5_000
"""Longer than other lists' pages: rows are narrow, and every request costs its gate once."""


def _word(column: Any) -> ColumnElement[str]:
    """Return a closed vocabulary's column as the text that it is stored as."""
    return type_coerce(column, String)


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
        "volume_ul": Sample.volume_ul,
        "concentration_ng_per_ul": Sample.concentration_ng_per_ul,
        "rin": Sample.rin,
        "din": Sample.din,
        "received_at": Sample.received_at,
        "created_at": Sample.created_at,
    }
)
"""What a row of the list says, by name."""

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


def _as_json(rows: Select[*tuple[Any, ...]]) -> Select[str]:
    """Select the text of each row's JSON, in the rows' order."""
    row = rows.subquery("row")
    text = cast(func.row_to_json(row.table_valued()), Text)
    return select(text).order_by(row.c.created_at.desc(), row.c.id.desc())


_FIRST_PAGE, _LATER_PAGE = _as_json(_NEWEST_FIRST), _as_json(_AFTER)


def page_rows(
    scope: listed.Scope,
    filters: SampleFilters,
    *,
    seen: Seen,
    cursor: str | None,
    limit: int,
) -> tuple[Select[str], dict[str, Any]]:
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
    wanted = listed.conditions(Sample, scope, filters, seen=seen)
    if wanted:
        return _as_json(statement.where(*wanted)), asked
    return (_FIRST_PAGE if cursor is None else _LATER_PAGE), asked


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
    statement, asked = page_rows(
        scope, filters, seen=listed.seen_by(principal), cursor=cursor, limit=limit + 1
    )
    # As the server sent them: to be read and written as text again, they would take a tenth longer.
    with session.connection().execute(statement, asked) as answer:
        sent = answer.cursor.pgresult
        rows = [sent.get_value(at, 0) for at in range(sent.ntuples)]
    following = orjson.dumps(_after(rows[limit - 1]) if len(rows) > limit else None)
    return b'{"items":[%b],"next_cursor":%b}' % (b",".join(rows[:limit]), following)


def _after(row: bytes) -> str:
    """Return the cursor that leads on from a row."""
    last = orjson.loads(row)
    return encode_moment(datetime.fromisoformat(last["created_at"]), UUID(last["id"]))


def _require_length(limit: int) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise InvalidInput(
            f"A page holds 1 to {MOST_ROWS:,} samples; {limit} were asked for.",
            fields={"limit": f"Choose 1 to {MOST_ROWS:,}."},
        )
