"""What readers of samples receive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.auth.views import SignatureView
from backend.core.principal import UserId
from backend.samples.arrival_views import ArrivalView
from backend.samples.ids import (
    ActId,
    BulkKind,
    DisposalId,
    HoldKind,
    LineageKind,
    MaterialType,
    Metric,
    ProjectId,
    QcOutcome,
    QcVerdict,
    QueryId,
    SampleId,
    VolumeCause,
)
from backend.samples.qc_rules import Limits
from backend.samples.rules import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """A project that the principal may see."""

    id: ProjectId
    code: str
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    """A project as who manages it sees it."""

    id: ProjectId
    code: str
    name: str
    is_open: bool
    members: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A person who sees a project's samples."""

    user_id: UserId
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRow:
    """A sample as lists show it."""

    id: SampleId
    barcode: str
    name: str
    project_code: str
    material_type: str
    status: str
    subject_code: str | None
    volume_ul: Decimal | None
    concentration_ng_per_ul: Decimal | None
    rin: Decimal | None
    din: Decimal | None
    temperature_class: str
    received_at: datetime | None
    created_at: datetime
    custody: str
    qc_verdict: str
    priority: str
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """A hold and who set it."""

    kind: HoldKind
    reason: str
    release_rule: str
    set_at: datetime
    set_by_name: str
    released_at: datetime | None
    released_by_name: str | None
    release_reason: str | None
    release_evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionView:
    """A step that a sample took."""

    action: str
    from_status: str | None
    to_status: str
    at: datetime
    actor_name: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDetail:
    """Everything that is known of one sample."""

    row: SampleRow
    external_id: str | None
    lifecycle: str
    container_type: str | None
    biosafety_level: int
    a260_280: Decimal | None
    a260_230: Decimal | None
    index_i7: str | None
    index_i5: str | None
    collected_on: date | None
    submitter: str | None
    analysis: str | None
    notes: str | None
    attributes: Mapping[str, str]
    parent_barcode: str | None
    family_id: UUID | None
    is_backup: bool
    freeze_thaw_count: int
    import_id: UUID | None
    version: int
    state_since: datetime
    expires_on: date | None
    standing: Standing
    """What guards look at, so that a page can say beforehand what stands against an act."""
    holds: Sequence[HoldView]
    transitions: Sequence[TransitionView]
    arrival: ArrivalView | None
    """In what condition it was received; None where nobody wrote it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A sample that has just been registered."""

    id: SampleId
    barcode: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What became of a batch: ids and barcodes of those registered, in the batch's order."""

    ids: Sequence[SampleId]
    barcodes: Sequence[str]
    refused: Sequence[tuple[int, str, str]]
    """(index in the batch, field, sentence) of each refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionOutcome:
    """What became of one sample in a change of many: ``reasons`` is empty when it changed."""

    sample_id: SampleId
    barcode: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDisposal:
    """A signature under the discarding of several samples that was asked for and stands."""

    id: DisposalId
    signature: SignatureView


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuery:
    """Everything that matched a view when it was selected."""

    id: QueryId
    total: int
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActProgress:
    """How far an act for many has come."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActView:
    """An act for everything in a stored query: how far, and what became of whom."""

    id: ActId
    kind: BulkKind
    action: str
    total: int
    changed: int
    refused: int
    left: int
    came_since: int
    taken_at: datetime
    unchanged: Sequence[tuple[str, str]]
    """Barcode and reason of those that stayed as they were, the first of them only."""

    @property
    def done(self) -> int:
        return self.changed + self.refused + self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """How many samples are in a stage and how long they wait there; None where nothing waits."""

    status: str
    now: int
    median_wait_s: float | None
    oldest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Samples by status, and by UTC day of registration as far back as was asked."""

    counts: Mapping[str, int]
    registered: Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedDay:
    """What was completed on a UTC day.

    ``ages_s`` are the seconds since registration: four bytes each, big-endian, in no order.
    """

    day: date
    completed: int
    ages_s: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFlow:
    """A day's registrations and completions (UTC days)."""

    day: date
    registered: int
    completed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnaround:
    """Days from registration to completion of the samples completed in a window."""

    median_days: float
    p90_days: float
    completed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A named address of the list of samples."""

    id: UUID
    name: str
    address: str
    project_code: str | None
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeLine:
    """A line of a tube's ledger, in µL; see the table for what None says."""

    number: int
    cause: VolumeCause
    delta_ul: Decimal | None
    balance_ul: Decimal | None
    counterpart_barcode: str | None
    """None too where the other tube may not be seen."""
    actor_name: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageEdge:
    """How a sample is tied to one of its relatives; ``distance`` is negative towards parents.

    ``volume_ul`` and ``proportion`` are those of the edge nearest to the relative.
    """

    id: SampleId
    barcode: str
    name: str
    material_type: str
    status: str
    balance_ul: Decimal | None
    kind: LineageKind
    volume_ul: Decimal | None
    proportion: Decimal | None
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThawCount:
    """How often a sample was thawed; ``warning`` is a sentence where that is often."""

    count: int
    limit: int | None
    warning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingView:
    """The rules in force for a material; None asks for nothing."""

    material_type: MaterialType
    version: int
    thaw_limit: int | None
    good_for_days: int | None
    keep_for_days: int | None
    disposal_witnessed: bool
    set_at: datetime
    set_by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A donor's consent; ``problem`` says why it no longer allows anything."""

    reference: str
    scope: str
    expires_on: date | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    tied_samples: int | None
    """How many of the reader's samples are under it; None where nobody counted."""
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementView:
    """A value that somebody measured."""

    metric: Metric
    value: Decimal
    unit: str
    method: str
    instrument: str | None
    measured_at: datetime
    actor_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """What one metric was found to be, as kept with the judgement; ``said`` is a sentence."""

    metric: str
    value: str | None
    outcome: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementView:
    """What quality control said; ``outcome`` is the thresholds', ``verdict`` what stands."""

    verdict: QcVerdict
    outcome: QcOutcome | None
    thresholds: str | None
    findings: Sequence[FindingView]
    is_override: bool
    reason: str | None
    signature: SignatureView | None
    actor_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdsView:
    """A published set of thresholds."""

    material_type: MaterialType
    application: str
    version: int
    reason: str
    published_at: datetime
    published_by_name: str
    limits: Sequence[Limits]
