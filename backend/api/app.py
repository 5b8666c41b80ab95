"""Attaching the API to the web server. It carries its own gate: tokens, not cookies."""

from flask import Flask

from backend.api import health_routes
from backend.core.config import Settings


def register(server: Flask, settings: Settings) -> None:
    """Add the health checks and the API to the server."""
    server.register_blueprint(health_routes.blueprint(settings))
