"""A process's sign of life: its lease in the service registry, renewed from a thread.

A web process sends along what it has counted since, so that no request costs a write of its own
and a process that is lost takes ten seconds of counts with it.
"""

import logging
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from backend.core.errors import Unavailable
from backend.core.transaction import writing
from backend.gateway import requests
from backend.gateway import service as gateway_service
from backend.gateway.counting import RequestTally
from backend.gateway.views import Counted
from jobs import process

log = logging.getLogger("jobs.liveness")

_RENEW_S = 10.0


class SignsOfLife:
    """Renews the lease of one process while the ``with`` block runs."""

    def __init__(self, service: str, url: str = "", tally: RequestTally | None = None) -> None:
        self._service = service
        self._url = url
        self._tally = tally
        self._instance = process.instance_name(service)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="signs-of-life", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(timeout=2)
        with suppress(Unavailable), writing() as session:
            gateway_service.end_lease(session, service=self._service, instance=self._instance)
            requests.store(session, self._counted())

    def _renew(self) -> None:
        while True:
            counted = self._counted()
            try:
                with writing() as session:
                    gateway_service.renew_lease(
                        session, service=self._service, instance=self._instance, url=self._url
                    )
                    requests.store(session, counted)
            except Unavailable as error:
                if self._tally is not None:
                    self._tally.put_back(counted)
                log.warning(
                    "the sign of life of %s did not arrive: %s", self._instance, error.message
                )
            if self._over.wait(_RENEW_S):
                return

    def _counted(self) -> list[Counted]:
        return self._tally.take() if self._tally is not None else []
