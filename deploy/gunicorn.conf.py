"""gunicorn's configuration, the same under the supervisor and in a container."""

import importlib
from typing import Any

from backend.core.config import load_settings
from backend.gateway import counting
from jobs.liveness import SignsOfLife

_settings = load_settings()

bind = f"{_settings.bind}:{_settings.port}"
workers = _settings.workers
worker_class = "gthread"
threads = 8
# The live feed is a process of its own, so no request here lasts: a stuck one is a fault.
timeout = 60
graceful_timeout = 12
keepalive = 5
# Each worker builds the application itself: database pools do not survive a fork.
preload_app = False
# The control socket would lie in the home folder of whoever starts the program.
control_socket_disable = True
proc_name = "tracseq-web"
loglevel = "warning"

_signs: list[SignsOfLife] = []


def on_starting(_server: Any) -> None:
    """Import the program before the processes that answer are forked (gunicorn's hook).

    Importing takes seconds and most of their memory; connections and threads come after the fork.
    """
    importlib.import_module("dashboard.app")


def post_worker_init(worker: Any) -> None:
    """Enter a process that answers requests into the registry (gunicorn's hook)."""
    tally = worker.wsgi.extensions[counting.EXTENSION]
    _signs.append(SignsOfLife("web", url=f"http://{bind}", tally=tally))
    _signs[-1].__enter__()


def worker_exit(_server: Any, _worker: Any) -> None:
    """End the process's lease, as it ends in order (gunicorn's hook)."""
    while _signs:
        _signs.pop().__exit__(None, None, None)
