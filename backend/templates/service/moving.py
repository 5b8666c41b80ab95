"""Carrying a draft's texts to where its columns lead, in the table itself, however many rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from backend.core.sessions import WriteSession
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.headings import USED, ColumnMatch, Match

# A column that fills a field keeps its texts in the row's cells, any other one in its extras, by
# heading. What a person wrote into a field (``sent``) stays; an empty text leaves nothing.
_SAID = """
SELECT to_field, heading, CASE WHEN from_field IS NULL THEN r.extras ->> heading
                               ELSE r.cells ->> from_field END AS said
FROM unnest(CAST(:from_fields AS text[]), CAST(:to_fields AS text[]), CAST(:headings AS text[]))
    AS move (from_field, to_field, heading)
"""
_CELLS = f"""
(r.cells - ARRAY(SELECT field FROM unnest(CAST(:from_fields AS text[])) AS gone (field)
                 WHERE field IS NOT NULL AND NOT r.sent ? field))
|| coalesce((SELECT jsonb_object_agg(to_field, said) FROM ({_SAID}) AS moved
             WHERE to_field IS NOT NULL AND said <> '' AND NOT r.sent ? to_field), '{{}}')
"""  # noqa: S608 constants of this module
_EXTRAS = f"""
(r.extras - CAST(:headings AS text[]))
|| coalesce((SELECT jsonb_object_agg(heading, said) FROM ({_SAID}) AS moved
             WHERE to_field IS NULL AND said <> ''), '{{}}')
"""  # noqa: S608 constants of this module
_OPEN = "r.import_id = :import_id AND r.state <> 'registered'"
_MOVE = text(f"UPDATE import_row AS r SET cells = {_CELLS}, extras = {_EXTRAS} WHERE {_OPEN}")  # noqa: S608 as above
_NOTE = text(f"""
INSERT INTO import_step_row (import_id, step, number, before, after)
SELECT import_id, :step, number,
       kept || jsonb_build_object('cells', cells, 'extras', extras),
       kept || jsonb_build_object('cells', new_cells, 'extras', new_extras)
FROM (
    SELECT r.import_id, r.number, r.cells, r.extras, {_CELLS} AS new_cells, {_EXTRAS} AS new_extras,
           jsonb_build_object('lines', r.lines, 'sent', r.sent, 'kept', r.kept) AS kept
    FROM import_row AS r WHERE {_OPEN}
) AS moving WHERE (cells, extras) IS DISTINCT FROM (new_cells, new_extras)
""")  # noqa: S608 constants of this module
_MOVE_NOTED = text("""
UPDATE import_row AS r SET cells = noted.after -> 'cells', extras = noted.after -> 'extras'
FROM import_step_row AS noted
WHERE noted.import_id = :import_id AND noted.step = :step
    AND r.import_id = noted.import_id AND r.number = noted.number
""")
# A row without any text stays empty: it stands for nothing that could have a default.
_FILL = text(f"""
UPDATE import_row AS r
SET cells = CAST(:cells AS jsonb) || r.cells, extras = CAST(:extras AS jsonb) || r.extras
WHERE {_OPEN} AND (r.cells <> '{{}}' OR r.extras <> '{{}}')
""")  # noqa: S608 constants of this module


def is_moving(before: Sequence[ColumnMatch], after: Sequence[ColumnMatch]) -> bool:
    """Tell whether a text of any row would go elsewhere."""
    return bool(_moves(before, after)["headings"])


def move_cells(
    session: WriteSession,
    import_id: UUID,
    before: Sequence[ColumnMatch],
    after: Sequence[ColumnMatch],
    *,
    step: int | None = None,
) -> None:
    """Carry the texts of rows that are not registered along; the same columns before and after.

    With ``step`` each row that changes is noted in it, as it was and as it becomes.
    """
    if not is_moving(before, after):
        return
    session.flush()
    asked = {"import_id": import_id, **_moves(before, after)}
    if step is None:
        session.execute(_MOVE, asked)
        return
    session.execute(_NOTE, {**asked, "step": step})
    session.execute(_MOVE_NOTED, {"import_id": import_id, "step": step})


def fill_in(session: WriteSession, import_id: UUID, defaults: Mapping[str, str]) -> None:
    """Give empty cells of rows that say something their defaults, by field or own title."""
    if not defaults:
        return
    session.flush()
    cells = {name: said for name, said in defaults.items() if name in BY_KEY}
    extras = {name: said for name, said in defaults.items() if name not in BY_KEY}
    parts = {"cells": orjson.dumps(cells).decode(), "extras": orjson.dumps(extras).decode()}
    session.execute(_FILL, {"import_id": import_id, **parts})


def _moves(before: Sequence[ColumnMatch], after: Sequence[ColumnMatch]) -> dict[str, Any]:
    now = {match.column: _field_of(match) for match in after}
    moved = [match for match in before if _field_of(match) != now[match.column]]
    return {
        "from_fields": [_field_of(match) for match in moved],
        "to_fields": [now[match.column] for match in moved],
        "headings": [match.heading for match in moved],
    }


def _field_of(match: ColumnMatch) -> str | None:
    used = match.match in USED - {Match.REPEATED}
    return match.field.value if used and isinstance(match.field, FieldKey) else None
