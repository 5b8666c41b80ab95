"""Composition root of the web processes: settings → database → server; nothing else."""

from backend.core import logs
from backend.core.config import load_settings
from backend.core.transaction import bind, make_engine
from dashboard.app import create_app

settings = load_settings()
logs.configure()
if settings.database_url is None:
    raise SystemExit("DATABASE_URL is not set. “make run” starts a database and sets it.")
bind(make_engine(settings.database_url))
app = create_app(settings)
