"""Pages of the frame alone, over a web server in a thread: signed in, drawn."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def ready(page: Page) -> None:
    """Wait until the page has arrived in the frame."""
    # The window's title is the last thing that an arriving page changes. (Waiting for a script's
    # value would need eval, which the page forbids.)
    expect(page).to_have_title(re.compile(" · TracSeq$"))


def go(page: Page, path: str) -> None:
    """Load an address anew and wait for its page."""
    page.goto(path)
    ready(page)
