"""One incident: what happened, what stood there, what is proposed, and how it is closed."""

from collections.abc import Collection

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.incidents import item_queries, queries
from backend.incidents.ids import IncidentState
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.incidents import dialogs, ids, parts
from dashboard.pages.incidents.items import Shown, items, shown_of
from dashboard.session import current_principal

_STANDING = {IncidentState.OPEN, IncidentState.CONTAINED}


def incident_layout(*, incident: str, **query: str) -> Page:
    """Draw an incident; the address names the project, the order and the start of its items."""
    principal = current_principal()
    asked = [query.get(name, "") for name in ("project", "order", "from")]
    with reading() as session:
        drawn = body(session, principal, incident, shown_of(*asked))
        units = [unit.label for unit in queries.get_incident(session, principal, incident).units]
    return page(
        title=incident.strip().upper(),
        breadcrumb=[Crumb("Storage", "/storage"), Crumb("Incidents", "/incidents")],
        children=[
            dcc.Store(id=ids.WHICH, data=incident),
            dcc.Store(id=ids.SHOWN, data=asked),
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            html.Div(drawn, id=ids.BODY),
            *(dialogs.dialogs(principal, units) if may_decide(principal) else []),
        ],
    )


def may_decide(principal: Principal) -> bool:
    """Say whether a person may decide about holds and close; the service has the last word."""
    return principal.may(Permission.SAMPLES_HOLD)


def body(
    session: ReadSession,
    principal: Principal,
    code: str,
    shown: Shown,
    *,
    chosen: Collection[str] = (),
) -> list[Component]:
    """Draw the incident as the rows say now; ``chosen`` are the items whose box is ticked."""
    found = queries.get_incident(session, principal, code)
    stood = item_queries.list_items(
        session,
        principal,
        code,
        project=shown.project,
        order=shown.order,
        offset=shown.offset,
    )
    zone, may_act = lab_zone(), may_decide(principal) and found.state in _STANDING
    return [
        parts.head(found, stood, now=clock.utc_now(), zone=zone, may_act=may_act),
        *parts.ending(found, zone),
        *parts.units(
            queries.curves_of(session, principal, code),
            zone,
            unheard=found.unheard if may_act else (),
            may_evacuate=principal.may(Permission.STORAGE_PLAN) and found.state in _STANDING,
            plan_id=found.evacuation_id,
        ),
        items(found, stood, shown, chosen=chosen, zone=zone, may_act=may_act),
        parts.timeline(item_queries.timeline(session, principal, code), zone),
    ]
