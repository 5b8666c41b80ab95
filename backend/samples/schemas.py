"""What comes in about samples, checked once for every door: form, file, API, terminal."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from backend.core import barcodes
from backend.samples import arrival_rules, rules
from backend.samples.ids import (
    ArrivalCondition,
    BulkKind,
    DisposalMeaning,
    HoldKind,
    MaterialType,
    Priority,
    QcVerdict,
    Status,
    TemperatureClass,
)
from backend.samples.preanalytical.rules import SOUGHT

MAX_VOLUME_UL = 100_000
MAX_CONCENTRATION_NG_PER_UL = 10_000


def _blank_is_absent(value: object) -> object:
    if isinstance(value, str):
        return value.strip() or None
    return value


def _barcode_readable(code: str | None) -> str | None:
    if code is None:
        return None
    tidy = barcodes.tidy(code)
    if not rules.BARCODE.match(tidy):
        raise ValueError(
            "Barcode must be 3 to 64 letters, digits, hyphens, dots or underscores, no spaces."
        )
    return tidy


def _index_is_sequence(sequence: str | None) -> str | None:
    if sequence is not None and not rules.INDEX_SEQUENCE.match(sequence.upper()):
        raise ValueError("Index must be 4 to 40 of the letters A, C, G and T.")
    return sequence.upper() if sequence else None


# A rule of one field belongs to the field's type: columns of a batch are read by it (columns.py).
Barcode = Annotated[
    str | None, BeforeValidator(_blank_is_absent), AfterValidator(_barcode_readable)
]
IndexSequence = Annotated[
    str | None, BeforeValidator(_blank_is_absent), AfterValidator(_index_is_sequence)
]
# The length binds the text, not its absence; blanks are absent before either is looked at.
Words = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_blank_is_absent)]
Words60 = Annotated[Annotated[str, Field(max_length=60)] | None, BeforeValidator(_blank_is_absent)]
Words64 = Annotated[Annotated[str, Field(max_length=64)] | None, BeforeValidator(_blank_is_absent)]
Words80 = Annotated[Annotated[str, Field(max_length=80)] | None, BeforeValidator(_blank_is_absent)]
Words100 = Annotated[
    Annotated[str, Field(max_length=100)] | None, BeforeValidator(_blank_is_absent)
]
Prose = Annotated[Annotated[str, Field(max_length=2000)] | None, BeforeValidator(_blank_is_absent)]


class SampleRegistration(BaseModel):
    """One sample to register. Unknown fields are refused, so that none is silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    barcode: Barcode = None
    """Scanned or typed; None has one generated."""
    project_code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=200)
    external_id: Words100 = None
    subject_code: Words64 = None
    material_type: MaterialType
    temperature_class: TemperatureClass
    container_type: Words60 = None
    biosafety_level: int = Field(default=1, ge=1, le=4)
    volume_ul: Decimal | None = Field(default=None, ge=0, le=MAX_VOLUME_UL)
    concentration_ng_per_ul: Decimal | None = Field(
        default=None, ge=0, le=MAX_CONCENTRATION_NG_PER_UL
    )
    a260_280: Decimal | None = Field(default=None, ge=0, le=10)
    a260_230: Decimal | None = Field(default=None, ge=0, le=10)
    rin: Decimal | None = Field(default=None, ge=1, le=10)
    din: Decimal | None = Field(default=None, ge=1, le=10)
    index_i7: IndexSequence = None
    index_i5: IndexSequence = None
    collected_on: date | None = None
    received_at: AwareDatetime | None = None
    submitter: Words = None
    priority: Priority = Priority.NORMAL
    analysis: Words80 = None
    notes: Prose = None
    attributes: dict[str, str] = Field(default_factory=dict)
    parent_barcode: Annotated[str | None, BeforeValidator(_blank_is_absent)] = None
    consent: Words100 = None
    """Reference of a consent that is recorded already."""
    is_backup: bool = False

    @model_validator(mode="after")
    def _kept_at_right_zone(self) -> Self:
        refusal = rules.zone_refusal(self.material_type, self.temperature_class)
        if refusal:
            raise ValueError(refusal)
        return self


FIELD_SENTENCES: dict[tuple[str, str], str] = {
    ("name", "string_too_short"): "Enter a sample name.",
    ("name", "missing"): "Enter a sample name.",
    ("project_code", "string_too_short"): "Choose a project.",
    ("project_code", "missing"): "Choose a project.",
    ("material_type", "enum"): "Choose a sample type.",
    ("material_type", "missing"): "Choose a sample type.",
    ("temperature_class", "enum"): "Choose a storage temperature.",
    ("temperature_class", "missing"): "Choose a storage temperature.",
    ("volume_ul", "greater_than_equal"): "Volume must be 0 µL or more.",
    ("volume_ul", "less_than_equal"): f"Volume must be {MAX_VOLUME_UL:,} µL or less.",
    ("volume_ul", "decimal_parsing"): "Volume must be a number in µL.",
    ("concentration_ng_per_ul", "greater_than_equal"): "Concentration must be 0 ng/µL or more.",
    (
        "concentration_ng_per_ul",
        "less_than_equal",
    ): f"Concentration must be {MAX_CONCENTRATION_NG_PER_UL:,} ng/µL or less.",
    ("concentration_ng_per_ul", "decimal_parsing"): "Concentration must be a number in ng/µL.",
    ("rin", "greater_than_equal"): "RIN must be between 1 and 10.",
    ("rin", "less_than_equal"): "RIN must be between 1 and 10.",
    ("din", "greater_than_equal"): "DIN must be between 1 and 10.",
    ("din", "less_than_equal"): "DIN must be between 1 and 10.",
    ("rin", "decimal_parsing"): "RIN must be a number between 1 and 10.",
    ("din", "decimal_parsing"): "DIN must be a number between 1 and 10.",
    **{
        (field, kind): f"{words} must be a number between 0 and 10."
        for field, words in (("a260_280", "A260/280"), ("a260_230", "A260/230"))
        for kind in ("decimal_parsing", "greater_than_equal", "less_than_equal")
    },
    ("biosafety_level", "int_parsing"): "Biosafety level must be 1, 2, 3 or 4.",
    ("collected_on", "date_from_datetime_parsing"): "Collected must be a date, as 2026-11-25.",
}


