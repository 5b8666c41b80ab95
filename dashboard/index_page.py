"""The HTML that a signed-in browser loads first: theme set before the first paint."""

import json
import re
from html import escape
from typing import Any

from dash import Dash
from flask import request

from dashboard import theme
from dashboard.live_versions import live_versions
from dashboard.routes import find_route
from dashboard.session import current_principal
from dashboard.shell_ids import LIVE_TOPICS

THEME_COOKIE = "tracseq_theme"
DENSITY_COOKIE = "tracseq_density"
THEMES = ("light", "dark")
DENSITIES = ("compact", "comfortable", "bench", "wall")
_NEVER = ("/polyfill@", "/dash_table/")
_GRID = "/dash_ag_grid/"
_SOURCE = re.compile(r'src="([^"]+)"')
PRELOADED_FONTS = (
    "ibm-plex-sans-latin-400-normal.woff2",
    "ibm-plex-sans-latin-500-normal.woff2",
    "ibm-plex-sans-latin-600-normal.woff2",
    "bootstrap-icons.woff2",
)


def html_attributes() -> str:
    """Return the theme and density of ``<html>`` as the cookies have them.

    Without a chosen theme the first script (assets/theme-first.js) follows the system.
    """
    chosen = request.cookies.get(THEME_COOKIE, "")
    density = request.cookies.get(DENSITY_COOKIE, "")
    shown = chosen if chosen in THEMES else "light"
    attributes = f'lang="en" data-bs-theme="{shown}" data-theme-choice="{escape(chosen)}"'
    return f'{attributes} data-density="{density if density in DENSITIES else "compact"}"'


def font_links() -> str:
    """Return the preload links, so that text does not change its face after the first paint."""
    return "".join(
        f'<link rel="preload" href="/assets/vendor/fonts/{name}" as="font" type="font/woff2" '
        "crossorigin>\n"
        for name in PRELOADED_FONTS
    )


def scripts_of(tags: str, *, has_grid: bool = False) -> tuple[str, str]:
    """Return the script tags to write, of those that Dash lists, and the address of the grid's.

    Left out: what only browsers of ten years ago lack, and the old table, which no page has. The
    grid's script is the largest: only a page that opens with a grid has it from the start, on the
    others assets/lazy-grid.js loads it with the first grid.
    """
    lines = tags.split("\n")
    grid = next((_SOURCE.findall(line)[0] for line in lines if _GRID in line), "")
    left_out = _NEVER if has_grid else (*_NEVER, _GRID)
    return "\n".join(line for line in lines if not any(one in line for one in left_out)), grid


def _opens_with_a_grid() -> bool:
    found = find_route(request.path)
    return found is not None and found[0].has_grid


class TracSeqDash(Dash):
    """Dash with our own index page (its documented way to have one)."""

    def first_scripts(self) -> list[str]:
        """Return the addresses of the scripts that the first page needs."""
        return _SOURCE.findall(scripts_of(self._generate_scripts_html())[0])

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override] # as Dash documents
        """Return the index page for the person of this request."""
        config = self.server.config
        scripts, grid = scripts_of(parts["scripts"], has_grid=_opens_with_a_grid())
        facts = {
            "live": config["LIVE_URL"](request),
            "idle_s": config["IDLE_SECONDS"],
            "person": current_principal().name,
            "topics": LIVE_TOPICS,
            "grid": grid,
            # Read before anything of the page is: what is told later is newer than what it shows.
            "versions": live_versions(),
        }
        return f"""<!DOCTYPE html>
<html {html_attributes()}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TracSeq</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="preload" href="/_dash-layout" as="fetch" crossorigin>
<link rel="preload" href="/_dash-dependencies" as="fetch" crossorigin>
{font_links()}<script src="/assets/theme-first.js"></script>
<link rel="stylesheet" href="{config["STYLES_URL"]}">
{parts["css"]}
<script type="application/json" id="tracseq-facts">{_inline_json(facts)}</script>
<script type="application/json" id="plotly-template">{_inline_json(theme.template())}</script>
</head>
<body>
{parts["app_entry"]}
{parts["config"]}
<script src="{config["SCRIPTS_URL"]}"></script>
{scripts}
{parts["renderer"]}
</body>
</html>"""


def _inline_json(value: Any) -> str:
    """Return JSON that cannot end its script element early."""
    return json.dumps(value).replace("<", "\\u003c")
