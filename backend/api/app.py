"""Attaching the API to the web server. It carries its own gate: tokens, not cookies."""

import orjson
from flask import Flask

from backend.api import health_routes, openapi
from backend.api.blueprint import make_blueprint
from backend.api.routes import ROUTES
from backend.api.routing import Call, Route
from backend.api.v1.discovery import DocumentOut
from backend.auth import tokens
from backend.core import secret_files
from backend.core.config import Settings
from backend.core.principal import Permission


def register(server: Flask, settings: Settings) -> None:
    """Add the health checks and the API to the server.

    Raises:
        SecretRefused: the token signing key is missing or others may read it.
    """
    keys = tokens.load_keys(secret_files.read(settings.secrets_dir, secret_files.TOKEN_SIGNING_KEY))
    server.register_blueprint(health_routes.blueprint(settings))
    server.register_blueprint(make_blueprint(all_routes(), settings, keys))


def all_routes() -> tuple[Route, ...]:
    """Return the table of operations, with the one that describes the others."""
    return (*ROUTES, _DESCRIPTION)


def _describe(_call: Call) -> bytes:
    return orjson.dumps(openapi.document(all_routes()))


_DESCRIPTION = Route(
    method="GET",
    path="/openapi.json",
    handler=_describe,
    access=Permission.ACCOUNT_SELF,
    summary="This description",
    tag="Health",
    answer=DocumentOut,
)
