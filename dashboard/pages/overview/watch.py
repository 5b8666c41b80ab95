"""System health and notifications: what the program says of itself and tells the person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.gateway.ids import Health
from backend.gateway.views import Bucket as Probes
from backend.gateway.views import ComponentNow, PartToday
from backend.notifications.views import NotificationView
from backend.transactions.views import SagaCounts
from backend.work.views import OutboxLag, QueueState
from dashboard import format as fmt
from dashboard.components.history_bars import Bucket, history_bars
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import SERVICE_LOOKS, SEVERITY_LOOKS, Look, look_of, status
from dashboard.components.tones import Tone
from dashboard.pages.overview.panels import three_figures
from dashboard.still import drawn_once

SHOWN_PARTS = 5
SHOWN_NOTICES = 5
LATE_OUTBOX_S = 60.0


def health(
    parts: Sequence[ComponentNow],
    worst: Sequence[PartToday],
    queues: Sequence[QueueState],
    lag: OutboxLag,
    sagas: SagaCounts,
    *,
    zone: ZoneInfo,
) -> html.Section:
    """Draw the parts that need a look first, and the three figures of the work behind.

    ``worst`` are the first of ``parts``, with their day.
    """
    if not parts:
        body: Component = html.P(
            "Nothing has been measured yet. The first probe runs within 30 seconds.",
            className="t2",
        )
        meta = ""
    else:
        body = _table(worst, zone)
        well = sum(part.status is Health.OPERATIONAL for part in parts)
        in_use = sum(part.status is not Health.OFF for part in parts)
        meta = f"{well} of {fmt.plural(in_use, 'part', 'parts')} well"
    return panel(
        "System health",
        body,
        three_figures(
            ("Queue depth", fmt.count(sum(queue.queued for queue in queues))),
            ("Outbox lag", _lag(lag)),
            ("Sagas running", _sagas(sagas)),
        ),
        meta=meta,
        aside=html.A("Open health", href="/health"),
    )


@drawn_once
def _table(parts: Sequence[PartToday], zone: ZoneInfo) -> html.Table:
    head = html.Tr(
        [
            html.Th("Part", scope="col"),
            html.Th("Last 24 h", scope="col", className="h"),
            html.Th("p95", scope="col", className="n"),
        ]
    )
    rows = [_row(part, zone) for part in parts]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="tbl flush plain services")


def _row(part: PartToday, zone: ZoneInfo) -> html.Tr:
    look = look_of(SERVICE_LOOKS, part.status.value)
    measured = [bucket for bucket in part.history if bucket.total]
    ill = sum(bool(bucket.failed or bucket.degraded) for bucket in measured)
    words = (
        f"{part.label}: {len(measured)} of {len(part.history)} stretches measured, {ill} not well"
    )
    latency = part.latency_p95_ms
    return html.Tr(
        [
            html.Td([status(look, word=part.label), html.Span(look.word, className="vh")]),
            html.Td(
                history_bars([_bar(bucket, zone) for bucket in part.history], label=words),
                className="h",
            ),
            html.Td(fmt.latency(latency / 1000 if latency is not None else None), className="n t2"),
        ]
    )


def _bar(bucket: Probes, zone: ZoneInfo) -> Bucket:
    at = fmt.clock_time(bucket.start, zone)
    if not bucket.total:
        return Bucket(f"{at}: not measured", None)
    ill = bucket.failed or bucket.degraded
    words = f"{at}: {bucket.failed} down, {bucket.degraded} degraded of {bucket.total}"
    return Bucket(
        words if ill else f"{at}: well",
        ill / bucket.total,
        degraded=not bucket.failed and bool(bucket.degraded),
    )


def _lag(lag: OutboxLag) -> list[Component | str]:
    ages = [consumer.oldest_s for consumer in lag.consumers if consumer.oldest_s is not None]
    if lag.oldest_unsequenced_s is not None:
        ages.append(lag.oldest_unsequenced_s)
    oldest = max(ages, default=0.0)
    words = f"{fmt.decimal(oldest, 1)} s"
    return [_mark(), words] if oldest > LATE_OUTBOX_S else [words]


def _sagas(sagas: SagaCounts) -> list[Component | str]:
    under_way = sagas.running + sagas.rolling_back
    if sagas.stuck:
        return [_mark(), f"{fmt.count(under_way)}, {fmt.count(sagas.stuck)} stuck"]
    return [f"{fmt.count(under_way)}, none stuck"]


def _mark() -> Component:
    return icon("exclamation-triangle-fill", Tone.WARN)


@drawn_once
def notices(newest: Sequence[NotificationView], unread: int, zone: ZoneInfo) -> html.Section:
    """Draw the newest notifications of the person."""
    if newest:
        today = max(notice.at for notice in newest)
        rows = [html.Li(_notice(each, zone, today)) for each in newest[:SHOWN_NOTICES]]
        body: Component = html.Ul(rows, className="nts")
    else:
        body = html.P("Nothing has been told to you yet.", className="t2")
    return panel(
        "Notifications",
        body,
        meta=f"{fmt.count(unread)} unread" if unread else "none unread",
        aside=html.A("Open centre", href="/notifications"),
    )


def _notice(notice: NotificationView, zone: ZoneInfo, newest: datetime) -> html.A:
    look: Look = look_of(SEVERITY_LOOKS, notice.severity.value)
    recent = newest - notice.at < timedelta(days=1)
    when = fmt.clock_time(notice.at, zone) if recent else fmt.day(notice.at, zone, now=newest)
    unread = notice.read_at is None
    return html.A(
        [
            icon(look.icon, look.tone),
            html.Span(
                [
                    html.Span(notice.title, className="el"),
                    html.Span(notice.body, className="el t3 sm"),
                ],
                className="nt-x",
            ),
            html.Span(when, className="t3 sm num"),
            *([html.Span("unread", className="vh")] if unread else []),
        ],
        href=notice.href,
        className="nt un" if unread else "nt",
    )
