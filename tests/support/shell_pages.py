"""Pages of the frame alone, over a web server in a thread: signed in, drawn."""

import re
import time
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


def press_keys(page: Page, keys: str | list[str], *, gap_ms: int) -> None:
    """Press keys as a keyboard does that waits ``gap_ms`` between two of them.

    The gap is in the events themselves, not in the time that sending them takes, so that a scan
    stays a scan on a machine that has much to do.
    """
    session = page.context.new_cdp_session(page)
    first = time.time() - len(keys) * gap_ms / 1000
    for number, key in enumerate(keys):
        named = key in _CODES
        pressed = {
            "key": key,
            "text": _TEXTS.get(key, "") if named else key,
            "windowsVirtualKeyCode": _CODES[key] if named else 0,
            "timestamp": first + number * gap_ms / 1000,
        }
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", **pressed})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed, "text": ""})
    session.detach()


def scan(page: Page, code: str) -> None:
    """Hold a code before the scanner: its letters in a burst, then Enter."""
    press_keys(page, [*code, "Enter"], gap_ms=3)


def scan_with_prefix(page: Page, code: str) -> None:
    """Scan as a wedge does that sends the prefix key, so that a busy machine decides nothing."""
    page.keyboard.press("F9")
    page.keyboard.type(code)
    page.keyboard.press("Enter")


_CODES = {"Enter": 13, "Tab": 9, "F9": 120}
_TEXTS = {"Enter": "\r"}
