"""``python -m jobs.supervisor``: the whole laboratory in one command, in the foreground."""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from backend.core.config import Settings, load_settings
from backend.core.secret_files import SecretRefused
from db.embedded.identity import ServerCannotRun
from jobs.supervisor import ports, preparation
from jobs.supervisor.child import ServiceProcess, Supervised
from jobs.supervisor.services import environment, laboratory_services
from jobs.supervisor.supervisor import StopOrdered, Supervisor

_JOB_WORKERS = 2

_REFUSALS = (
    ServerCannotRun,
    SecretRefused,
    ports.PortBusy,
    preparation.AlreadyRunning,
)


def main() -> int:
    """Run until stopped; return 0 after an orderly stop and 1 when the start is refused."""
    settings = load_settings()
    settings = settings.model_copy(update={"home": settings.home.resolve()})
    try:
        with preparation.lock_home(settings.home):
            ports.require_free(settings.bind, settings.port, "PORT")
            ports.require_free(settings.bind, settings.live_port_number, "TRACSEQ_LIVE_PORT")
            preparation.prepare_secrets(settings, say)
            return _supervise(settings)
    except _REFUSALS as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1


def _supervise(settings: Settings) -> int:
    supervisor = Supervisor(say)
    try:
        settings = _start_servers(settings, supervisor)
        preparation.write_addresses(settings)
        told = {**os.environ, **environment(settings)}  # noqa: TID251 -- handed on, not read
        preparation.prepare_database(settings, told)
        services = laboratory_services(job_workers=_JOB_WORKERS, has_broker=bool(settings.mqtt_url))
        supervisor.start([Supervised(one.name, ServiceProcess(one, told)) for one in services])
        supervisor.run(_Announcement(settings).when_ready)
    except StopOrdered as order:
        say(f"Stopping ({order}).")
    finally:
        supervisor.stop()
    say("Stopped. Everything is saved.")
    return 0


def _start_servers(settings: Settings, supervisor: Supervisor) -> Settings:
    """Start the embedded servers that are wanted; return the settings with their addresses."""
    postgres = preparation.start_postgres(settings, say)
    if postgres is not None:
        supervisor.adopt(Supervised("postgres", postgres))
        postgres.ensure_database()
        settings = settings.model_copy(update={"database_url": postgres.url()})
    redis = preparation.start_redis(settings, say)
    if redis is not None:
        supervisor.adopt(Supervised("redis", redis))
        settings = settings.model_copy(update={"redis_url": redis.url()})
    return settings


class _Announcement:
    """Says once where the laboratory is, as soon as it answers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._said = False

    def when_ready(self) -> None:
        if self._said or not self._answers():
            return
        self._said = True
        say(f"\n  TracSeq is ready: http://127.0.0.1:{self._settings.port}\n")
        sign_ins = self._settings.secrets_dir / "demo-sign-ins"
        if sign_ins.is_file():
            say(_indented(sign_ins))

    def _answers(self) -> bool:
        url = f"http://127.0.0.1:{self._settings.port}/health/ready"
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, OSError):
            return False
        return True


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _indented(path: Path) -> str:
    return "".join(f"  {line}\n" for line in path.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    sys.exit(main())
