"""Every page: its address, who may open it and what draws it.

Path parameters and the query names listed here arrive as keywords of the layout function. A
change of a query name that is not listed leaves the page alone: the page reads it itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.routing import Rule as PathRule

from backend.core.principal import Permission
from dashboard.components.page import Page
from dashboard.pages.account import layout as account
from dashboard.pages.admin import layout as admin
from dashboard.pages.admin import trail
from dashboard.pages.admin.rules import layout as rules
from dashboard.pages.alarms import layout as alarms
from dashboard.pages.audits import layout as audits
from dashboard.pages.custody import incoming as custody_incoming
from dashboard.pages.custody import layout as custody
from dashboard.pages.custody import shipment as custody_shipment
from dashboard.pages.documents import layout as documents
from dashboard.pages.fleet import layout as fleet
from dashboard.pages.health import layout as health
from dashboard.pages.incidents import incident
from dashboard.pages.incidents import layout as incidents
from dashboard.pages.labels import layout as labels
from dashboard.pages.libraries import layout as libraries
from dashboard.pages.library_kits import layout as library_kits
from dashboard.pages.notifications import layout as notifications
from dashboard.pages.overview import layout as overview
from dashboard.pages.picks import layout as picks
from dashboard.pages.pools import layout as pools
from dashboard.pages.predictions import layout as predictions
from dashboard.pages.queue_plans import layout as queue_plans
from dashboard.pages.rack_scanners import layout as rack_scanners
from dashboard.pages.rack_scans import layout as rack_scans
from dashboard.pages.reference_data import layout as reference_data
from dashboard.pages.register import layout as register
from dashboard.pages.register import single as register_single
from dashboard.pages.relocations import layout as relocations
from dashboard.pages.reports import layout as reports
from dashboard.pages.run_calendar import layout as run_calendar
from dashboard.pages.run_plans import layout as run_plans
from dashboard.pages.runs import layout as runs
from dashboard.pages.samples import detail as sample_detail
from dashboard.pages.samples import layout as samples
from dashboard.pages.sensors import layout as sensors
from dashboard.pages.sequencing import layout as sequencing
from dashboard.pages.setup import layout as setup
from dashboard.pages.setup import place_layout as setup_place
from dashboard.pages.sheets import layout as sheets
from dashboard.pages.spills import layout as spills
from dashboard.pages.storage import layout as storage
from dashboard.pages.templates import entry as template_entry
from dashboard.pages.templates import layout as templates
from dashboard.pages.turnaround import layout as turnaround
from dashboard.pages.what_if import layout as what_if
from dashboard.pages.workbooks import layout as workbooks
from dashboard.pages.workbooks.address import LIST_QUERY as WORKBOOK_LIST_QUERY
from dashboard.pages.workbooks.address import QUERY as WORKBOOK_QUERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One page."""

    path: str
    permission: Permission
    layout: Callable[..., Page]
    query: tuple[str, ...] = ()
    has_grid: bool = False
    """The page has a grid, or leads to one at once: its script is loaded with the page."""


