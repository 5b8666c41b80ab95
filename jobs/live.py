"""The live feed: tells open pages which topics have moved, never what is in them.

    python -m jobs.live

One stream per browser (server-sent events). A page that hears of a topic asks its own callbacks
again, so what a person may see is decided in one place. Hints arrive through PostgreSQL, and
through Redis when there is one; whichever comes second is no news.
"""

import argparse
import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import redis.asyncio
import uvicorn
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.routing import Route

from backend.core.config import Settings
from backend.core.errors import Unavailable
from backend.core.transaction import reading
from backend.events import queries
from jobs import process
from jobs.live_feed import Feed
from jobs.live_routes import Doors
from jobs.liveness import SignsOfLife

log = logging.getLogger("jobs.live")

_TRY_AGAIN_S = 1.0
_PG_CHANNEL = "tracseq_live"


def make_app(settings: Settings) -> Starlette:
    """Return the ASGI application; the process is bound to its database already."""
    feed = Feed()
    doors = Doors(feed, settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sources = [
            asyncio.create_task(_again_and_again(lambda: _hear_postgres(settings, feed))),
            asyncio.create_task(_again_and_again(lambda: _hear_redis(settings, feed))),
        ]
        yield
        for source in sources:
            source.cancel()
        feed.close()

    return Starlette(
        routes=[
            Route("/events", doors.events),
            Route("/versions", doors.versions),
            Route("/health/live", doors.alive),
        ],
        lifespan=lifespan,
    )


async def _again_and_again(listen: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await listen()
        except (psycopg.Error, RedisError, OSError, Unavailable) as error:
            log.info("a source of hints is away: %s", error)
        await asyncio.sleep(_TRY_AGAIN_S)


async def _hear_postgres(settings: Settings, feed: Feed) -> None:
    connection = await psycopg.AsyncConnection.connect(
        process.database_url(settings),
        autocommit=True,
        connect_timeout=5,
        application_name="tracseq-live",
    )
    async with connection:
        await connection.execute(f"LISTEN {_PG_CHANNEL}")
        # After LISTEN, so that nothing falls between what was and what comes.
        feed.accept_all(await asyncio.to_thread(_latest))
        async for notice in connection.notifies():
            _take(feed, notice.payload)


async def _hear_redis(settings: Settings, feed: Feed) -> None:
    if not settings.redis_url:
        return
    client = redis.asyncio.Redis.from_url(settings.redis_url, socket_connect_timeout=2)
    async with client, client.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(process.live_channel(settings.redis_url))
        async for message in channel.listen():
            _take(feed, message["data"])


def _take(feed: Feed, payload: str | bytes) -> None:
    try:
        told = json.loads(payload)
        feed.accept(str(told["topic"]), int(told["version"]))
    except (ValueError, KeyError, TypeError):
        log.warning("a hint that nobody can read: %r", payload[:100])


def _latest() -> dict[str, int]:
    with reading() as session:
        return queries.latest_versions(session)


def main() -> None:
    """Serve the laboratory's live feed on the loopback address."""
    parser = argparse.ArgumentParser(prog="python -m jobs.live")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    host = parser.parse_args().host
    settings = process.start("live")
    address = f"http://{host}:{settings.live_port_number}"
    with SignsOfLife("live", url=address):
        uvicorn.run(
            make_app(settings),
            host=host,
            port=settings.live_port_number,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            proxy_headers=False,
        )


if __name__ == "__main__":
    main()
