"""Watched folders of sequencers: when the watcher passed last, and what it could not read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.sequencing.runs.views import RootLine
from dashboard import format as fmt
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.health import words

LATE_AFTER = timedelta(minutes=10)
"""The watcher passes every minute; a large folder takes some."""


def watched(roots: Sequence[RootLine], now: datetime, zone: ZoneInfo) -> list[html.Section]:
    """Draw the run watcher's last pass over each root; nothing where none is watched."""
    if not roots:
        return []
    head = html.Div(
        [
            html.Span("Folder"),
            html.Span("Last pass", className="n"),
            html.Span("Runs", className="n"),
        ],
        className="sc h",
    )
    rows = [_root(each, now, zone) for each in roots]
    return [panel("Run watcher", head, *rows, meta="last pass", class_name="bt hp")]


def _root(root: RootLine, now: datetime, zone: ZoneInfo) -> html.Div:
    late = now - root.passed_at > LATE_AFTER
    told = fmt.plural(len(root.findings), "finding", "findings") if root.findings else ""
    named: list[Component | str] = [f"{root.root}, {told}" if told else root.root]
    if late or root.findings:
        named = [icon("exclamation-triangle-fill", Tone.WARN), " ", *named]
    return html.Div(
        [
            html.Span(named, className="el"),
            html.Span(words.when(root.passed_at, now, zone), className="n md" if late else "n t3"),
            html.Span(fmt.count(root.folders), className="n t2"),
        ],
        className="sc",
        title=f"{root.root}. {told}",
    )
