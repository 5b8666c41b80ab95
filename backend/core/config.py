"""Settings: one frozen object, read by the entry points; functions get values."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.core.devices import RackScanner


class Environment(StrEnum):
    """Where the program runs. Production refuses demo users, loose secrets and debug."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TEST = "test"


class Settings(BaseSettings):
    """What the environment says. The supervisor fills in the addresses of embedded servers."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="TRACSEQ_", populate_by_name=True)

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    port: int = Field(default=8050, validation_alias="PORT")
    live_port: int | None = None
    live_public_url: str | None = None
    """Address of the live feed as browsers see it; None means http://<host>:<live_port>."""
    bind: str = "127.0.0.1"
    """Address that the web and live servers listen on; a container says 0.0.0.0."""
    probe_host: str = "127.0.0.1"
    """Where the health probe finds the web server: its container's name in a composed set-up."""
    pg_bin: Path | None = None
    """Folder with ``postgres`` and ``initdb`` to use for the embedded server."""
    home: Path = Field(default=Path(".tracseq"), validation_alias="TRACSEQ_HOME")
    env: Environment = Environment.DEVELOPMENT
    site_name: str = "TracSeq"
    time_zone: str = "Europe/Berlin"
    trusted_proxies: int = 0
    idle_minutes: int = 30
    session_hours: int = 12
    workers: int = 2
    smtp_url: str | None = Field(
        default=None, validation_alias=AliasChoices("TRACSEQ_SMTP_URL", "SMTP_URL")
    )
    """``smtp://user:password@host:port``; without it no mail is sent and the delivery says so."""
    mail_from: str = "tracseq@localhost"
    readings_kept_days: int = 400
    """For how long single readings of sensors are kept; at least 90. Their hours stay for good."""

    run_folders: tuple[Path, ...] = ()
    """JSON: ``["/mnt/sequencers/novaseq", …]``: folders whose folders are runs; looked at every
    minute. Empty: nothing is watched."""

    mqtt_url: str | None = None
    """``mqtts://user@host:8883`` of the broker that loggers send to; without it nobody listens."""
    mqtt_password_file: Path | None = None
    mqtt_ca_file: Path | None = None
    """Who vouches for the broker's certificate; None means whom the system trusts."""
    mqtt_prefix: str = "tracseq"
    """Loggers send to ``<prefix>/<name of their token>/readings``."""

    rack_scanners: tuple[RackScanner, ...] = ()
    """JSON: ``[{"name": "Bench 2", "host": "10.0.3.9", "port": 8000, "dialect": "visionmate"}]``"""

    @property
    def secrets_dir(self) -> Path:
        """Folder of the generated secrets, owner-only."""
        return self.home / "secrets"

    @property
    def files_dir(self) -> Path:
        """Folder of uploaded and produced files, content-addressed."""
        return self.home / "files"

    @property
    def live_port_number(self) -> int:
        """Port of the live-feed sidecar; the web port's neighbour unless set."""
        return self.live_port if self.live_port is not None else self.port + 1

    @property
    def is_production(self) -> bool:
        """Say whether the strict rules of production hold."""
        return self.env is Environment.PRODUCTION


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Return the process's settings, read once."""
    return Settings()
