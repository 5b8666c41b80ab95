"""A page that takes scans itself puts this on its sheet and listens to ``scan-page``.

    page(children=[scan_target(), …])
    @page_callback(Permission.STORAGE_VIEW, Output(…), Input("scan-page", "data"))  # {"code", "at"}

A focused field with ``data-scan`` still comes first; without either the scan is a search.
"""

from dash import dcc, html

from dashboard.components.attributes import data
from dashboard.shell_ids import SCAN_PAGE


def scan_target() -> html.Div:
    """Mark the page as taking scans."""
    return html.Div(dcc.Store(id=SCAN_PAGE), hidden=True, **data(takes_scans=""))
