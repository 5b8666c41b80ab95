"""Every page: its address, who may open it and what draws it.

Path parameters and the query names listed here arrive as keywords of the layout function. A
change of a query name that is not listed leaves the page alone: the page reads it itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.routing import Rule as PathRule

from backend.core.principal import Permission
from dashboard.components.page import Page
from dashboard.pages.account import callbacks as account_callbacks
from dashboard.pages.account import layout as account
from dashboard.pages.admin import callbacks as admin_callbacks
from dashboard.pages.admin import layout as admin
from dashboard.pages.admin import more_callbacks as admin_more_callbacks
from dashboard.pages.admin import printer_callbacks as admin_printer_callbacks
from dashboard.pages.admin import trail
from dashboard.pages.admin import trail_taking as admin_trail_taking
from dashboard.pages.admin.rules import callbacks as rules_callbacks
from dashboard.pages.admin.rules import layout as rules
from dashboard.pages.admin.rules import more_callbacks as rules_more_callbacks
from dashboard.pages.alarms import callbacks as alarms_callbacks
from dashboard.pages.alarms import layout as alarms
from dashboard.pages.alarms import rule_callbacks as alarm_rule_callbacks
from dashboard.pages.alarms import window_callbacks as alarm_window_callbacks
from dashboard.pages.custody import callbacks as custody_callbacks
from dashboard.pages.custody import hold_callbacks, incoming_callbacks, shipment_callbacks
from dashboard.pages.custody import incoming as custody_incoming
from dashboard.pages.custody import layout as custody
from dashboard.pages.custody import shipment as custody_shipment
from dashboard.pages.documents import callbacks as documents_callbacks
from dashboard.pages.documents import layout as documents
from dashboard.pages.health import callbacks as health_callbacks
from dashboard.pages.health import layout as health
from dashboard.pages.health import logger_file_callbacks as health_file_callbacks
from dashboard.pages.labels import callbacks as labels_callbacks
from dashboard.pages.labels import dialog_callbacks as labels_dialog_callbacks
from dashboard.pages.labels import layout as labels
from dashboard.pages.notifications import callbacks as notifications_callbacks
from dashboard.pages.notifications import layout as notifications
from dashboard.pages.overview import callbacks as overview_callbacks
from dashboard.pages.overview import layout as overview
from dashboard.pages.predictions import callbacks as predictions_callbacks
from dashboard.pages.predictions import layout as predictions
from dashboard.pages.rack_scans import callbacks as rack_scan_callbacks
from dashboard.pages.rack_scans import layout as rack_scans
from dashboard.pages.register import callbacks as register_callbacks
from dashboard.pages.register import layout as register
from dashboard.pages.register import single as register_single
from dashboard.pages.register import single_callbacks
from dashboard.pages.reports import callbacks as reports_callbacks
from dashboard.pages.reports import layout as reports
from dashboard.pages.samples import all_callbacks as samples_all_callbacks
from dashboard.pages.samples import arrival_callbacks as samples_arrival_callbacks
from dashboard.pages.samples import bulk_callbacks as samples_bulk_callbacks
from dashboard.pages.samples import callbacks as samples_callbacks
from dashboard.pages.samples import detail as sample_detail
from dashboard.pages.samples import detail_act_callbacks as sample_act_callbacks
from dashboard.pages.samples import detail_attachment_callbacks as sample_attachment_callbacks
from dashboard.pages.samples import detail_callbacks as sample_detail_callbacks
from dashboard.pages.samples import detail_care_callbacks as sample_care_callbacks
from dashboard.pages.samples import detail_custody_callbacks as sample_custody_callbacks
from dashboard.pages.samples import detail_past_callbacks as sample_past_callbacks
from dashboard.pages.samples import detail_preanalytical_callbacks as sample_preanalytical_callbacks
from dashboard.pages.samples import filter_callbacks as samples_filter_callbacks
from dashboard.pages.samples import layout as samples
from dashboard.pages.samples import pool_callbacks as samples_pool_callbacks
from dashboard.pages.sequencing import callbacks as sequencing_callbacks
from dashboard.pages.sequencing import layout as sequencing
from dashboard.pages.storage import acts as storage_acts
from dashboard.pages.storage import callbacks as storage_callbacks
from dashboard.pages.storage import layout as storage
from dashboard.pages.storage import plan_callbacks as storage_plan_callbacks
from dashboard.pages.templates import callbacks as templates_callbacks
from dashboard.pages.templates import entry as template_entry
from dashboard.pages.templates import entry_callbacks as template_entry_callbacks
from dashboard.pages.templates import layout as templates
from dashboard.pages.workbooks import callbacks as workbooks_callbacks
from dashboard.pages.workbooks import layout as workbooks
from dashboard.pages.workbooks import long_callbacks as workbooks_long_callbacks
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
    Route(
        path="/storage/rack-scans",
        permission=Permission.STORAGE_PLACE,
        layout=rack_scans.layout,
        query=("box", "scan"),
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
        path="/predictions",
        permission=Permission.PREDICTIONS_VIEW,
        layout=predictions.layout,
        query=("zone",),
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
        path="/alarms",
        permission=Permission.STORAGE_VIEW,
        layout=alarms.layout,
        query=("show", "rule"),
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

# Imported so that their callbacks are declared; a page's module goes here once it has any.
CALLBACK_MODULES: tuple[ModuleType, ...] = (
    documents_callbacks,
    account_callbacks,
    admin_callbacks,
    admin_more_callbacks,
    admin_trail_taking,
    admin_printer_callbacks,
    rules_callbacks,
    rules_more_callbacks,
    notifications_callbacks,
    alarms_callbacks,
    alarm_rule_callbacks,
    alarm_window_callbacks,
    health_callbacks,
    health_file_callbacks,
    labels_callbacks,
    labels_dialog_callbacks,
    overview_callbacks,
    predictions_callbacks,
    register_callbacks,
    reports_callbacks,
    samples_all_callbacks,
    samples_arrival_callbacks,
    samples_bulk_callbacks,
    samples_callbacks,
    sequencing_callbacks,
    sample_detail_callbacks,
    sample_act_callbacks,
    sample_care_callbacks,
    sample_custody_callbacks,
    custody_callbacks,
    shipment_callbacks,
    incoming_callbacks,
    hold_callbacks,
    samples_filter_callbacks,
    sample_past_callbacks,
    sample_attachment_callbacks,
    sample_preanalytical_callbacks,
    samples_pool_callbacks,
    single_callbacks,
    storage_acts,
    storage_callbacks,
    storage_plan_callbacks,
    rack_scan_callbacks,
    templates_callbacks,
    workbooks_callbacks,
    workbooks_long_callbacks,
    template_entry_callbacks,
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