ROUTES: tuple[Route, ...] = (
    Route(path="/", permission=Permission.OVERVIEW_VIEW, layout=overview.layout),
    Route(
        path="/samples",
        permission=Permission.SAMPLES_VIEW,
        layout=samples.layout,
        query=("f", "q", "sort", "cols"),
        has_grid=True,
    ),
    Route(
        path="/samples/<path:barcode>",
        permission=Permission.SAMPLES_VIEW,
        layout=sample_detail.detail_layout,
        query=("tab", "view", "asof"),
    ),
    Route(
        path="/custody",
        permission=Permission.SAMPLES_VIEW,
        layout=custody.layout,
        query=("show",),
    ),
    Route(
        path="/custody/shipments/<code>",
        permission=Permission.SAMPLES_VIEW,
        layout=custody_shipment.shipment_layout,
    ),
    Route(
        path="/custody/incoming/<parcel>",
        permission=Permission.SAMPLES_VIEW,
        layout=custody_incoming.incoming_layout,
    ),
    Route(
        path="/register",
        permission=Permission.SAMPLES_REGISTER,
        layout=register.layout,
        has_grid=True,
    ),
    Route(
        path="/register/import",
        permission=Permission.SAMPLES_REGISTER,
        layout=register.import_layout,
        query=("id",),
        has_grid=True,  # of the rows, as soon as the file is read
    ),
    Route(
        path="/register/single",
        permission=Permission.SAMPLES_REGISTER,
        layout=register_single.single_layout,
        query=("barcode",),
    ),
    Route(
        path="/register/templates",
        permission=Permission.SAMPLES_VIEW,
        layout=templates.layout,
    ),
    Route(
        path="/register/templates/<key>",
        permission=Permission.SAMPLES_VIEW,
        layout=templates.template_layout,
        query=("v",),
        has_grid=True,
    ),
    Route(
        path="/register/templates/<key>/form",
        permission=Permission.SAMPLES_REGISTER,
        layout=template_entry.entry_layout,
    ),
    Route(path="/register/labels", permission=Permission.LABELS_PRINT, layout=labels.layout),
    Route(
        path="/storage",
        permission=Permission.STORAGE_VIEW,
        layout=storage.layout,
        query=("plan",),
    ),
    Route(path="/storage/fleet", permission=Permission.STORAGE_VIEW, layout=fleet.layout),
    Route(
        path="/storage/rack-scans",
        permission=Permission.STORAGE_PLACE,
        layout=rack_scans.layout,
        query=("box", "scan"),
    ),
    Route(
        path="/storage/rack-scanners",
        permission=Permission.STORAGE_CONFIGURE,
        layout=rack_scanners.layout,
        query=("scanner",),
    ),
    Route(
        path="/storage/picks",
        permission=Permission.STORAGE_PLACE,
        layout=picks.layout,
        query=("show",),
    ),
    Route(
        path="/storage/picks/<code>",
        permission=Permission.STORAGE_PLACE,
        layout=picks.list_layout,
    ),
    Route(
        path="/storage/relocations",
        permission=Permission.STORAGE_VIEW,
        layout=relocations.layout,
        query=("plan",),
    ),
    Route(
        path="/storage/setup",
        permission=Permission.STORAGE_CONFIGURE,
        layout=setup.layout,
        query=("unit_type",),
    ),
    Route(
        path="/storage/place",
        permission=Permission.STORAGE_CONFIGURE,
        layout=setup_place.layout,
        query=("at",),
    ),
    Route(
        path="/storage/spill",
        permission=Permission.STORAGE_PLACE,
        layout=spills.layout,
        query=("box",),
    ),
    Route(path="/storage/audits", permission=Permission.STORAGE_PLACE, layout=audits.layout),
    Route(
        path="/storage/audits/<audit_id>",
        permission=Permission.STORAGE_PLACE,
        layout=audits.audit_layout,
    ),
    Route(
        path="/storage/<path:path>",
        permission=Permission.STORAGE_VIEW,
        layout=storage.layout,
        query=("plan",),
    ),
    Route(
        path="/sequencing",
        permission=Permission.SEQUENCING_VIEW,
        layout=sequencing.layout,
        query=("view", "request", "pool"),
    ),
    Route(
        path="/sequencing/queue-plan",
        permission=Permission.SEQUENCING_PLAN,
        layout=queue_plans.layout,
        query=("plan",),
    ),
    Route(path="/sequencing/plans", permission=Permission.SEQUENCING_VIEW, layout=run_plans.layout),
    Route(
        path="/sequencing/plans/<run>",
        permission=Permission.SEQUENCING_VIEW,
        layout=run_plans.plan_layout,
        query=("lane", "show", "as", "diff"),
    ),
    Route(
        path="/sequencing/kits",
        permission=Permission.SEQUENCING_VIEW,
        layout=library_kits.layout,
        query=("run", "lane", "request"),
    ),
    Route(path="/sequencing/sheets", permission=Permission.SEQUENCING_VIEW, layout=sheets.layout),
    Route(
        path="/sequencing/reference",
        permission=Permission.SEQUENCING_VIEW,
        layout=reference_data.layout,
        query=("kind", "key", "view"),
    ),
    Route(
        path="/sequencing/turnaround",
        permission=Permission.SEQUENCING_VIEW,
        layout=turnaround.layout,
        query=("view",),
    ),
    Route(
        path="/sequencing/pools",
        permission=Permission.SEQUENCING_VIEW,
        layout=pools.layout,
        query=("libraries", "pools"),
    ),
    Route(
        path="/sequencing/pools/<code>",
        permission=Permission.SEQUENCING_VIEW,
        layout=pools.pool_layout,
        query=("on",),
    ),
    Route(
        path="/sequencing/libraries",
        permission=Permission.SEQUENCING_VIEW,
        layout=libraries.layout,
        query=("show", "protocol"),
    ),
    Route(
        path="/sequencing/libraries/<code>",
        permission=Permission.SEQUENCING_VIEW,
        layout=libraries.worksheet_layout,
    ),
    Route(
        path="/sequencing/runs",
        permission=Permission.SEQUENCING_VIEW,
        layout=runs.layout,
        query=("view", "limit"),
    ),
    Route(
        path="/sequencing/runs/<folder>",
        permission=Permission.SEQUENCING_VIEW,
        layout=runs.run_layout,
    ),
    Route(
        path="/sequencing/calendar",
        permission=Permission.SEQUENCING_VIEW,
        layout=run_calendar.layout,
        query=("from", "run", "show"),
    ),
    Route(
        path="/predictions",
        permission=Permission.PREDICTIONS_VIEW,
        layout=predictions.layout,
        query=("zone",),
    ),
    Route(
        path="/what-if",
        permission=Permission.PREDICTIONS_VIEW,
        layout=what_if.layout,
        query=("unit",),
    ),
    Route(
        path="/documents",
        permission=Permission.DOCUMENTS_VIEW,
        layout=documents.layout,
        query=("file",),
    ),
    Route(
        path="/documents/workbooks",
        permission=Permission.DOCUMENTS_VIEW,
        layout=workbooks.layout,
        query=WORKBOOK_LIST_QUERY,
    ),
    Route(
        path="/documents/workbooks/<workbook_id>",
        permission=Permission.DOCUMENTS_VIEW,
        layout=workbooks.workbook_layout,
        query=WORKBOOK_QUERY,
        has_grid=True,
    ),
    Route(path="/reports", permission=Permission.REPORTS_VIEW, layout=reports.layout),
    Route(
        path="/health",
        permission=Permission.HEALTH_VIEW,
        layout=health.layout,
        query=("range", "alarm"),
    ),
    Route(
        path="/sensors",
        permission=Permission.STORAGE_VIEW,
        layout=sensors.layout,
        query=("tab", "sensor", "move", "revoke", "unit"),
    ),
    Route(
        path="/incidents",
        permission=Permission.STORAGE_VIEW,
        layout=incidents.layout,
        query=("show", "from"),
    ),
    Route(
        path="/incidents/<incident>",
        permission=Permission.STORAGE_VIEW,
        layout=incident.incident_layout,
        query=("project", "order", "from"),
    ),
    Route(
        path="/alarms",
        permission=Permission.STORAGE_VIEW,
        layout=alarms.layout,
        query=("show", "rule", "sensor", "alarm"),
    ),
    Route(
        path="/notifications",
        permission=Permission.NOTIFICATIONS_VIEW,
        layout=notifications.layout,
        query=("show",),
    ),
    Route(path="/account", permission=Permission.ACCOUNT_SELF, layout=account.layout),
    Route(
        path="/admin",
        permission=Permission.USERS_MANAGE,
        layout=admin.layout,
        query=("tab", "person", "project", "before", "export", *trail.FILTERS),
    ),
    Route(
        path="/admin/rules",
        permission=Permission.SAMPLES_CONFIGURE,
        layout=rules.layout,
        query=("tab", "material", "analysis"),
    ),
)

_ADDRESSES = Map(
    [PathRule(route.path, endpoint=route, strict_slashes=False) for route in ROUTES],
    merge_slashes=True,
).bind("")


def find_route(path: str) -> tuple[Route, Mapping[str, str]] | None:
    """Return the page at a path and its path parameters; None when there is none."""
    try:
        route, parameters = _ADDRESSES.match(path)
    except HTTPException:
        return None
    assert isinstance(route, Route)  # noqa: S101 werkzeug types an endpoint as Any
    return route, parameters
