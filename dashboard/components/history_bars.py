"""Uptime as bars: short and pale when well, full height with a coloured share when not.

A two-minute dip must not paint a whole bucket red: the coloured part is the share of failed
checks, at least 45 % so that it is seen, and the height alone tells it apart without colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from dashboard.components.drawing import Node, drawing, node

BAR, GAP, HEIGHT = 2.0, 1.0, 16.0
HEALTHY_HEIGHT, STUB_HEIGHT, LEAST_SHARE = 0.7, 0.25, 0.45


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar. ``failed_fraction`` is None where nothing was measured."""

    title: str
    """What the tooltip says: range, share, first incident."""
    failed_fraction: float | None
    degraded: bool = False
    """Slow rather than failing: warning instead of critical."""


def history_bars(
    buckets: Sequence[Bucket], *, label: str, height: float = HEIGHT, width: float | None = None
) -> html.Div:
    """Draw the buckets oldest first; ``label`` sums them up in words.

    With ``width`` they share it, whatever their number, so that all ranges end at the same edge.
    """
    pitch = (width + GAP) / max(len(buckets), 1) if width else BAR + GAP
    bars = [
        part
        for index, bucket in enumerate(buckets)
        for part in _bar(bucket, index * pitch, pitch - GAP, height)
    ]
    whole = max(len(buckets) * pitch - GAP, BAR)
    return drawing(whole, height, bars, label=label, class_name="hist")


def _bar(bucket: Bucket, x: float, width: float, height: float) -> list[Node]:
    def rect(of_height: float, class_name: str) -> Node:
        return _rect(x, height, (width, of_height), class_name, bucket.title)

    if bucket.failed_fraction is None:
        return [rect(STUB_HEIGHT * height, "h-none")]
    if bucket.failed_fraction <= 0 and not bucket.degraded:
        return [rect(HEALTHY_HEIGHT * height, "h-ok")]
    coloured = max(bucket.failed_fraction, LEAST_SHARE) * height
    return [rect(height, "h-ok"), rect(coloured, "h-warn" if bucket.degraded else "h-crit")]


def _rect(x: float, bottom: float, size: tuple[float, float], class_name: str, title: str) -> Node:
    width, height = size
    return node(
        "rect",
        node("title", text=title),
        x=f"{x:.4g}",
        y=f"{bottom - height:.1f}",
        width=f"{width:.3g}",
        height=f"{height:.1f}",
        class_=class_name,
    )
