"""What commands find: a laboratory of this test's own."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.core.config import Settings

_THAT_LOAD_SETTINGS = (
    "database",
    "imports",
    "init",
    "rackscan",
    "set_points",
    "telemetry",
    "users",
    "workbooks",
)


@pytest.fixture
def laboratory(
    committed_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Point every command at this test's own database and folder."""
    settings = Settings(
        home=tmp_path, database_url=committed_database.url.render_as_string(hide_password=False)
    )
    for module in _THAT_LOAD_SETTINGS:
        monkeypatch.setattr(f"backend.cli.{module}.load_settings", lambda: settings)
    return settings
