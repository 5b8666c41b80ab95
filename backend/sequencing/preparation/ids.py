"""Keys and closed vocabularies of libraries at the bench."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

LotId = NewType("LotId", UUID)
ProtocolId = NewType("ProtocolId", UUID)
WorksheetId = NewType("WorksheetId", UUID)


class ProtocolState(StrEnum):
    """How far a version of a protocol has come; a published one never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class PlateShape(StrEnum):
    """What a worksheet's wells are on: a plate of 96, or four strips' worth of 24."""

    PLATE_96 = "8x12"
    STRIPS_24 = "4x6"


class WorksheetState(StrEnum):
    """How far a worksheet has come."""

    DRAFT = "draft"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class WellKind(StrEnum):
    """What goes into a well."""

    SAMPLE = "sample"
    NO_TEMPLATE = "no_template"
    POSITIVE = "positive"


class GateState(StrEnum):
    """What the controls of a worksheet say of its libraries."""

    NONE = "none"
    """It has no controls with a limit."""
    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    """A hold is proposed and nobody has answered."""
    HELD = "held"
    WAIVED = "waived"
    """A person let the libraries through, for a reason."""


class InstrumentFile(StrEnum):
    """Files of readings that are understood."""

    QUBIT = "qubit"
    PLATE_READER = "plate_reader"
    BIOANALYZER = "bioanalyzer"
    TAPESTATION_REGIONS = "tapestation_regions"
    TAPESTATION_PEAKS = "tapestation_peaks"
    TAPESTATION_SAMPLES = "tapestation_samples"
    SEQUENCESCAPE_QUANT = "sequencescape_quant"
