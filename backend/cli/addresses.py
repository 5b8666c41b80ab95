"""Where the laboratory's database and Redis are, as a terminal beside the running program sees."""

from pathlib import Path

from backend.core.config import Settings
from backend.core.errors import Unavailable


def database_url(settings: Settings) -> str:
    """Return DATABASE_URL, else the address that the running supervisor has written down.

    Raises:
        Unavailable: neither is there.
    """
    found = settings.database_url or _written(settings.home, "database-url")
    if found is None:
        raise Unavailable(
            f"No laboratory is running in {settings.home}. Start it with “make run”, "
            "or set DATABASE_URL."
        )
    return found


def redis_url(settings: Settings) -> str | None:
    """Return REDIS_URL, else what the supervisor has written down; None where there is no Redis."""
    return settings.redis_url or _written(settings.home, "redis-url")


def _written(home: Path, name: str) -> str | None:
    path = home / "run" / name
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None
