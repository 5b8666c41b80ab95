"""A process's sign of life: its lease in the service registry, renewed from a thread."""

import importlib
import importlib.util
import logging
import threading
from types import TracebackType
from typing import Self

from backend.core.errors import Unavailable
from backend.core.transaction import writing
from jobs import process

log = logging.getLogger("jobs.liveness")

_RENEW_S = 10.0


class SignsOfLife:
    """Renews the lease of one process while the ``with`` block runs."""

    def __init__(self, service: str, url: str = "") -> None:
        self._service = service
        self._url = url
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

    def _renew(self) -> None:
        instance = process.instance_name(self._service)
        if importlib.util.find_spec("backend.gateway") is None:
            return
        gateway_service = importlib.import_module("backend.gateway.service")
        while True:
            try:
                with writing() as session:
                    gateway_service.renew_lease(
                        session, service=self._service, instance=instance, url=self._url
                    )
            except Unavailable as error:
                log.warning("the sign of life of %s did not arrive: %s", instance, error.message)
            if self._over.wait(_RENEW_S):
                return
