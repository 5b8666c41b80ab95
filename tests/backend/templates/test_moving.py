"""A draft's texts are carried to where its columns lead, by the database, as a person would."""

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates.models import ImportRow, ImportStepRow
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import ColumnMatch, Match
from backend.templates.service import moving, steps
from backend.templates.service.registering import open_import
from tests.factories.imports import make_draft, make_project_of, make_registrar

FIELDS = ("notes", "rin", "subject")
HEADINGS = ("Remark", "Integrity", "Donor")
Row = tuple[dict[str, str], dict[str, str], dict[str, str]]
"""Cells, extras and what a person wrote over."""


def _columns(fields: Sequence[str | None]) -> list[ColumnMatch]:
    return [
        ColumnMatch(
            column=at,
            heading=heading,
            match=Match.CHOSEN if field else Match.KEPT,
            field=FieldKey(field) if field else None,
            unit=None,
            unit_known=True,
            score=100,
            like="",
        )
        for at, (heading, field) in enumerate(zip(HEADINGS, fields, strict=True), start=1)
    ]


def _moved(row: Row, before: Sequence[str | None], after: Sequence[str | None]) -> Row:
    """Say what a row becomes, one column after the other."""
    cells, extras, sent = dict(row[0]), dict(row[1]), row[2]
    changed = [
        (heading, was, now)
        for heading, was, now in zip(HEADINGS, before, after, strict=True)
        if was != now
    ]
    said = {
        heading: row[0].get(was, "") if was else row[1].get(heading, "")
        for heading, was, _ in changed
    }
    for heading, was, _ in changed:
        extras.pop(heading, None)
        if was and was not in sent:
            cells.pop(was, None)
    for heading, _, now in changed:
        if now is None and said[heading]:
            extras[heading] = said[heading]
        elif now and now not in sent and said[heading]:
            cells[now] = said[heading]
    return cells, extras, sent


def _texts(names: Sequence[str]) -> st.SearchStrategy[dict[str, str]]:
    words = st.sampled_from(["a", "b'c", "8.2", "x:y ?"])
    return st.dictionaries(st.sampled_from(names), words, max_size=3)


_ROWS = st.lists(
    st.tuples(_texts(FIELDS), _texts(HEADINGS), _texts(FIELDS)), min_size=1, max_size=4
)
_LEADING = st.permutations([*FIELDS, None, None]).map(lambda found: found[:3])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=_ROWS, before=_LEADING, after=_LEADING)
def test_texts_go_where_their_column_leads_and_each_row_is_noted(
    session: WriteSession,
    principal_of: Callable[..., Principal],
    rows: list[Row],
    before: list[str | None],
    after: list[str | None],
) -> None:
    outer = session.begin_nested()
    person = make_registrar(session, principal_of)
    draft = make_draft(session, person, make_project_of(session, person)).id
    record = open_import(session, person, draft)
    for row in session.scalars(select(ImportRow).where(ImportRow.import_id == draft)):
        session.delete(row)
    session.flush()
    session.add_all(
        ImportRow(
            import_id=draft,
            number=number,
            state="ready",
            cells=cells,
            extras=extras,
            lines={},
            sent=sent,
            findings=[],
        )
        for number, (cells, extras, sent) in enumerate(rows)
    )
    step = steps.open_step(session, person, record, columns_after=[])

    moving.move_cells(session, draft, _columns(before), _columns(after), step=step)

    session.expire_all()
    found = session.scalars(
        select(ImportRow).where(ImportRow.import_id == draft).order_by(ImportRow.number)
    ).all()
    wanted = [_moved(row, before, after) for row in rows]
    assert [(row.cells, row.extras, row.sent) for row in found] == wanted
    noted = session.scalars(select(ImportStepRow).where(ImportStepRow.import_id == draft)).all()
    assert {each.number for each in noted} == {
        at for at, (was, now) in enumerate(zip(rows, wanted, strict=True)) if was != now
    }
    outer.rollback()


def test_only_rows_that_say_something_take_defaults(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project).id
    first, second = session.scalars(
        select(ImportRow).where(ImportRow.import_id == draft).order_by(ImportRow.number).limit(2)
    )
    first.cells, first.extras = {}, {}
    second.cells = {"name": "N", "notes": "own"}

    moving.fill_in(session, draft, {"notes": "default", "zone": "4 °C", "Ward": "B"})

    session.expire_all()
    assert (first.cells, first.extras) == ({}, {})
    assert second.cells == {"name": "N", "notes": "own", "zone": "4 °C"}
    assert second.extras["Ward"] == "B"
