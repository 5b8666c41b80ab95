"""Choosing what becomes of a draft's rows whose samples are registered already."""

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.templates.ids import UPDATING, ImportId, RowMode
from backend.templates.service import rows as row_store
from backend.templates.service.registering import open_import
from backend.templates.service.settling import settle
from backend.templates.views import ImportView


def choose_row_mode(
    session: WriteSession, principal: Principal, *, import_id: ImportId, mode: RowMode
) -> ImportView:
    """Set a draft's row mode, judge every row by it, and return the draft.

    Raises:
        PermissionDenied: without the right to edit samples, for a mode that changes them.
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    if mode in UPDATING:
        principal.require(Permission.SAMPLES_EDIT)
    record = open_import(session, principal, import_id)
    old, record.row_mode = record.row_mode, mode
    rows = row_store.load_rows(session, record.id)
    return settle(
        session, principal, record, rows, old={"row_mode": old.value}, new={"row_mode": mode.value}
    )
