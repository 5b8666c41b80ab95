"""Keys as people see them printed."""

from dash import html


def kbd(key: str) -> html.Kbd:
    """Draw one key: ``kbd("n")``."""
    return html.Kbd(key, className="kbd")
