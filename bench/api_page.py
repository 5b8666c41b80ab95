"""The API's pages of samples against the driver alone, reading the very same rows."""

import itertools
from collections.abc import Callable
from typing import Any, cast

import psycopg
from flask.testing import FlaskClient

from backend.core.paging import decode_moment
from backend.samples import pages
from bench.laboratory import Laboratory
from bench.measures import Measure, percentile, timed_in_turn_ms
from dashboard.app import create_app

PAGES = 60
BAR = 0.5
_SIZES = (pages.MOST_ROWS, 1_000)
_PLACES = 20
_READ = """
SELECT s.id, s.barcode, s.name, p.code, s.material_type, s.status, s.custody, s.qc_verdict,
       s.priority, s.temperature_class, s.subject_code, s.volume_ul, s.concentration_ng_per_ul,
       s.rin, s.din, s.received_at, s.created_at
FROM sample s JOIN project p ON p.id = s.project_id
WHERE (s.created_at, s.id) < (%s, %s)
ORDER BY s.created_at DESC, s.id DESC LIMIT %s
"""


def measure(laboratory: Laboratory) -> list[Measure]:
    """Read the newest samples as another program does: token, gate, query and JSON."""
    client = create_app(laboratory.settings).test_client()
    email, password = laboratory.sign_ins["administrator"]
    answer = client.post("/api/v1/auth/tokens", json={"email": email, "password": password})
    headers = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
    with psycopg.connect(str(laboratory.settings.database_url)) as connection:
        return [_page_of(size, client, headers, connection) for size in _SIZES]


def _page_of(
    size: int,
    client: FlaskClient,
    headers: dict[str, str],
    connection: psycopg.Connection[Any],
) -> Measure:
    cursors = _cursors(size, client, headers)
    ours, bare = (
        percentile(taken, 0.5)
        for taken in timed_in_turn_ms(
            _asking(size, cursors, client, headers),
            _reading(size, cursors, connection),
            repeat=PAGES,
        )
    )
    return Measure(
        name=f"API page of {size:,} samples by key against raw psycopg",
        figure=bare / ours,
        unit="×",
        bar=BAR,
        at_least=True,
        note=f"{size / ours * 1000:,.0f} rows/s and {size / bare * 1000:,.0f} rows/s",
    )


def _cursors(size: int, client: FlaskClient, headers: dict[str, str]) -> list[str]:
    """Return the cursors of the first pages; reading them warms both ways up alike."""
    found: list[str] = []
    for _ in range(_PLACES):
        asked = {"limit": size} | ({"cursor": found[-1]} if found else {})
        answer = client.get("/api/v1/samples", query_string=asked, headers=headers)
        cursor = answer.get_json()["next_cursor"]
        if cursor is None:
            break
        found.append(cast("str", cursor))
    # Behind the last one may be a page that is not full.
    if not found[:-1]:
        raise RuntimeError(f"There are too few samples for pages of {size:,}.")
    return found[:-1]


def _asking(
    size: int, cursors: list[str], client: FlaskClient, headers: dict[str, str]
) -> Callable[[], None]:
    turns = itertools.cycle(cursors)

    def ask() -> None:
        asked = {"limit": size, "cursor": next(turns)}
        answer = client.get("/api/v1/samples", query_string=asked, headers=headers)
        if answer.status_code != 200:  # noqa: PLR2004 HTTP's own number
            raise RuntimeError(f"The API answered {answer.status_code}: {answer.text[:300]}")

    return ask


def _reading(
    size: int, cursors: list[str], connection: psycopg.Connection[Any]
) -> Callable[[], None]:
    turns = itertools.cycle(cursors)

    def read() -> None:
        key = decode_moment(next(turns))
        rows = connection.execute(_READ, (*key, size)).fetchall()
        connection.rollback()
        if len(rows) != size:
            raise RuntimeError(f"{len(rows)} rows came where {size} were asked for.")

    return read
