"""What readers of the bench receive. Volumes in µL, masses in ng."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.samples.ids import MaterialType, Metric, SampleId
from backend.sequencing.preparation.ids import (
    GateState,
    InstrumentFile,
    LotId,
    PlateShape,
    ProtocolId,
    ProtocolState,
    WellKind,
    WorksheetId,
    WorksheetState,
)
from backend.sequencing.preparation.readings.standard_curve import Curve
from backend.sequencing.preparation.rules import IndexPair, InputFlag, InputWish


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A lot of reagents and the worksheets that have it."""

    id: LotId
    kit: str
    catalogue_number: str
    lot: str
    expires_on: date
    received_on: date
    opened_on: date | None
    reactions_total: int
    reactions_left: int
    refusal: str | None
    """Why it cannot be put on a worksheet now."""
    worksheets: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolView:
    """One version of a protocol."""

    id: ProtocolId
    name: str
    version: int
    state: ProtocolState
    input_material: MaterialType
    output_material: MaterialType
    wish: InputWish
    final_volume_ul: Decimal
    fragment_size_bp: int | None
    index_kit: str
    kit_key: str
    """Of the reference data that the pairs are copied from; "" where they were pasted."""
    kit_version: int | None
    index_pairs: Sequence[IndexPair]
    assay: str
    """Key of the assay that libraries are made for; "" for none."""
    reagents: Sequence[str]
    no_template_controls: int
    positive_controls: int
    no_template_limit_ng_per_ul: Decimal | None
    positive_least_ng_per_ul: Decimal | None
    notes: str
    published_by_name: str | None
    published_at: datetime | None

    @property
    def label(self) -> str:
        """Return name and version."""
        return f"{self.name} v{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """What was read of a well last, by metric."""

    metric: Metric
    value: Decimal | None
    below: Decimal | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WellView:
    """One well of a worksheet."""

    place: int
    well: str
    kind: WellKind
    sample_id: SampleId | None
    barcode: str | None
    name: str | None
    project_code: str | None
    concentration_ng_per_ul: Decimal | None
    volume_ul: Decimal | None
    diluent_ul: Decimal | None
    mass_ng: Decimal | None
    flag: InputFlag
    index_well: str | None
    index_name: str | None
    index_i7: str | None
    index_i5: str | None
    library_barcode: str | None
    library_verdict: str | None
    library_judged_by: str | None
    """Thresholds with the version that the verdict rests on; None where none were asked."""
    readings: Sequence[ReadingView]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetRow:
    """A worksheet in a list."""

    id: WorksheetId
    code: str
    state: WorksheetState
    gate: GateState
    protocol: str
    samples: int
    controls: int
    made_by_name: str
    made_at: datetime
    started_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of readings that was kept."""

    file_name: str
    instrument: InstrumentFile
    readings: int
    kept_by_name: str
    kept_at: datetime
    curve: Curve | None
    """What its concentrations were read off; None where the instrument reckoned them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFor:
    """The assay that libraries are made for, and what judges them now."""

    assay: str
    version: int
    wanted: str
    """Analysis whose thresholds the assay asks for; "" takes the material's."""
    judged_by: str | None
    """Thresholds that are in force, with their version; None without any."""
    is_own: bool
    """Whether they are the assay's own, not the material's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetView:
    """A worksheet, whole."""

    id: WorksheetId
    code: str
    state: WorksheetState
    shape: PlateShape
    notes: str
    protocol: ProtocolView
    made_for: MadeFor | None
    wells: Sequence[WellView]
    lots: Sequence[LotView]
    files: Sequence[KeptFile]
    made_by_name: str
    made_at: datetime
    started_by_name: str | None
    started_at: datetime | None
    done_by_name: str | None
    done_at: datetime | None
    cancel_reason: str | None
    gate: GateState
    gate_reasons: Sequence[str]
    gate_decided_by_name: str | None
    gate_decision_reason: str | None
    index_findings: Sequence[str]
    """What is to be known of its index pairs; nothing is refused for it."""
    obstacles: Sequence[str]
    """What stands against its next step, every reason."""
