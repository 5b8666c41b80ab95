"""What the API takes and tells of places."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from backend.api.paging import PageQuery
from backend.api.routing import ApiInput, ApiOutput
from backend.samples.ids import MaterialType, TemperatureClass
from backend.storage.ids import NodeId, NodeKind, Numbering, UnitStatus
from backend.storage.place_kinds import MOST_COLUMNS, MOST_ROWS
from backend.storage.place_listing import FilledPlace
from backend.storage.place_views import Restrictions

_CODE = "Path (ULT-03/2/C), barcode or key."


class ChildrenQuery(PageQuery):
    """The place whose children are listed; without one the sites."""

    of: str | None = Field(default=None, max_length=300, description=_CODE)
    closed: bool = Field(default=False, description="Closed places, too.")


class RestrictionsOut(ApiOutput):
    """Whom a place is for; null and empty: anybody, anything."""

    project: str | None
    material_types: list[MaterialType]


class StoredPlaceOut(ApiOutput):
    """A place with the sum of the boxes in it; see also the operation that lists its children."""

    id: NodeId
    kind: NodeKind
    is_loose: bool
    """A bag, or tubes that lie in a drawer or on a shelf: without a grid."""
    label: str
    path: str
    barcode: str | None
    temperature_class: TemperatureClass | None
    setpoint_c: float | None
    power_circuit: str | None
    status: UnitStatus
    status_reason: str
    move_back_on: date | None
    biosafety_level: int
    rows: int | None
    columns: int | None
    numbering: Numbering | None
    """What the lid calls positions, where there are rows and columns."""
    box_slots: int | None
    restrictions: RestrictionsOut
    around: RestrictionsOut
    """What counts where the place itself says nothing."""
    used: int
    capacity: int
    loose: int
    """Samples in loose places of no capacity; they are not in ``used``."""
    used_fraction: float | None
    """0–1; null where no position is known, as of a loose place of no capacity."""
    closed_at: datetime | None

    @classmethod
    def of(cls, filled: FilledPlace) -> "StoredPlaceOut":
        """Return a place as the API tells it."""
        place = filled.place
        grid = None if place.is_loose else place.shape
        return cls(
            id=place.id,
            kind=place.kind,
            is_loose=place.is_loose,
            label=place.label,
            path=place.path,
            barcode=place.barcode,
            temperature_class=place.temperature_class,
            setpoint_c=place.setpoint_c,
            power_circuit=place.power_circuit,
            status=place.status,
            status_reason=place.status_reason,
            move_back_on=place.move_back_on,
            biosafety_level=place.biosafety_level,
            rows=grid.rows if grid else None,
            columns=grid.columns if grid else None,
            numbering=grid.numbering if grid else None,
            box_slots=place.box_slots,
            restrictions=_said(place.own),
            around=_said(place.around),
            used=filled.used,
            capacity=filled.capacity,
            loose=filled.loose,
            used_fraction=filled.share,
            closed_at=place.closed_at,
        )


class ChildrenOut(ApiOutput):
    """Places in the order in which they stand."""

    items: list[StoredPlaceOut]
    next_cursor: str | None


class UnitIn(ApiInput):
    """A whole unit, made from a type with its shelves, racks and boxes."""

    type: str = Field(min_length=1, max_length=80)
    label: str = Field(min_length=1, max_length=60)
    parent: str = Field(min_length=1, max_length=300, description=f"Site or room. {_CODE}")
    barcode: str | None = Field(default=None, max_length=64)


class PlaceIn(ApiInput):
    """One more place; a unit needs its temperature, a box and a plate their grid."""

    kind: NodeKind
    label: str = Field(min_length=1, max_length=60)
    parent: str | None = Field(
        default=None, max_length=300, description=f"Null for a site. {_CODE}"
    )
    barcode: str | None = Field(default=None, max_length=64)
    temperature_class: TemperatureClass | None = None
    setpoint_c: float | None = None
    biosafety_level: int = Field(default=2, ge=1, le=4)
    rows: int | None = Field(default=None, ge=1, le=MOST_ROWS)
    columns: int | None = Field(default=None, ge=1, le=MOST_COLUMNS)
    numbering: Numbering = Field(
        default=Numbering.LETTERS, description="What the lid of a box calls its positions."
    )
    capacity: int | None = Field(
        default=None, ge=1, description="Tubes that a bag takes; null for unknown."
    )
    box_slots: int | None = Field(
        default=None, ge=1, description="Boxes that a rack, stack, drawer or shelf takes."
    )


class StatusIn(ApiInput):
    """A unit's status, why, and of a backup unit until when."""

    status: UnitStatus
    reason: str = Field(default="", max_length=300)
    move_back_on: date | None = None


class RestrictionsIn(ApiInput):
    """Whom a place is for: all of it is set anew."""

    project: str | None = Field(default=None, max_length=40)
    material_types: list[MaterialType] = Field(default_factory=list)
    biosafety_level: int = Field(ge=1, le=4)


class PlaceChange(ApiInput):
    """What is to change; what is not sent stays. All of it happens or nothing."""

    label: str | None = Field(default=None, min_length=1, max_length=60)
    barcode: str | None = Field(default=None, max_length=64, description="Null sent: none.")
    setpoint_c: float | None = Field(default=None, description="Of units, °C; null sent: unknown.")
    power_circuit: str | None = Field(
        default=None,
        max_length=60,
        description="Of units: alarms of those on one circuit are one matter; null sent: unknown.",
    )
    numbering: Numbering | None = Field(
        default=None, description="Of boxes: what the lid calls positions. Nothing in it moves."
    )
    status: StatusIn | None = Field(default=None, description="Of units.")
    restrictions: RestrictionsIn | None = None
    capacity: int | None = Field(
        default=None, ge=1, description="Of loose places; null sent: nobody knows."
    )
    box_slots: int | None = Field(
        default=None,
        ge=1,
        description="Of racks and the like: boxes they take; null sent: nobody knows.",
    )
    is_closed: bool | None = Field(
        default=None, description="False opens a closed place again. DELETE closes one."
    )


class RemovalQuery(ApiInput):
    """Why the place goes; it stays in the audit trail."""

    reason: str = Field(default="", max_length=300)


class RemovedOut(ApiOutput):
    """What became of it: gone, or with a history only closed."""

    path: str
    places: int
    was_closed: bool
    sentence: str


class FileFormat(StrEnum):
    """What is handed out of a place: tables, or a sheet to print. Labels have their own doors."""

    CSV = "csv"
    """The places alone, as an import reads them."""
    CONTENTS = "contents"
    """What stands in them, as CSV."""
    XLSX = "xlsx"
    """A workbook of both."""
    SHEET = "sheet"
    """To print: the places with maps of their boxes."""


class FileQuery(ApiInput):
    """The place that is exported with all in it."""

    of: str = Field(min_length=1, max_length=300, description=_CODE)
    format: FileFormat = FileFormat.CSV


class ImportQuery(ApiInput):
    """The file's name, and whether it is only looked at."""

    file_name: str = Field(min_length=1, max_length=200)
    dry_run: bool = False


class RowRefusedOut(ApiOutput):
    """A row of the file that is not taken, counted from 1, and why."""

    number: int
    sentence: str


class PlacesMadeOut(ApiOutput):
    """What became of a file, or would. With refusals nothing was made of it."""

    made: dict[NodeKind, int]
    already: int
    ignored: list[str]
    refusals: list[RowRefusedOut]
    dry_run: bool


def _said(said: Restrictions) -> RestrictionsOut:
    return RestrictionsOut(
        project=said.project,
        material_types=[MaterialType(each) for each in said.material_types],
    )
