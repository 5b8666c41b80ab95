"""Keys and closed vocabularies of samples; no SQLAlchemy, so that rules and views may use them."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

SampleId = NewType("SampleId", UUID)
ProjectId = NewType("ProjectId", UUID)
QueryId = NewType("QueryId", UUID)
ActId = NewType("ActId", UUID)
DisposalId = NewType("DisposalId", UUID)
AttachmentId = NewType("AttachmentId", UUID)


class MaterialType(StrEnum):
    """What is in the tube."""

    BLOOD = "blood"
    PLASMA = "plasma"
    SERUM = "serum"
    SALIVA = "saliva"
    URINE = "urine"
    TISSUE = "tissue"
    CELLS = "cells"
    GDNA = "gdna"
    CFDNA = "cfdna"
    RNA = "rna"
    CDNA = "cdna"
    LIBRARY = "library"
    POOL = "pool"
    OTHER = "other"


class TemperatureClass(StrEnum):
    """The temperature a thing is kept at."""

    LN2_VAPOUR = "ln2"
    MINUS_80 = "-80"
    MINUS_40 = "-40"
    MINUS_20 = "-20"
    PLUS_4 = "4"
    ROOM = "room"
    PLUS_37 = "37"


class Lifecycle(StrEnum):
    """First axis: how far the sample has come (DOMAIN 2e)."""

    REGISTERED = "registered"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROCESS = "in_process"
    COMPLETED = "completed"
    ARCHIVED = "archived"
    DEPLETED = "depleted"
    DISPOSED = "disposed"
    RETURNED = "returned"
    LOST = "lost"
    DESTROYED = "destroyed"


class Custody(StrEnum):
    """Second axis: where it is, and in whose hands."""

    NOT_PLACED = "not_placed"
    IN_STORAGE = "in_storage"
    CHECKED_OUT = "checked_out"
    ON_BENCH = "on_bench"
    ON_INSTRUMENT = "on_instrument"
    SHIPPED = "shipped"
    HAND_TRAY = "hand_tray"


class HoldKind(StrEnum):
    """Third axis, a set: why a sample may not be used for now."""

    QUARANTINE = "quarantine"
    QC_PENDING = "qc_pending"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LEGAL_HOLD = "legal_hold"
    TEMPERATURE_EXPOSURE = "temperature_exposure"
    PAUSED_BY_REQUESTER = "paused_by_requester"
    PAYMENT = "payment"


class QcVerdict(StrEnum):
    """Fourth axis: what quality control says."""

    NONE = "none"
    PASS = "pass"  # noqa: S105 a verdict, not a password
    PASS_WITH_WARNING = "pass_with_warning"  # noqa: S105 a verdict
    FAIL = "fail"
    FAIL_PROCEED = "fail_proceed"


class QcOutcome(StrEnum):
    """What thresholds say of what was measured; pending while a required value lacks."""

    PENDING = "pending"
    PASS = "pass"  # noqa: S105 a verdict, not a password
    PASS_WITH_WARNING = "pass_with_warning"  # noqa: S105 a verdict
    FAIL = "fail"


class Metric(StrEnum):
    """What is measured of a sample; its unit stands in `qc_rules.UNITS`."""

    CONCENTRATION = "concentration_ng_per_ul"
    A260_280 = "a260_280"
    A260_230 = "a260_230"
    RIN = "rin"
    DIN = "din"
    DV200 = "dv200_percent"
    VOLUME = "volume_ul"
    FRAGMENT_SIZE = "fragment_size_bp"
    MOLARITY = "molarity_nm"
    ADAPTER_DIMER = "adapter_dimer_percent"
    IN_RANGE = "in_range_percent"
    """Of a library's mass, what is long enough and short enough to be sequenced (its smear)."""


class VolumeCause(StrEnum):
    """Why a tube's volume changed; one line of its ledger each."""

    REGISTERED = "registered"
    ALIQUOT = "aliquot"
    DERIVATIVE = "derivative"
    POOL = "pool"
    USE = "use"
    CORRECTION = "correction"
    RETURN = "return"
    DISPOSAL = "disposal"


class DisposalMeaning(StrEnum):
    """What the second person's signature under a disposal says."""

    WITNESSED = "witness of the disposal"
    APPROVED = "approval of a disposal before its time"


class LineageKind(StrEnum):
    """How one sample came from another."""

    ALIQUOT = "aliquot"
    DERIVATIVE = "derivative"
    POOL = "pool"


class Status(StrEnum):
    """The one word a list shows, derived from the axes by the database (samples.models)."""

    PENDING = "pending"
    VALIDATED = "validated"
    IN_STORAGE = "in_storage"
    IN_SEQUENCING = "in_sequencing"
    COMPLETED = "completed"
    FAILED = "failed"
    REJECTED = "rejected"
    ARCHIVED = "archived"
    DISCARDED = "discarded"


class Priority(StrEnum):
    """How soon the requester wants it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class BulkKind(StrEnum):
    """What is done with everything that matched a stored query."""

    STATUS = "status"
    HOLD = "hold"
    RELEASE = "release"


class BulkOutcome(StrEnum):
    """What became of one sample in an act for many."""

    CHANGED = "changed"
    REFUSED = "refused"
    """A guard stood against it."""
    LEFT = "left"
    """It changed since it was selected, so nobody asked for it any more."""


class AttachmentKind(StrEnum):
    """What a file that is attached to a sample is about."""

    PHOTO = "photo"
    CONSENT = "consent"
    QC_REPORT = "qc_report"
    CORRESPONDENCE = "correspondence"
    SHIPPING = "shipping"
    OTHER = "other"


class ArrivalCondition(StrEnum):
    """How a tube was found when it was received; several may hold of one.

    Temperature, visible damage, volume, label and documents are what a desk looks at (DOMAIN 2e);
    the words are those of HL7 v2 tables 0490, specimen reject reason, and 0493, specimen condition.
    """

    GOOD = "good"
    THAWED = "thawed"
    WARM = "warm"
    """Outside the temperature that it should have travelled at, frozen or not."""
    LEAKING = "leaking"
    BROKEN = "broken"
    UNDERFILLED = "underfilled"
    HAEMOLYSED = "haemolysed"
    LABEL_UNREADABLE = "label_unreadable"
    LABEL_MISMATCH = "label_mismatch"
    DOCUMENTS_MISSING = "documents_missing"
    OTHER = "other"
