"""What became of an import's rows, and what is left of them: files written as rows are read."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from sqlalchemy import ColumnElement, select, text

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.ids import ImportId
from backend.templates.models import ImportRow
from backend.templates.plain import finding_in
from backend.templates.problem_list import write_problems
from backend.templates.reading.batch import RowState
from backend.templates.result_workbook import write_workbook
from backend.templates.views import ResultRow

_ROWS_AT_ONCE = 2_000
# Names of cells that any row has, in the order of their first appearance.
_NAMES = """
SELECT name FROM import_row, LATERAL jsonb_object_keys({part}) WITH ORDINALITY AS key (name, place)
WHERE import_id = :import_id{among} GROUP BY name ORDER BY min(ARRAY[number, place])
"""
_FIELDS, _OWN = (text(_NAMES.format(part=part, among="")) for part in ("cells", "extras"))
_LEFT_FIELDS, _LEFT_OWN = (
    text(_NAMES.format(part=part, among=" AND state <> 'registered'"))
    for part in ("cells", "extras")
)


def result_file(
    session: ReadSession, principal: Principal, import_id: ImportId
) -> tuple[str, IO[bytes]]:
    """Return the name of the list and its result, open at its start; closing it removes it.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    with _handed_out() as made:
        name = write_result(session, principal, import_id, made)
    return name, made


def problem_file(
    session: ReadSession, principal: Principal, import_id: ImportId
) -> tuple[str, IO[bytes]]:
    """Return the name of the list and the rows that are left of it with what is wrong with each.

    A CSV file, open at its start; closing it removes it.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    head = queries.get_head(session, principal, import_id)
    asked = {"import_id": import_id}
    with _handed_out() as made:
        write_problems(
            made,
            head,
            written=session.scalars(_LEFT_FIELDS, asked).all(),
            own=session.scalars(_LEFT_OWN, asked).all(),
            rows=_rows(session, principal, import_id, ImportRow.state != RowState.REGISTERED),
        )
    return head.file_name, made


@contextmanager
def _handed_out() -> Iterator[IO[bytes]]:
    """Yield a file to write; once it is whole it stays open, at its start, else it is closed."""
    with ExitStack() as until_whole:
        made = until_whole.enter_context(tempfile.TemporaryFile())
        yield made
        until_whole.pop_all()
    made.seek(0)


def write_result(
    session: ReadSession, principal: Principal, import_id: ImportId, target: IO[bytes]
) -> str:
    """Write an import's result as an .xlsx, some rows in memory at a time; return the list's name.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    head = queries.get_head(session, principal, import_id)
    asked = {"import_id": import_id}
    write_workbook(
        target,
        head,
        written=session.scalars(_FIELDS, asked).all(),
        own=session.scalars(_OWN, asked).all(),
        rows=_rows(session, principal, import_id),
    )
    return head.file_name


def _rows(
    session: ReadSession,
    principal: Principal,
    import_id: ImportId,
    *which: ColumnElement[bool],
) -> Iterator[ResultRow]:
    row = ImportRow.__table__.c
    seen = samples_queries.visible_samples(principal)
    sample = seen.with_only_columns(Sample.id, Sample.barcode).subquery()
    found = session.execute(
        select(row.state, row.cells, row.extras, row.findings, sample.c.barcode)
        .outerjoin_from(ImportRow, sample, sample.c.id == row.sample_id)
        .where(row.import_id == import_id, *which)
        .order_by(row.number)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for each in found:
        yield ResultRow(
            state=RowState(each.state),
            cells=each.cells,
            extras=each.extras,
            findings=[finding_in(finding) for finding in each.findings],
            sample_barcode=each.barcode or "",
        )
