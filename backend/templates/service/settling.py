"""After a change: the whole draft is checked again, and what is different is written."""

from collections.abc import Mapping, Sequence

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.templates.events import ImportEdited
from backend.templates.models import ImportRow, SampleImport
from backend.templates.own_columns import UNIT_DIFFERS
from backend.templates.plain import finding_out
from backend.templates.service import rows as row_store
from backend.templates.service.registering import recheck


def settle(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    rows: Sequence[ImportRow],
    *,
    old: Mapping[str, str],
    new: Mapping[str, str],
) -> None:
    """Check the changed draft, write what is different, and record the change."""
    _, checked = recheck(session, record, rows)
    row_store.take_outcome(rows, checked)
    file_findings = [f for f in record.findings if f["code"] not in _COLUMN_CODES]
    record.findings = file_findings + [finding_out(f) for f in checked.column_findings]
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
