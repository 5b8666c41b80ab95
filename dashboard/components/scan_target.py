"""A page that takes scans itself puts this on its sheet and listens to ``scan-page``.

    page(children=[scan_target(), …])
    @page_callback(Permission.STORAGE_VIEW, Output(…), Input("scan-page", "data"))  # {"code", "at"}

A focused field with ``data-scan`` still comes first; without either the scan is a search.
"""

from dash import dcc, html, set_props

from backend.core.ids import new_id
from dashboard.components.attributes import data
from dashboard.components.tones import Tone
from dashboard.shell_ids import SCAN_ANSWER, SCAN_PAGE


def scan_target() -> html.Div:
    """Mark the page as taking scans."""
    return html.Div(dcc.Store(id=SCAN_PAGE), hidden=True, **data(takes_scans=""))


def answer_scan(tone: Tone, sentence: str) -> None:
    """Answer a scan from inside a callback: one beep and a spoken line.

    OK is one high beep, WARN (already scanned) two short ones, anything else one low tone. What is
    seen is drawn by the page, as icon, sentence and colour.
    """
    set_props(
        SCAN_ANSWER, {"data": {"id": str(new_id()), "tone": tone.value, "sentence": sentence}}
    )
