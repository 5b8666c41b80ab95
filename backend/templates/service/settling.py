"""After a change: the whole draft is checked again, and what is different is written.

The rows are read in parts and judged where they are stored, so that the edit of one cell of a long
draft makes no object of each of its rows.
"""

from collections.abc import Callable, Mapping

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.templates.events import ImportEdited
from backend.templates.models import SampleImport
from backend.templates.own_columns import UNIT_DIFFERS
from backend.templates.plain import finding_out
from backend.templates.service import rows as row_store
from backend.templates.service.registering import recheck


def settle(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    *,
    old: Mapping[str, str],
    new: Mapping[str, str],
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> None:
    """Check the changed draft, write what is different, and record the change.

    Rows of it that the session holds are read again when they are asked what is wrong with them.
    ``tell`` hears how many rows of how many are judged; what it raises ends the act.
    """
    session.flush()
    stored = recheck(session, record)
    for rows in row_store.parts_of(len(stored.batch.numbers)):
        stored.write(session, record.id, rows, stored.prepared(rows), {})
        tell(rows.stop, len(stored.batch.numbers))
    row_store.forget_outcomes(session)
    file_findings = [f for f in record.findings if f["code"] not in _COLUMN_CODES]
    record.findings = file_findings + [finding_out(f) for f in stored.checked.column_findings]
    session.flush()
    event = ImportEdited(aggregate_id=record.id, cells=len(new))
    events_service.record(session, principal, event, old=old, new=new)


# Findings that checking makes anew each time; the others were made when the file was read.
_COLUMN_CODES = frozenset(
    {
        "heading_near",
        "heading_doubtful",
        "heading_kept",
        "heading_blank",
        "heading_repeated",
        "unit_not_named",
        "unit_read",
        "barcode_from_id",
        "figure_of_extract",
        UNIT_DIFFERS,
    }
)
