"""The search field and scans that nobody else has taken: to the thing, or to the list of things.

A barcode or a place is jumped to. Anything else is a question in the language of
backend/samples/finding.py; what is not understood is said, and the typed text stays.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from dash import Input, Output, State, ctx, no_update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.samples import finding, listed, windows
from backend.samples import queries as samples_queries
from backend.samples.finding import Finding
from backend.storage import queries as storage_queries
from dashboard import shell_ids as ids
from dashboard.callbacks import page_callback
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.samples.address import PATH, filters_of, to_query
from dashboard.session import current_principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Where a search leads, or the sentence that says why nowhere."""

    address: str | None = None
    sentence: str = ""


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
    answer = answer_to(code, current_principal(), scanned=scanned)
    if answer.address is None:
        tell(answer, code, current_principal())
        return no_update, no_update
    if scanned:
        answer_scan(Tone.OK, f"{code} found.")
    return answer.address, ""


def answer_to(typed: str, principal: Principal, *, scanned: bool = False) -> Answer:
    """Return where what was scanned or typed leads; a scan is a code and never a question."""
    with reading() as session:
        address = find_address(session, principal, typed)
        if address is not None or scanned or not principal.may(Permission.SAMPLES_VIEW):
            return Answer(address=address)
        return _ask(session, principal, typed)


def find_address(session: ReadSession, principal: Principal, code: str) -> str | None:
    """Return the page of the one thing that a code means, None where it means none or several."""
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
            return PATH + to_query([("text", code)])


def tell(answer: Answer, typed: str, principal: Principal) -> None:
    """Say why a search leads nowhere; of a code, offer to register it to who may."""
    if answer.sentence:
        toast(answer.sentence, tone=Tone.WARN)
        answer_scan(Tone.CRIT, answer.sentence)
        return
    register = ("Register this barcode", f"/register/single?{urlencode({'barcode': typed})}")
    toast(
        f"No sample, box or freezer of yours carries {typed}. Check the label.",
        tone=Tone.WARN,
        link=register if principal.may(Permission.SAMPLES_REGISTER) else None,
    )
    answer_scan(Tone.CRIT, f"{typed} is unknown.")


def not_understood(findings: tuple[Finding, ...]) -> str:
    """Return what was not understood as sentences, each with its place in what was typed."""
    return " ".join(
        f"“{each.typed}” (character {each.start + 1}) was not understood. {each.message}"
        for each in findings
    )


def _ask(session: ReadSession, principal: Principal, typed: str) -> Answer:
    today = clock.utc_now().astimezone(lab_zone()).date()
    reading_of = finding.read(typed, today)
    if reading_of.findings:
        return Answer(sentence=not_understood(reading_of.findings))
    pairs = reading_of.pairs
    if not pairs:
        return Answer(sentence="Write what to look for.")
    filters = filters_of(pairs, lab_zone())
    only_text = all(key == "text" for key, _ in pairs)
    if filters.place is not None and not listed.is_place_known(session, filters.place):
        return Answer(sentence=f"There is no place called {filters.place}. Check its label.")
    found = windows.first_rows(session, principal, filters=filters, limit=2)
    match found:
        case []:
            nothing = f"None of your samples matches {finding.write(pairs)}. Take a condition out."
            return Answer(sentence="" if only_text else nothing)
        case [only] if only_text:
            return Answer(address=f"/samples/{quote(only.barcode, safe='')}")
    return Answer(address=PATH + to_query(pairs))
