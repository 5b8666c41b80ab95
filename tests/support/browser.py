"""A page that must not complain, in a browser that does not compile our scripts again and again."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Playwright

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


_WITHOUT_SCRIPTS = "/assets/favicon.svg"
MakeProfile = Callable[[str], BrowserContext]


@contextmanager
def kept_profiles(playwright: Playwright) -> Iterator[MakeProfile]:
    """Yield ``make(address)``: a browser profile on disk, for pages of that address.

    Chromium keeps what it has compiled of a page's scripts only on disk, never for the profiles
    that ``Browser.new_context`` makes. There every page costs 0.95 s of CPU, here 0.57 s from the
    third on (measured on Reports). All pages share a process, which a first page without scripts
    keeps alive: that spares another seventh of a page, and of axe on it.
    """
    made: list[BrowserContext] = []
    with tempfile.TemporaryDirectory(
        prefix="tracseq-profiles-", ignore_cleanup_errors=True
    ) as kept:

        def make(address: str) -> BrowserContext:
            profile = playwright.chromium.launch_persistent_context(
                Path(kept) / str(len(made)),
                executable_path=CHROMIUM,
                args=[*CHROMIUM_ARGUMENTS, "--process-per-site"],
                base_url=address,
                reduced_motion="reduce",
            )
            made.append(profile)
            profile.pages[0].goto(_WITHOUT_SCRIPTS)
            return profile

        try:
            yield make
        finally:
            for profile in made:
                profile.close()


def leave_no_trace(profile: BrowserContext, address: str) -> None:
    """Close a kept profile's pages and forget whoever was there; compiled scripts stay."""
    first, *others = profile.pages
    for page in others:
        page.close()
    session = profile.new_cdp_session(first)
    session.send(
        "Storage.clearDataForOrigin",
        {"origin": address, "storageTypes": "cookies,local_storage,indexeddb,cache_storage"},
    )
    session.detach()
    profile.clear_cookies()


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
