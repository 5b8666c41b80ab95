"""The doors of the live feed. Only a signed-in browser of this laboratory's pages gets in."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from backend.auth import service as auth_service
from backend.core.config import Settings
from backend.core.errors import Unavailable
from backend.core.principal import Origin
from backend.core.transaction import writing
from jobs.live_feed import Feed, Listener

# The names that dashboard/session.py gives the cookie, over https and over plain http.
SESSION_COOKIES: Final = ("__Host-tracseq_session", "tracseq_session")
MOST_STREAMS: Final = 2000
KEEP_ALIVE_S = 15.0
RECHECK_S = 60.0

_PING = "event: ping\ndata: {}\n\n"
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Doors:
    """The handlers."""

    def __init__(self, feed: Feed, settings: Settings) -> None:
        self._feed = feed
        self._settings = settings

    async def events(self, request: Request) -> Response:
        """Stream ``{topic, version}`` as they move, beginning with the newest of each topic."""
        refused = await self._refusal(request)
        if refused is not None:
            return refused
        if self._feed.listeners >= MOST_STREAMS:
            return self._answer(request, Response("Too many open streams.", 503))
        stream = StreamingResponse(
            self._stream(_token(request)), media_type="text/event-stream", headers=_STREAM_HEADERS
        )
        return self._answer(request, stream)

    async def versions(self, request: Request) -> Response:
        """Return the newest version of each topic, for a page whose stream is silent."""
        refused = await self._refusal(request)
        if refused is not None:
            return refused
        body = json.dumps(self._feed.versions, sort_keys=True)
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return self._answer(request, Response(status_code=304, headers=headers))
        answer = Response(body, media_type="application/json", headers=headers)
        return self._answer(request, answer)

    async def alive(self, _: Request) -> Response:
        """Say that the process answers; for the probes."""
        return JSONResponse({"status": "ok", "streams": self._feed.listeners})

    async def _refusal(self, request: Request) -> Response | None:
        if not _is_ours(request, self._settings):
            return Response("This feed is for the laboratory's own pages.", 403)
        try:
            known = await asyncio.to_thread(self._is_signed_in, _token(request))
        except Unavailable:
            return self._answer(request, Response("The database does not answer.", 503))
        return None if known else self._answer(request, Response("Sign in first.", 401))

    async def _stream(self, token: str) -> AsyncIterator[str]:
        yield "retry: 2000\n\n"
        checked_at = time.monotonic()
        with self._feed.listening() as listener:
            while not listener.closed:
                yield await self._next(listener)
                if time.monotonic() - checked_at > RECHECK_S:
                    if not await self._still_signed_in(token):
                        return
                    checked_at = time.monotonic()

    async def _next(self, listener: Listener) -> str:
        news = await listener.news(min(KEEP_ALIVE_S, RECHECK_S))
        if not news:
            return _PING
        return "".join(
            f"data: {json.dumps({'topic': topic, 'version': version})}\n\n"
            for topic, version in news.items()
        )

    async def _still_signed_in(self, token: str) -> bool:
        try:
            return await asyncio.to_thread(self._is_signed_in, token)
        except Unavailable:
            return True  # topics say nothing about anybody; the pages themselves are guarded

    def _is_signed_in(self, token: str) -> bool:
        if not token:
            return False
        with writing() as session:
            principal = auth_service.principal_of_session(
                session,
                token,
                origin=Origin.UI,
                request_id="live",
                idle_minutes=self._settings.idle_minutes,
                touch=False,
            )
        return principal is not None

    def _answer(self, request: Request, response: Response) -> Response:
        """Let the laboratory's pages read the answer; they come from another port."""
        origin = request.headers.get("origin")
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Vary"] = "Origin, Cookie"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _is_ours(request: Request, settings: Settings) -> bool:
    """Say whether a request comes from one of our pages: same host, and our web port or proxy."""
    origin = request.headers.get("origin")
    if origin is None:
        # Not a cross-origin request; browsers say so themselves.
        return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    page = urlsplit(origin)
    here = urlsplit(f"//{request.headers.get('host', '')}")
    if page.hostname != here.hostname:
        return False
    return page.port in {settings.port, here.port}


def _token(request: Request) -> str:
    for name in SESSION_COOKIES:
        if name in request.cookies:
            return request.cookies[name]
    return ""
