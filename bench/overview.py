"""Overview at a million samples: the whole answer of the server, and each query on its own."""

import re
from collections.abc import Callable, Sequence

from flask import Flask
from flask.testing import FlaskClient

from backend.core.transaction import writing
from backend.events import sequencer
from bench.laboratory import Laboratory, first_project, register_one
from bench.measures import Measure, percentile, timed_ms, watched
from dashboard.app import create_app
from dashboard.pages.overview.kept import forget
from dashboard.session import CSRF_COOKIE, CSRF_HEADER

REPEAT = 200
ROLES = ("administrator", "scientist")
"""One who sees every project and one who sees two: their queries differ."""
_BAR_MS = 50


def measure(laboratory: Laboratory) -> list[Measure]:
    """Measure the page as each role gets it, through sign-in, gate, queries and JSON.

    Three ways, since regions are kept until something moves them: just after a registration, with
    every region drawn anew, and as it comes while nothing happens.
    """
    server = create_app(laboratory.settings)
    code = first_project()
    found = []
    for role in ROLES:
        ask = _asking(server, *laboratory.sign_ins[role])
        ask_for_all = _asking_for_all(server, *laboratory.sign_ins[role])
        after = timed_ms(ask, repeat=REPEAT, warm_up=10, before_each=lambda: _happen(code))
        with watched(laboratory.engine) as statements:
            anew = timed_ms(ask, repeat=REPEAT, before_each=lambda: forget(server))
        slowest, statement = statements.slowest_ms()
        kept = timed_ms(ask, repeat=REPEAT)
        framed = timed_ms(ask_for_all, repeat=REPEAT, before_each=lambda: _happen(code))
        found += [
            _server_time(f"Overview as {role}, just after a registration", after, _BAR_MS),
            _server_time(
                f"Overview as {role}, every region drawn anew",
                anew,
                _BAR_MS,
                f", {len(statements.durations_ms)} different statements",
            ),
            _server_time(f"Overview as {role}, while nothing happens", kept, _BAR_MS),
            _server_time(f"Overview as {role}, with the frame of a first load", framed, None),
            Measure(
                name=f"Overview as {role}: slowest query p95",
                figure=slowest,
                unit="ms",
                bar=20,
                note=statement[:150],
            ),
        ]
    return found


def _server_time(name: str, taken: Sequence[float], bar: float | None, more: str = "") -> Measure:
    return Measure(
        name=f"{name}: server time p95",
        figure=percentile(taken, 0.95),
        unit="ms",
        bar=bar,
        note=f"median {percentile(taken, 0.5):.1f} ms{more}",
    )


def _happen(project_code: str) -> None:
    """Register a sample and stamp its event, as the leader would within some milliseconds."""
    register_one(project_code)
    with writing() as session:
        sequencer.stamp(session)


def _asking(server: Flask, email: str, password: str) -> Callable[[], None]:
    client = sign_in(server, email, password)
    headers = {CSRF_HEADER: _cookie(client)}
    body = page_request("/")

    def ask() -> None:
        answer = client.post("/_dash-update-component", json=body, headers=headers)
        if answer.status_code != 200:  # noqa: PLR2004 HTTP's own number
            raise RuntimeError(f"The Overview answered {answer.status_code}: {answer.text[:300]}")
        if '"overview-figures"' not in answer.text:
            raise RuntimeError(f"The Overview was not drawn: {answer.text[:300]}")

    return ask


def _asking_for_all(server: Flask, email: str, password: str) -> Callable[[], None]:
    client = sign_in(server, email, password)
    host = "localhost"

    def ask() -> None:
        headers = {"Host": host, "Referer": f"http://{host}/"}
        answer = client.get("/_dash-layout", headers=headers)
        if '"overview-figures"' not in answer.text:
            raise RuntimeError(f"The first page was not drawn: {answer.text[:300]}")

    return ask


def sign_in(server: Flask, email: str, password: str) -> FlaskClient:
    """Return a client that is signed in as a browser would be."""
    client = server.test_client()
    form = client.get("/login").get_data(as_text=True)
    proof = re.search(r'name="form_proof" value="([^"]+)"', form)
    if proof is None:
        raise RuntimeError("The sign-in page has no form.")
    sent = {"email": email, "password": password, "form_proof": proof.group(1)}
    if client.post("/login", data=sent).status_code != 303:  # noqa: PLR2004 HTTP's own number
        raise RuntimeError(f"{email} could not sign in.")
    return client


def page_request(path: str) -> dict[str, object]:
    """Return what the browser sends when it asks for a page."""
    from dashboard.callbacks import declared_permissions  # noqa: PLC0415 filled by create_app

    name = next(name for name in declared_permissions() if "page.children" in name)
    return {
        "output": name,
        "outputs": [
            dict(zip(("id", "property"), one.rsplit(".", 1), strict=True))
            for one in name.strip(".").split("...")
        ],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": ""},
        ],
        "state": [{"id": "page-meta", "property": "data", "value": None}],
        "changedPropIds": ["url.pathname"],
    }


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie(CSRF_COOKIE)
    if cookie is None:
        raise RuntimeError("Signing in gave no CSRF cookie.")
    return cookie.value
