"""A freezer with one box for a browser test alone, and what a test does with its map."""

from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from backend.samples.ids import Custody, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from tests.factories.storage import make_freezer, make_loose, make_tube, stand

LONG_AGO = datetime(2001, 5, 4, tzinfo=UTC)
"""Tubes of these tests have waited longest, so they stand on top of the list."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A freezer of this test alone with one box, and tubes that wait for a place in it."""

    unit: str
    box: str
    barcodes: tuple[str, ...]

    @property
    def href(self) -> str:
        return f"/storage/{self.box}"


def set_up(
    laboratory: Engine,
    *,
    tubes: int,
    zone: TemperatureClass = TemperatureClass.LN2_VAPOUR,
    rows: int = 9,
    columns: int = 9,
    standing: int = 0,
) -> Scene:
    """Add a freezer with a box; ``standing`` more tubes stand in it already, row by row."""
    with Session(laboratory) as session:
        number = 1 + session.scalars(select(func.count()).where(Project.code.like("STORE-%"))).one()
        unit = f"TANK-{number:02d}"
        barcodes = tuple(f"TUBE-{number:02d}-{each:03d}" for each in range(1, tubes + standing + 1))
        project = Project(code=f"STORE-{number}", name="Storage walk", owner_id=None)
        session.add(project)
        session.flush()
        freezer = make_freezer(session, label=unit, zone=zone, rows=rows, columns=columns)
        keys = [
            make_tube(session, project, barcode=barcode, temperature_class=zone)
            for barcode in barcodes
        ]
        for place, key in enumerate(keys[tubes:]):
            row, column = divmod(place, columns)
            stand(session, key, freezer.box_id, row + 1, column + 1)
        in_storage = Sample.id.in_(keys[tubes:])
        session.execute(update(Sample).where(in_storage).values(custody="in_storage"))
        session.execute(update(Sample).where(Sample.id.in_(keys)).values(created_at=LONG_AGO))
        session.commit()
    return Scene(unit=unit, box=f"{unit}/1/A/B-1", barcodes=barcodes)


def add_bag(laboratory: Engine, scene: Scene, tubes: int) -> str:
    """Lay tubes into a loose place in the scene's rack; return its address."""
    rack = scene.box.rpartition("/")[0]
    with Session(laboratory) as session:
        key = session.scalars(select(StorageNode.id).where(StorageNode.path == rack)).one()
        bag = make_loose(session, NodeId(key), label="Bag")
        project = session.scalars(
            select(Sample.project_id).where(Sample.barcode == scene.barcodes[0])
        ).one()
        for number in range(1, tubes + 1):
            tube = make_tube(
                session,
                session.get_one(Project, project),
                barcode=f"BAG-{scene.unit}-{number}",
                temperature_class=TemperatureClass.LN2_VAPOUR,
                custody=Custody.IN_STORAGE,
            )
            stand(session, tube, bag, 0, number)
        session.commit()
    return f"{rack}/Bag"


def position(page: Page, label: str) -> Locator:
    return page.locator(f"#storage-map [data-pos='{label}']")


def open_box(page: Page, scene: Scene, query: str = "") -> None:
    page.goto(scene.href + query)
    expect(position(page, "A1")).to_be_visible()
