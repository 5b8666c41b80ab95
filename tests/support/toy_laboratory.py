"""A supervisor over toy services, as a process of its own: ``toy_laboratory.py [HOME]``.

Each service starts a grandchild in another session, as an RQ worker does with its job. With HOME an
embedded PostgreSQL runs too. Every tick the names and numbers of the processes go to standard
output as one JSON line.
"""

import json
import sys
from pathlib import Path

import psutil

from db.embedded.postgres import EmbeddedPostgres
from db.embedded.scratch import THROW_AWAY, required_postgres
from jobs.supervisor.child import ServiceProcess, Supervised
from jobs.supervisor.services import Service
from jobs.supervisor.supervisor import StopOrdered, Supervisor

_STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"],
                         start_new_session=True)
print("started", flush=True)
time.sleep(600)
"""
_DUTIFUL = _STUBBORN.replace(
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "signal.signal(signal.SIGTERM, lambda *_: (child.kill(), child.wait(), sys.exit(0)))",
)


def main() -> None:
    supervisor = Supervisor(lambda line: sys.stderr.write(f"{line}\n"))
    try:
        if len(sys.argv) > 1:
            postgres = EmbeddedPostgres(Path(sys.argv[1]), required_postgres(), THROW_AWAY)
            postgres.start()
            supervisor.adopt(Supervised("postgres", postgres))
        services = [
            Service("dutiful", (sys.executable, "-S", "-c", _DUTIFUL), 5),
            Service("stubborn", (sys.executable, "-S", "-c", _STUBBORN), 0.5),
        ]
        supervisor.start([Supervised(one.name, ServiceProcess(one, {})) for one in services])
        supervisor.run(lambda: _report(supervisor))
    except StopOrdered:
        pass
    finally:
        supervisor.stop()


def _report(supervisor: Supervisor) -> None:
    everyone = [child.pid for child in psutil.Process().children(recursive=True)]
    sys.stdout.write(json.dumps({"named": supervisor.pids(), "everyone": everyone}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
