"""A page that must not complain: console errors, failed scripts and outside requests are kept."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

_OURS = {"127.0.0.1", "localhost", ""}

# The same engine from the same package source. With its windows, Chromium loads 400 files of its
# own address bar for each page that is opened here, and takes as long for them as for our page.
_HEADLESS_SHELL = "/usr/bin/chromium-headless-shell"
CHROMIUM = _HEADLESS_SHELL if Path(_HEADLESS_SHELL).exists() else "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Whatever a page or the browser itself asks for, no name outside this machine resolves.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class Complaints(list[str]):
    """What a page complained about, in the order of events. A test may take out what it expects."""

    def forgive(self, part: str) -> None:
        """Forget the complaints that contain ``part``."""
        self[:] = [complaint for complaint in self if part not in complaint]


def watched_page(context: BrowserContext, complaints: Complaints) -> Page:
    """Open a page whose errors go to ``complaints``."""
    page = context.new_page()
    page.on(
        "console",
        lambda message: (
            complaints.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on(
        "request",
        lambda request: (
            complaints.append(f"outside request: {request.url}")
            if (urlsplit(request.url).hostname or "") not in _OURS
            else None
        ),
    )
    return page
