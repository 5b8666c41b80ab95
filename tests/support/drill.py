"""A unit of its own that fails, its logger, and somewhere else for its tubes: a drill."""

import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.ids import Custody
from backend.samples.models import Project, Sample
from backend.storage.models import Placement, StorageNode
from backend.telemetry import device_tokens
from backend.telemetry.device_tokens import Unit
from backend.telemetry.ids import SensorSource
from backend.telemetry.models import Sensor
from tests.factories.storage import make_freezer, make_tube, stand
from tests.factories.telemetry import make_sensor

MINUTE = timedelta(minutes=1)
_APART = {"biosafety_level": 3}
"""Nothing else in the laboratory takes such tubes: they go from the one unit to the other."""
_LONG_AGO = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """Units by label; the tubes stand in the failing one, and the safe one's box takes them."""

    failing: str
    safe_box: str
    tubes: tuple[str, ...]
    sensor: str
    token: str


def make_drill(engine: Engine, name: str, *, tubes: int) -> Drill:
    """Add the units, the tubes and the logger's token; ``name`` is new in the laboratory."""
    with Session(engine) as session:
        project = Project(code=name, name="Drill", owner_id=None)
        session.add(project)
        session.flush()
        failing = make_freezer(session, label=f"U-{name}", **_APART)
        safe = make_freezer(session, label=f"V-{name}", **_APART)
        placed_at = clock.utc_now() - _LONG_AGO
        codes = [f"{name}-{column}" for column in range(1, tubes + 1)]
        for column, code in enumerate(codes, start=1):
            tube = make_tube(session, project, barcode=code, **_APART)
            stand(session, tube, failing.box_id, 1, column, placed_at=placed_at)
            session.get_one(Sample, tube).custody = Custody.IN_STORAGE
        sensor = make_sensor(session, unit_label=failing.label)
        sensor.unit_id = failing.unit_id
        session.flush()
        token = device_tokens.make_device_token(
            WriteSession(ReadSession(session)),
            machinery("drill", *Permission, request_id=f"drill-{new_id()}"),
            name=f"Logger of {failing.label}",
            unit=Unit(unit_id=failing.unit_id, label=failing.label),
        )
        made = Drill(
            failing=failing.label,
            safe_box=f"{safe.label}/1/A/B-1",
            tubes=tuple(codes),
            sensor=sensor.code,
            token=token,
        )
        session.commit()
    return made


def send(url: str, drill: Drill, first: datetime, temperatures_c: Sequence[float]) -> int:
    """Send a reading for each minute from ``first`` on, as a logger does; return how many stand."""
    readings = [
        {"sensor": drill.sensor, "at": (first + MINUTE * number).isoformat(), "value": value}
        for number, value in enumerate(temperatures_c)
    ]
    request = urllib.request.Request(  # noqa: S310 -- the laboratory's own address
        f"{url}/api/v1/telemetry/readings",
        data=json.dumps({"readings": readings}).encode(),
        headers={"Authorization": f"Bearer {drill.token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 -- as above
        counts: dict[str, int] = json.load(answer)["counts"]
    return counts["accepted"]


def rising(minutes: int, *, start_c: float, end_c: float) -> list[float]:
    """Return temperatures that rise evenly, one a minute."""
    step = (end_c - start_c) / (minutes - 1)
    return [round(start_c + step * minute, 2) for minute in range(minutes)]


def keep_cold(engine: Engine, drill: Drill) -> None:
    """Let the laboratory make up the sensor's readings from now on, so that it is never silent."""
    with Session(engine) as session:
        session.execute(
            update(Sensor).where(Sensor.code == drill.sensor).values(source=SensorSource.SIMULATED)
        )
        session.commit()


def where(engine: Engine, drill: Drill) -> set[str]:
    """Return the paths of the boxes in which the tubes stand."""
    with Session(engine) as session:
        return set(
            session.scalars(
                select(StorageNode.path)
                .join(Placement, Placement.box_id == StorageNode.id)
                .join(Sample, Sample.id == Placement.sample_id)
                .where(Sample.barcode.in_(drill.tubes), Placement.removed_at.is_(None))
            )
        )
