"""The search field and scans that nobody else has taken: to the one thing that matches."""

from typing import Any
from urllib.parse import quote, urlencode

from dash import Input, Output, State, ctx, no_update

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.storage import queries as storage_queries
from dashboard import shell_ids as ids
from dashboard.callbacks import page_callback
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.session import current_principal


@page_callback(
    Permission.ACCOUNT_SELF,
    Output(ids.URL, "href", allow_duplicate=True),
    Output(ids.SEARCH, "value"),
    Input(ids.SEARCH, "n_submit"),
    Input(ids.SCAN, "data"),
    State(ids.SEARCH, "value"),
    prevent_initial_call=True,
)
def search(_submits: int | None, scan: dict[str, Any] | None, typed: str | None) -> tuple[Any, Any]:
    """Go to what was scanned or typed; what nothing carries is offered for registration."""
    scanned = ctx.triggered_id == ids.SCAN and scan is not None
    code = str(scan["code"] if scanned and scan else typed or "").strip()
    if not code:
        return no_update, no_update
    with reading() as session:
        address = find_address(session, current_principal(), code)
    if address is None:
        tell_unknown(code, current_principal())
        return no_update, no_update
    if scanned:
        answer_scan(Tone.OK, f"{code} found.")
    return address, ""


def find_address(session: ReadSession, principal: Principal, code: str) -> str | None:
    """Return the page of the one thing that a code means, or the list of what it may mean."""
    if principal.may(Permission.SAMPLES_VIEW):
        exact = samples_queries.find_by_barcode(session, principal, code)
        if exact is not None:
            return f"/samples/{quote(exact.barcode, safe='')}"
    if principal.may(Permission.STORAGE_VIEW):
        node = storage_queries.find_node(session, principal, code)
        if node is not None:
            return f"/storage/{quote(node.path)}"
    if not principal.may(Permission.SAMPLES_VIEW):
        return None
    match samples_queries.search(session, principal, code, limit=2):
        case []:
            return None
        case [only]:
            return f"/samples/{quote(only.barcode, safe='')}"
        case _:
            return f"/samples?{urlencode({'q': code})}"


def tell_unknown(code: str, principal: Principal) -> None:
    """Say that nothing carries a code, and offer to register it to who may."""
    register = ("Register this barcode", f"/register/single?{urlencode({'barcode': code})}")
    toast(
        f"No sample, box or freezer of yours carries {code}. Check the label.",
        tone=Tone.WARN,
        link=register if principal.may(Permission.SAMPLES_REGISTER) else None,
    )
    answer_scan(Tone.CRIT, f"{code} is unknown.")
