"""Rack scans: reading a scanner's file, and the review of one that was read."""

from collections.abc import Sequence
from uuid import UUID

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from flask import current_app

from backend.core.devices import RackScanner
from backend.core.transaction import reading
from backend.storage import rack_scanners, scan_queries
from backend.storage.errors import ScanNotFound
from backend.storage.ids import RackScanId
from backend.storage.scanning.reading import LARGEST_SCAN_BYTES
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.rack_scans import drawing, ids
from dashboard.session import current_principal

_UP = Crumb("Storage", "/storage")


def layout(*, box: str = "", scan: str = "") -> Page:
    """Draw the form with the latest scans, or with ``scan`` the review of that one.

    Raises:
        ScanNotFound: no such scan, or somebody else's.
    """
    if scan:
        return page(
            title="Rack scan",
            breadcrumb=[_UP, Crumb("Rack scans", drawing.PATH)],
            class_name="rack-scans",
            children=[html.Div(review(scan), id=ids.REVIEW)],
        )
    with reading() as session:
        found = scan_queries.list_scans(session, current_principal())
    return page(
        title="Rack scans",
        breadcrumb=[_UP],
        class_name="rack-scans",
        children=[
            panel("Read a scan", *_form(box), *_scan_now(scanners())),
            panel("Latest scans", drawing.scans(found, lab_zone()), id=ids.LIST),
        ],
    )


def review(scan: str, problem: str = "") -> list[Component]:
    """Draw a scan as it is now. Raises ScanNotFound."""
    with reading() as session:
        view = scan_queries.get_scan(session, current_principal(), scan_id_of(scan))
    return drawing.review(view, lab_zone(), problem)


def scan_id_of(scan: str) -> RackScanId:
    """Return the key in an address. Raises ScanNotFound: no key, so no scan has it."""
    try:
        return RackScanId(UUID(scan))
    except ValueError as error:
        raise ScanNotFound("There is no such rack scan. Choose one in the list.") from error


def scanners() -> tuple[RackScanner, ...]:
    """Return the rack scanners that may be asked: those of the settings, then the page's."""
    fixed: tuple[RackScanner, ...] = current_app.config["RACK_SCANNERS"]
    with reading() as session:
        return rack_scanners.usable_scanners(session, current_principal(), fixed)


def _scan_now(found: Sequence[RackScanner]) -> list[Component]:
    """Draw the choice of a scanner in the network, hidden where there is none."""
    options = [{"label": each.name, "value": each.name} for each in found]
    return [
        html.Div(
            [
                form_field(
                    "Scanner",
                    dbc.Select(
                        id=ids.SCANNER, options=options, value=found[0].name if found else ""
                    ),
                    help_text="Put the rack onto it first. A scan takes up to half a minute.",
                    class_name="rs-field",
                ),
                button("Scan now", id=ids.SCAN_NOW, icon="upc-scan"),
            ],
            className="rs-now",
            hidden=not found,
        ),
        error_summary({}, id=ids.SCANNER_PROBLEMS),
    ]


def _form(box: str) -> list[Component]:
    return [
        error_summary({}, id=ids.PROBLEMS),
        form_field(
            "Box",
            dbc.Input(id=ids.BOX, value=box, maxlength=300, autocomplete="off"),
            help_text="Path or barcode. Leave it empty if the file says which rack it is of.",
            optional=True,
            class_name="rs-field",
        ),
        html.Div(
            dcc.Upload(
                [
                    icon("file-earmark-arrow-up"),
                    html.P([html.B("Drop a scan here"), " or press to choose one"]),
                    html.P("Position and barcode on each line, as CSV", className="t3 sm"),
                ],
                id=ids.FILE,
                className="drop",
                className_active="drop is-over",
                max_size=LARGEST_SCAN_BYTES,
                multiple=False,
            ),
            **data(drop_zone=""),
        ),
        html.P(
            "Nothing moves until you have seen the verdicts and committed them.",
            className="sm t3",
            **aria(live="polite"),
        ),
    ]
