"""Browser tests drive Debian's Chromium against the whole program, started by its supervisor."""

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from backend.core import transaction
from tests.factories.people import PASSWORD
from tests.support.browser import (
    CHROMIUM,
    CHROMIUM_ARGUMENTS,
    Complaints,
    MakeProfile,
    kept_profiles,
    leave_no_trace,
    watched_page,
)
from tests.support.demonstration import copy_demonstration
from tests.support.running_laboratory import RunningLaboratory, running_laboratory
from tests.support.servers import Servers
from tests.support.shell_pages import Open, ready
from tests.support.web_server import web_server

SignIn = Callable[..., Page]
_Profiles = dict[str, BrowserContext]
Theme = Literal["light", "dark"]

# Whether, not when: a busy machine takes its time, and timings are the benchmark's business.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


class _Mailbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.messages.append(message)


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[tuple[str, list[Any]]]:
    mailbox = _Mailbox()
    # The controller calls itself on the port it was given, so "any" would not do.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}", mailbox.messages
    controller.stop()


@pytest.fixture
def mailbox(_mail_server: tuple[str, list[Any]]) -> list[Any]:
    """Return the mails that a real SMTP server has accepted, emptied for this test."""
    messages = _mail_server[1]
    messages.clear()
    return messages


@pytest.fixture(scope="package")
def app_server(
    servers: Servers, _mail_server: tuple[str, list[Any]], request: pytest.FixtureRequest
) -> Iterator[RunningLaboratory]:
    """Run the demonstration laboratory once for all browser tests of this worker.

    It ends with the last of them: at rest its processes take a fifteenth of a core.
    """
    worker = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    name = f"laboratory_{worker}"
    servers.drop(name)
    folder = Path(tempfile.mkdtemp(prefix="tracseq-e2e-"))
    try:
        with running_laboratory(
            folder / "home",
            database_url=copy_demonstration(servers, name, folder / "home"),
            # A number of its own: two laboratories never hear each other's bell.
            redis_url=servers.redis_url.replace("db=0", f"db={int(worker.removeprefix('gw')) + 1}"),
            environment={"TRACSEQ_SMTP_URL": _mail_server[0]},
        ) as laboratory:
            yield laboratory
    finally:
        servers.drop(name)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def make_profile(playwright: Playwright) -> Iterator[MakeProfile]:
    """Return a maker of browser profiles that keep compiled scripts from page to page."""
    with kept_profiles(playwright) as make:
        yield make


@pytest.fixture(scope="module")
def _lent(make_profile: MakeProfile) -> Iterator[_Profiles]:
    """Keep a browser profile for each server that a module's tests start for themselves."""
    profiles: _Profiles = {}
    yield profiles
    for profile in profiles.values():
        profile.close()


@pytest.fixture
def lend_profile(make_profile: MakeProfile, _lent: _Profiles) -> Iterator[MakeProfile]:
    """Return ``lend_profile(address)``: a profile in which nobody is signed in or has been."""
    lent: set[str] = set()

    def lend(address: str) -> BrowserContext:
        if address not in _lent:
            _lent[address] = make_profile(address)
            _lent[address].set_default_timeout(PATIENCE_MS)
        lent.add(address)
        return _lent[address]

    yield lend
    for address in lent:
        leave_no_trace(_lent[address], address)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Collect console errors, script errors and outside requests; any left fails the test."""
    found = Complaints()
    yield found
    assert found == []


@pytest.fixture
def open_page(
    browser: Browser, app_server: RunningLaboratory, complaints: Complaints
) -> Iterator[SignIn]:
    """Return a maker of pages, each in a browser profile of its own, nobody signed in."""
    profiles = []

    def opener(**look: Any) -> Page:
        profiles.append(_profile(browser, app_server))
        return _looking(watched_page(profiles[-1], complaints), **look)

    yield opener
    for profile in profiles:
        profile.close()


@pytest.fixture
def page(open_page: SignIn) -> Page:
    """Return a page on which nobody is signed in."""
    return open_page()


@pytest.fixture(scope="package")
def _signed_in() -> Iterator[_Profiles]:
    """Keep a signed-in browser profile for each role: most tests are about what follows."""
    profiles: _Profiles = {}
    yield profiles
    for profile in profiles.values():
        profile.close()


@pytest.fixture
def sign_in(
    browser: Browser,
    make_profile: MakeProfile,
    app_server: RunningLaboratory,
    _signed_in: _Profiles,
    complaints: Complaints,
) -> Iterator[SignIn]:
    """Return ``sign_in(role, anew=False, width=…, theme=…)``: a page of that person, nothing open.

    A test that ends a sign-in needs one of its own: ``anew=True``.
    """
    pages: list[Page] = []
    ended: set[str] = set()

    def sign(role: str = "technician", *, anew: bool = False, **look: Any) -> Page:
        if anew and role in _signed_in:
            _signed_in.pop(role).close()
        if role not in _signed_in:
            made = _profile(browser, app_server) if anew else make_profile(app_server.url)
            _signed_in[role] = made
            _sign_in_by_form(_signed_in[role], *app_server.sign_ins[role])
        if anew:
            ended.add(role)
        pages.append(watched_page(_signed_in[role], complaints))
        return _looking(pages[-1], **look)

    yield sign
    for page in pages:
        page.close()
    for role in ended:
        _signed_in.pop(role).close()


def _profile(browser: Browser, laboratory: RunningLaboratory) -> BrowserContext:
    return browser.new_context(base_url=laboratory.url, reduced_motion="reduce")


def _looking(page: Page, *, width: int = 1440, height: int = 900, theme: Theme = "light") -> Page:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    return page


def _sign_in_by_form(profile: BrowserContext, email: str, password: str) -> None:
    page = profile.new_page()
    page.goto("/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.close()


@pytest.fixture(scope="module")
def shell_address(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Serve the web part alone, in a thread, over an empty laboratory with a person per role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    name = f"shell_{worker}"
    servers.drop(name)
    engine = transaction.make_engine(servers.clone_template(name))
    with web_server(engine, Path(tmp_path_factory.mktemp("shell"))) as address:
        yield address
    engine.dispose()
    servers.drop(name)


@pytest.fixture
def open_shell(
    browser: Browser, lend_profile: MakeProfile, shell_address: str, complaints: Complaints
) -> Iterator[Open]:
    """Return ``open_shell(role, width=, theme=, apart=)``: a page signed in, the frame drawn.

    The second page of a test is another browser's; ``apart`` says so of a first one.
    """
    others: list[BrowserContext] = []
    opened: list[Page] = []

    def opener(
        role: str = "technician", *, width: int = 1440, theme: Theme = "light", apart: bool = False
    ) -> Page:
        if apart or opened:
            others.append(browser.new_context(base_url=shell_address, reduced_motion="reduce"))
            others[-1].set_default_timeout(PATIENCE_MS)
        context = others[-1] if others else lend_profile(shell_address)
        page = _looking(watched_page(context, complaints), width=width, theme=theme)
        opened.append(page)
        page.goto("/login")
        if role:
            page.get_by_label("Email").fill(f"{role}@laboratory.example")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/")
            ready(page)
        return page

    yield opener
    for context in others:
        context.close()
