"""Facts about samples and projects."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRegistered:
    """A sample was registered on its own."""

    TYPE: ClassVar[str] = "samples.sample_registered"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    project_id: UUID
    material_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationTakenBack:
    """A registration was a slip: its barcode is free again, the record stays as ``voided``."""

    TYPE: ClassVar[str] = "samples.registration_taken_back"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    voided: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRegistered:
    """Samples of one import were registered together."""

    TYPE: ClassVar[str] = "samples.batch_registered"
    AGGREGATE: ClassVar[str] = "import"

    aggregate_id: UUID
    registered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesAmended:
    """A list that was sent again changed samples that are registered already."""

    TYPE: ClassVar[str] = "samples.samples_amended"
    AGGREGATE: ClassVar[str] = "import"

    aggregate_id: UUID
    amended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """A sample took a step of its lifecycle."""

    TYPE: ClassVar[str] = "samples.status_changed"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    action: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSet:
    """A sample may not be used for now."""

    TYPE: ClassVar[str] = "samples.hold_set"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased:
    """A reason not to use a sample is gone."""

    TYPE: ClassVar[str] = "samples.hold_released"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMeasured:
    """Quality control gave a verdict."""

    TYPE: ClassVar[str] = "samples.sample_measured"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    qc_verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeChanged:
    """A line was added to a tube's ledger; amounts in µL, None where nobody knows."""

    TYPE: ClassVar[str] = "samples.volume_changed"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    cause: str
    delta_ul: Decimal | None
    balance_ul: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMade:
    """A sample was made from others: parted, extracted or pooled."""

    TYPE: ClassVar[str] = "samples.sample_made"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    kind: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThawCounted:
    """A frozen sample was thawed once more."""

    TYPE: ClassVar[str] = "samples.thaw_counted"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirySet:
    """A sample is good until another day."""

    TYPE: ClassVar[str] = "samples.expiry_set"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded:
    """What a donor agreed to is on record."""

    TYPE: ClassVar[str] = "samples.consent_recorded"
    AGGREGATE: ClassVar[str] = "consent"

    aggregate_id: UUID
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTied:
    """A sample is here under a consent."""

    TYPE: ClassVar[str] = "samples.consent_tied"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreanalyticalRecorded:
    """What happened to a sample before it was ours was written down; ``sprec`` follows from it."""

    TYPE: ClassVar[str] = "samples.preanalytical_recorded"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    sprec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SprecOverridden:
    """A code set by hand counts, or the derived one again; ``sprec`` is the one that counts."""

    TYPE: ClassVar[str] = "samples.sprec_overridden"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    sprec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentExtended:
    """A consent holds until another day."""

    TYPE: ClassVar[str] = "samples.consent_extended"
    AGGREGATE: ClassVar[str] = "consent"

    aggregate_id: UUID
    reference: str
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWasWithdrawn:
    """A donor withdrew; ``samples`` were put on hold for it."""

    TYPE: ClassVar[str] = "samples.consent_withdrawn"
    AGGREGATE: ClassVar[str] = "consent"

    aggregate_id: UUID
    reference: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementsRecorded:
    """Values were measured of a sample."""

    TYPE: ClassVar[str] = "samples.measurements_recorded"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdsPublished:
    """A new version of thresholds is in force."""

    TYPE: ClassVar[str] = "samples.thresholds_published"
    AGGREGATE: ClassVar[str] = "qc_thresholds"

    aggregate_id: UUID
    material_type: str
    application: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalSigned:
    """A second person signed that a sample is discarded."""

    TYPE: ClassVar[str] = "samples.disposal_signed"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    signer_name: str
    meaning: str
    signature_id: UUID
    """Several samples may rest on one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingSet:
    """New rules of the laboratory for a material are in force."""

    TYPE: ClassVar[str] = "samples.handling_set"
    AGGREGATE: ClassVar[str] = "handling_policy"

    aggregate_id: UUID
    material_type: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAdded:
    """The laboratory took on a project."""

    TYPE: ClassVar[str] = "samples.project_added"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded:
    """A person may see a project's samples from now on."""

    TYPE: ClassVar[str] = "samples.member_added"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved:
    """A person no longer sees a project's samples."""

    TYPE: ClassVar[str] = "samples.member_removed"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStateSet:
    """A project takes samples again, or takes no more."""

    TYPE: ClassVar[str] = "samples.project_state_set"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    code: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSaved:
    """A person keeps a way of looking at the list of samples."""

    TYPE: ClassVar[str] = "samples.view_saved"
    AGGREGATE: ClassVar[str] = "sample_view"

    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRenamed:
    """A person calls a saved view something else."""

    TYPE: ClassVar[str] = "samples.view_renamed"
    AGGREGATE: ClassVar[str] = "sample_view"

    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRemoved:
    """A person no longer wants a saved view."""

    TYPE: ClassVar[str] = "samples.view_removed"
    AGGREGATE: ClassVar[str] = "sample_view"

    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesExported:
    """A person took samples out as a file; the aggregate is the job that wrote it."""

    TYPE: ClassVar[str] = "samples.exported"
    AGGREGATE: ClassVar[str] = "export"

    aggregate_id: UUID
    format: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequested:
    """A person asks for one act with everything that matched a view."""

    TYPE: ClassVar[str] = "samples.act_requested"
    AGGREGATE: ClassVar[str] = "sample_act"

    aggregate_id: UUID
    kind: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDone:
    """Every sample of an act has been asked; each that changed has an event of its own."""

    TYPE: ClassVar[str] = "samples.act_done"
    AGGREGATE: ClassVar[str] = "sample_act"

    aggregate_id: UUID
    changed: int
    refused: int
    left: int
