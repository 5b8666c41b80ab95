"""What readers of incidents receive. Temperatures in °C, lengths in minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.auth.views import SignatureView
from backend.incidents.ids import (
    Disposition,
    HoldState,
    IncidentId,
    IncidentKind,
    IncidentState,
    ItemId,
    ReadingsFrom,
)
from backend.samples.ids import SampleId, TemperatureClass
from backend.storage.ids import NodeId
from backend.telemetry.ids import AlarmKind, AlarmSeverity, SensorId
from backend.telemetry.views import ReadingPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a check of the alarms changed of the incidents."""

    opened: int = 0
    contained: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident in the list."""

    id: IncidentId
    code: str
    kind: IncidentKind
    state: IncidentState
    units: tuple[str, ...]
    began_at: datetime
    ended_at: datetime | None
    peak_c: float | None
    """The temperature farthest out of its limits."""
    items: int
    """Samples that stood there and that the reader may see."""
    others: int
    """Samples of projects that are not the reader's."""
    undecided: int
    owner_name: str
    acknowledged_by: tuple[str, ...]
    """Each once, the first first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """A unit of an incident."""

    unit_id: NodeId
    label: str
    sensor_id: SensorId
    zone: TemperatureClass | None
    setpoint_c: float
    alarm_high_c: float | None
    alarm_low_c: float | None
    began_at: datetime
    ended_at: datetime | None
    said_back: str
    """Who says so and how they know, where it is back in range by a person's word; else empty."""
    highest_c: float | None
    lowest_c: float | None
    out_min: float
    known_min: float
    unknown_min: float
    readings_from: ReadingsFrom
    mkt_c: float | None
    """None where MKT is not defined, or where readings lack; ``mkt_note`` says which."""
    mkt_note: str

    @property
    def coverage(self) -> float:
        """The known share of its window, 0–1."""
        whole = self.known_min + self.unknown_min
        return self.known_min / whole if whole else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """An alarm of an incident, with the version of the rule that raised it.

    ``limit`` is in the unit of that rule.
    """

    unit_label: str
    kind: AlarmKind
    severity: AlarmSeverity
    limit: float
    rule_key: str
    rule_version: int
    since: datetime
    back_since: datetime | None
    over_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """A sample that stood in a unit of the incident, and what that meant."""

    id: ItemId
    sample_id: SampleId
    barcode: str
    name: str
    project_code: str
    place: str
    position: str
    in_from: datetime
    in_until: datetime | None
    above_min: tuple[float, ...]
    """As exposure.THRESHOLDS_C."""
    out_of_alarm_min: float
    out_of_product_min: float
    degree_hours: float
    highest_c: float | None
    coverage: float
    unknown_min: float
    prior_out_min: float
    """Minutes out of its limits in earlier incidents."""
    hold_state: HoldState
    hold_reason: str | None
    decided_by_name: str
    decision_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """Some of an incident's items; ``others`` are of projects that are not the reader's."""

    items: Sequence[ItemView]
    total: int
    whole: int
    """Of the reader's, whatever the project that is asked for."""
    others: int
    proposed: int
    """Of the reader's, undecided, all pages together."""
    projects: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureRow:
    """A stay that one or more samples shared; counts only what the reader may see."""

    unit_label: str
    zone: TemperatureClass
    in_from: datetime
    in_until: datetime | None
    samples: int
    above_min: tuple[float, ...]
    out_of_alarm_min: float
    out_of_product_min: float
    degree_hours: float
    highest_c: float | None
    coverage: float
    hold_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened in an incident; ``tone`` is ok, warn, crit or info."""

    at: datetime
    words: str
    who: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident whole, without its items."""

    id: IncidentId
    code: str
    kind: IncidentKind
    storm_version: int | None
    """Of the common rule of alarms by which its units are one matter; None of one unit alone."""
    state: IncidentState
    opened_at: datetime
    began_at: datetime
    ended_at: datetime | None
    owner_name: str
    is_mine: bool
    merged_into: str | None
    evacuation_id: UUID | None
    units: Sequence[UnitView]
    alarms: Sequence[AlarmView]
    closing_gaps: Sequence[str]
    """What has to be done before it can be closed; empty once it can be, or is."""
    unheard: Sequence[str]
    """Units from which nothing was heard since their alarms were over: a person may say more."""
    closed_at: datetime | None
    closed_by_name: str
    cause: str
    action: str
    disposition: Disposition | None
    disposition_note: str
    signatures: Sequence[SignatureView]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCurve:
    """What a unit's probe said over the window and an hour on each side."""

    unit: UnitView
    points: Sequence[ReadingPoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsDecision:
    """What became of a bulk decision; ``left`` were more than are decided at once."""

    decided: int
    left: int