def sentence_for(field: str, kind: str, message: str) -> str:
    """Return what is said about a field whose value pydantic refused for a reason of ``kind``."""
    return FIELD_SENTENCES.get((field, kind)) or message.removeprefix("Value error, ")


Bound = Annotated[Decimal | None, Field(ge=0, le=1_000_000_000)]


class Amounts(BaseModel):
    """Bounds of a measured amount; a sample whose amount nobody knows is never within."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: Bound = None
    above: Bound = None
    most: Bound = None
    below: Bound = None


class Instants(BaseModel):
    """From a moment on, until before another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime | None = None
    before: AwareDatetime | None = None


class Days(BaseModel):
    """From a day to another; both count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date | None = None
    last: date | None = None


class SampleChoices(BaseModel):
    """What a list leaves out: samples with any of these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project_codes: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    material_types: tuple[MaterialType, ...] = ()
    temperature_classes: tuple[TemperatureClass, ...] = ()
    priorities: tuple[Priority, ...] = ()
    qc_verdicts: tuple[QcVerdict, ...] = ()
    arrivals: tuple[ArrivalCondition, ...] = ()


class SampleFilters(BaseModel):
    """What a list of samples is narrowed to; every field that is given must hold.

    Of several values of one field any may hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    project_codes: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    material_types: tuple[MaterialType, ...] = ()
    temperature_classes: tuple[TemperatureClass, ...] = ()
    priorities: tuple[Priority, ...] = ()
    qc_verdicts: tuple[QcVerdict, ...] = ()
    arrivals: tuple[ArrivalCondition, ...] = ()
    """Received in one of these conditions, as somebody wrote down."""
    without: SampleChoices = SampleChoices()
    on_hold: bool | None = None
    hold_kinds: tuple[HoldKind, ...] = ()
    """Open holds of these kinds."""
    placed: bool | None = None
    """In storage now, or not."""
    place: str | None = Field(default=None, max_length=300)
    """Label, path or barcode of a place that it stands in, at any depth."""
    consent: str | None = Field(default=None, max_length=100)
    """Reference of its own consent."""
    sprec: str | None = Field(default=None, max_length=40, pattern=SOUGHT)
    """Beginning of the SPREC code that counts for its own record; `?` is any element."""
    subject_code: str | None = Field(default=None, max_length=64)
    search: str | None = Field(default=None, max_length=100)
    """Start of a barcode, name or external id, any capitals; or a whole subject code."""
    created_from: datetime | None = None
    created_before: datetime | None = None
    received: Instants | None = None
    collected: Days | None = None
    expires: Days | None = None
    volume_ul: Amounts | None = None
    concentration_ng_per_ul: Amounts | None = None
    rin: Amounts | None = None
    import_id: UUID | None = None


class SampleSort(StrEnum):
    """What a list may be sorted by; unknown amounts stand below all others."""

    REGISTERED = "registered"
    BARCODE = "barcode"
    NAME = "name"
    SUBJECT = "subject"
    VOLUME = "volume"
    CONCENTRATION = "concentration"


class SampleOrder(BaseModel):
    """Sort and direction; the default is newest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: SampleSort = SampleSort.REGISTERED
    descending: bool = True


class ArrivalInput(BaseModel):
    """In what condition a sample arrived, as who received it found it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    conditions: tuple[ArrivalCondition, ...] = (ArrivalCondition.GOOD,)
    temperature_c: Decimal | None = Field(
        default=None, description="Measured on arrival, in °C, from −200 to 60."
    )
    note: str = ""

    @field_validator("conditions")
    @classmethod
    def _in_order(cls, conditions: tuple[ArrivalCondition, ...]) -> tuple[ArrivalCondition, ...]:
        return arrival_rules.in_order(conditions)

    @field_validator("temperature_c")
    @classmethod
    def _is_possible(cls, celsius: Decimal | None) -> Decimal | None:
        if celsius is None:
            return None
        within = arrival_rules.COLDEST_C <= celsius <= arrival_rules.WARMEST_C
        if not within or celsius != round(celsius, 1):
            raise ValueError(
                "The temperature on arrival must be from −200 to 60 °C, with at most one decimal."
            )
        return celsius

    @field_validator("note")
    @classmethod
    def _is_short(cls, note: str) -> str:
        if len(note) > arrival_rules.LONGEST_NOTE:
            raise ValueError(f"Write the note in at most {arrival_rules.LONGEST_NOTE} characters.")
        return note

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = arrival_rules.faults(self.conditions, note=self.note)
        if faults:
            raise ValueError(" ".join(faults.values()))
        return self


class BulkInput(BaseModel):
    """One act for many samples, as the person says it; the service says what it needs."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    kind: BulkKind
    action: str = Field(default="", max_length=40)
    hold: HoldKind | None = None
    reason: str = Field(default="", max_length=500)
    evidence: str = Field(default="", max_length=300)
    arrival: ArrivalInput | None = None


class Countersigner(BaseModel):
    """The second person who signs: who they are, and their own password."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=1000, repr=False)


class DisposalWitness(Countersigner):
    """The second person who signs once for several samples, and what the signature says."""

    meaning: DisposalMeaning = DisposalMeaning.WITNESSED
