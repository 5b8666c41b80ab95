"""The live feed over real HTTP: who gets in, what is told, and what happens without Redis."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from redis import Redis
from sqlalchemy import Engine

from backend.auth import service as auth_service
from backend.auth.views import SignedIn
from backend.core.config import Environment, Settings
from backend.core.ids import new_id
from backend.core.principal import Origin, Principal, UserId
from backend.core.transaction import writing
from jobs import leader as leader_module
from jobs.leader import Leader
from jobs.leadership import LEADER_LOCK, Leadership
from jobs.live import make_app
from jobs.process import live_channel
from tests.chaos.parts import touch
from tests.factories.people import PASSWORD, make_user

WEB_PORT = 8050


@dataclass(frozen=True)
class Live:
    url: str
    settings: Settings
    token: str
    person: Principal

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": f"tracseq_session={self.token}",
            "Origin": f"http://127.0.0.1:{WEB_PORT}",
        }

    def commit_an_event(self) -> None:
        with writing() as session:
            touch(session, self.person, str(new_id()))


@pytest.fixture
def live(committed_database: Engine, tmp_path: Path, redis_url: str) -> Iterator[Live]:
    settings = Settings(
        database_url=committed_database.url.render_as_string(hide_password=False).replace(
            "+psycopg", ""
        ),
        redis_url=redis_url,
        port=WEB_PORT,
        home=tmp_path,
        env=Environment.TEST,
    )
    with writing() as session:
        user = make_user(session, email="ada@lab.example")
    with writing() as session:
        signed_in = auth_service.sign_in(
            session, email="ada@lab.example", password=PASSWORD, address="127.0.0.1", agent="test"
        )
    assert isinstance(signed_in, SignedIn)
    person = Principal(
        user_id=UserId(user.id),
        name="Ada",
        permissions=frozenset(),
        origin=Origin.UI,
        request_id="test",
    )
    with _serving(settings) as url:
        yield Live(url, settings, signed_in.token, person)


@contextmanager
def _serving(settings: Settings) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(make_app(settings), log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@contextmanager
def _leading(settings: Settings) -> Iterator[Leader]:
    assert settings.database_url is not None
    leadership = Leadership(settings.database_url, LEADER_LOCK)
    assert leadership.held()
    try:
        yield Leader(settings=settings, leadership=leadership, subscriptions={}, schedules_on=False)
    finally:
        leadership.resign()


def _told(lines: Iterator[str], topic: str) -> int:
    for line in lines:
        if line.startswith('data: {"topic"'):
            told = json.loads(line.removeprefix("data: "))
            if told["topic"] == topic:
                return int(told["version"])
    raise AssertionError("the stream ended")


def test_a_commit_is_told_to_an_open_page(live: Live) -> None:
    with (
        _leading(live.settings) as leader,
        httpx.stream("GET", f"{live.url}/events", headers=live.headers, timeout=10) as stream,
    ):
        lines = stream.iter_lines()
        first = next(lines)

        live.commit_an_event()
        leader.turn()
        version = _told(lines, "chaos")

    assert first == "retry: 2000"
    assert version == 1
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["access-control-allow-origin"] == f"http://127.0.0.1:{WEB_PORT}"


def test_a_page_that_comes_back_first_hears_the_newest_versions(live: Live) -> None:
    with _leading(live.settings) as leader:
        for _ in range(3):
            live.commit_an_event()
        leader.turn()
    deadline = time.monotonic() + 10
    while _versions(live) != {"chaos": 3} and time.monotonic() < deadline:
        time.sleep(0.05)

    with httpx.stream("GET", f"{live.url}/events", headers=live.headers, timeout=10) as stream:
        version = _told(stream.iter_lines(), "chaos")

    assert version == 3


def test_pages_hear_of_commits_while_redis_is_absent(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leader_module.process, "connect_redis", lambda _: None)
    with (
        _leading(live.settings) as leader,
        httpx.stream("GET", f"{live.url}/events", headers=live.headers, timeout=10) as stream,
    ):
        live.commit_an_event()
        leader.turn()

        assert _told(stream.iter_lines(), "chaos") == 1


def test_a_hint_through_redis_alone_is_passed_on(live: Live, redis_url: str) -> None:
    with httpx.stream("GET", f"{live.url}/events", headers=live.headers, timeout=10) as stream:
        hint = json.dumps({"topic": "storage", "version": 7})
        with Redis.from_url(redis_url) as redis:
            while not redis.publish(live_channel(redis_url), hint):
                time.sleep(0.05)

        assert _told(stream.iter_lines(), "storage") == 7


def test_an_unreadable_hint_is_left_out(live: Live, redis_url: str) -> None:
    with httpx.stream("GET", f"{live.url}/events", headers=live.headers, timeout=10) as stream:
        with Redis.from_url(redis_url) as redis:
            while not redis.publish(live_channel(redis_url), "nonsense"):
                time.sleep(0.05)
            redis.publish(live_channel(redis_url), '{"topic": "storage", "version": 2}')

        assert _told(stream.iter_lines(), "storage") == 2


@pytest.mark.parametrize("other", ["redis://h/1", "unix:///run/redis.sock?db=1"])
def test_two_laboratories_on_one_redis_do_not_hear_each_other(other: str) -> None:
    assert live_channel(other) != live_channel(other.replace("1", "2"))
    assert live_channel("redis://h") == live_channel("redis://h/0")


@pytest.mark.parametrize("door", ["/events", "/versions"])
def test_nobody_gets_in_without_a_session(live: Live, door: str) -> None:
    origin = {"Origin": f"http://127.0.0.1:{WEB_PORT}"}

    unknown = httpx.get(live.url + door, headers={**origin, "Cookie": "tracseq_session=made-up"})
    without = httpx.get(live.url + door, headers=origin)

    assert (unknown.status_code, without.status_code) == (401, 401)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "http://localhost:8050", "null"]
)
def test_a_page_of_another_site_is_refused_even_with_a_session(live: Live, origin: str) -> None:
    answer = httpx.get(f"{live.url}/versions", headers={**live.headers, "Origin": origin})

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_stream_ends_when_its_person_signs_out(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.live_routes.RECHECK_S", 0.2)
    with httpx.stream("GET", f"{live.url}/events", headers=live.headers, timeout=10) as stream:
        lines = stream.iter_lines()
        next(lines)

        with writing() as session:
            auth_service.sign_out(session, live.token)

        assert all(not line.startswith('data: {"topic"') for line in lines)


def test_an_unchanged_list_of_versions_is_not_sent_again(live: Live) -> None:
    first = httpx.get(f"{live.url}/versions", headers=live.headers)

    again = httpx.get(
        f"{live.url}/versions", headers={**live.headers, "If-None-Match": first.headers["etag"]}
    )

    assert first.status_code == 200
    assert (again.status_code, again.content) == (304, b"")


def _versions(live: Live) -> object:
    return httpx.get(f"{live.url}/versions", headers=live.headers).json()
