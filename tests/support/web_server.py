"""The web server alone, in a thread: enough for what the frame and the sign-in page do."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from werkzeug.serving import make_server

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.core import secret_files, transaction
from backend.core.config import Environment, Settings
from backend.core.principal import Permission, machinery
from dashboard.app import create_app
from tests.factories.people import make_user


@contextmanager
def web_server(engine: Engine, home: Path) -> Iterator[str]:
    """Serve a laboratory with one person per role on a free loopback port; yield its address.

    The person of a role signs in as ``<role>@laboratory.example`` with the factory's PASSWORD.
    """
    before = (transaction._Edge.engine, transaction._Edge.factory)
    transaction.bind(engine)
    _furnish()
    secret_files.ensure(home / "secrets")
    application = create_app(Settings(home=home, env=Environment.TEST))
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        transaction._Edge.engine, transaction._Edge.factory = before


def _furnish() -> None:
    makers = machinery("Test set-up", *Permission, request_id="test")
    with transaction.writing() as session:
        auth_service.create_laboratory(
            session, makers, name="Northgate Genomics", time_zone="Europe/London", is_demo=True
        )
        for role in Role:
            make_user(session, role, email=f"{role}@laboratory.example", name="Mara Lindqvist")
