"""One sample: what it is, where it stands, what happened to it, and what may be done with it."""

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Principal
from backend.core.transaction import reading
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.custody import panels as custody_panels
from dashboard.pages.samples import (
    detail_act_dialogs,
    detail_arrival,
    detail_attachments,
    detail_custody,
    detail_dialogs,
    detail_family,
    detail_history,
    detail_past,
    detail_preanalytical_dialog,
    detail_regions,
)
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_facts import SampleFacts, facts_of
from dashboard.session import current_principal

TABS = (("Sample", ""), ("History", "history"), ("Family", "family"))


def detail_layout(*, barcode: str, tab: str = "", view: str = "", asof: str = "", **_: str) -> Page:
    """Draw a sample; an unknown one and one of other people's projects look the same."""
    if asof:
        return detail_past.past_layout(barcode, asof)
    principal = current_principal()
    with reading() as session:
        facts = facts_of(session, principal, barcode)
    row = facts.sample.row
    project = f"/samples?project={quote(row.project_code)}"
    return page(
        title=row.barcode,
        breadcrumb=[Crumb("Samples", "/samples"), Crumb(row.project_code, project)],
        tabs=_tabs(facts, tab),
        class_name="sample",
        children=[
            dcc.Store(id=ids.WHICH, data={"barcode": row.barcode, "tab": tab, "view": view}),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            detail_past.control(row.barcode, None, zone=lab_zone()),
            html.Div(body(facts, tab, principal, view=view), id=ids.BODY, className="sd-body"),
            *detail_dialogs.dialogs(facts, principal),
            *detail_act_dialogs.act_dialogs(facts, principal),
            *detail_custody.dialogs(facts),
            *detail_preanalytical_dialog.dialogs(facts, lab_zone()),
            *detail_arrival.dialogs(facts),
            *detail_attachments.dialogs(),
        ],
    )


def body(facts: SampleFacts, tab: str, principal: Principal, *, view: str = "") -> list[Component]:
    """Draw what a commit may change: all but the dialogs, where somebody may be typing."""
    zone, now = lab_zone(), clock.utc_now()
    head = detail_regions.header(facts, principal)
    match tab:
        case "history":
            held = custody_panels.chain(facts.chain, zone=zone)
            return [*head, held, detail_history.history(facts, principal, zone=zone)]
        case "family":
            return [*head, *detail_family.family(facts, view)]
        case _:
            return [*head, *detail_regions.regions(facts, principal, zone=zone, now=now)]


def _tabs(facts: SampleFacts, selected: str) -> list[Tab]:
    address = f"/samples/{quote(facts.sample.row.barcode, safe='')}"
    counts = {"history": len(facts.audit), "family": len(facts.relatives) - 1}
    return [
        Tab(
            label,
            f"{address}?tab={name}" if name else address,
            count=counts.get(name),
            selected=name == selected,
        )
        for label, name in TABS
    ]
