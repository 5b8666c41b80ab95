"""Samples: a list that pages by key, one by its barcode, registering, and taking a step."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field

from backend.api.idempotency import once
from backend.api.paging import PageQuery
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import asking, reading, writing
from backend.samples import pages, queries, rules, service
from backend.samples.ids import (
    ArrivalCondition,
    Custody,
    HoldKind,
    MaterialType,
    Priority,
    QcVerdict,
    Status,
    TemperatureClass,
)
from backend.samples.schemas import ArrivalInput, SampleFilters, SampleRegistration
from backend.samples.views import SampleDetail


def _parted(value: object) -> object:
    """Return ``pending,validated`` as its parts: a name may stand in an address only once."""
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


def _told_as_text(schema: dict[str, Any]) -> None:
    schema.clear()
    schema.update(type="string", default="", description="One value, or several parted by commas.")


_COMMAS = Field(json_schema_extra=_told_as_text)
_Parts = BeforeValidator(_parted)


class SamplesQuery(PageQuery):
    """What the list is narrowed to; every field that is given must hold."""

    limit: int = Field(default=50, ge=1, le=pages.MOST_ROWS)
    project: Annotated[tuple[str, ...], _Parts, _COMMAS] = ()
    status: Annotated[tuple[Status, ...], _Parts, _COMMAS] = ()
    material_type: Annotated[tuple[MaterialType, ...], _Parts, _COMMAS] = ()
    temperature_class: Annotated[tuple[TemperatureClass, ...], _Parts, _COMMAS] = ()
    priority: Annotated[tuple[Priority, ...], _Parts, _COMMAS] = ()
    qc_verdict: Annotated[tuple[QcVerdict, ...], _Parts, _COMMAS] = ()
    arrival: Annotated[tuple[ArrivalCondition, ...], _Parts, _COMMAS] = ()
    on_hold: bool | None = None
    placed: bool | None = Field(default=None, description="In storage now, or not.")
    subject: str | None = Field(default=None, max_length=64)
    search: str | None = Field(
        default=None, max_length=100, description="Start of a barcode, name or external id."
    )
    created_from: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    import_id: UUID | None = None

    def filters(self) -> SampleFilters:
        """Return the filters of every list of samples."""
        return SampleFilters(
            project_codes=self.project,
            statuses=self.status,
            material_types=self.material_type,
            temperature_classes=self.temperature_class,
            priorities=self.priority,
            qc_verdicts=self.qc_verdict,
            arrivals=self.arrival,
            on_hold=self.on_hold,
            placed=self.placed,
            subject_code=self.subject,
            search=self.search,
            created_from=self.created_from,
            created_before=self.created_before,
            import_id=self.import_id,
        )


class SampleOut(ApiOutput):
    """A sample as lists show it; volumes in µL, concentrations in ng/µL."""

    id: UUID
    barcode: str
    name: str
    project_code: str
    material_type: MaterialType
    status: Status
    custody: Custody
    qc_verdict: QcVerdict
    priority: Priority
    temperature_class: TemperatureClass
    subject_code: str | None
    volume_ul: float | None
    concentration_ng_per_ul: float | None
    rin: float | None
    din: float | None
    received_at: datetime | None
    created_at: datetime


class SamplesOut(ApiOutput):
    """The newest samples first."""

    items: list[SampleOut]
    next_cursor: str | None


class HoldOut(ApiOutput):
    """A reason not to use the sample, until ``released_at``."""

    kind: HoldKind
    reason: str
    release_rule: str
    set_at: datetime
    set_by_name: str
    released_at: datetime | None
    released_by_name: str | None
    release_reason: str | None
    release_evidence: str | None


class StepOut(ApiOutput):
    """A step that the sample took."""

    action: str
    from_status: str | None
    to_status: str
    at: datetime
    actor_name: str
    reason: str | None


class ArrivalCorrectionOut(ApiOutput):
    """What the arrival said until it was corrected, and why it was."""

    conditions: list[ArrivalCondition]
    temperature_c: float | None
    note: str
    reason: str
    corrected_by_name: str
    corrected_at: datetime


class ArrivalOut(ApiOutput):
    """In what condition the sample was received; the temperature in °C, null if not measured.

    ``corrections`` are what it said before, oldest first.
    """

    conditions: list[ArrivalCondition]
    temperature_c: float | None
    note: str
    received_by_name: str
    received_at: datetime
    corrections: list[ArrivalCorrectionOut]


class SampleDetailOut(SampleOut):
    """Everything that is known of a sample; holds and steps oldest first."""

    external_id: str | None
    lifecycle: str
    container_type: str | None
    biosafety_level: int
    a260_280: float | None
    a260_230: float | None
    index_i7: str | None
    index_i5: str | None
    collected_on: date | None
    submitter: str | None
    analysis: str | None
    notes: str | None
    attributes: dict[str, str]
    parent_barcode: str | None
    is_backup: bool
    freeze_thaw_count: int
    expires_on: date | None
    import_id: UUID | None
    version: int
    state_since: datetime
    holds: list[HoldOut]
    transitions: list[StepOut]
    arrival: ArrivalOut | None

    @classmethod
    def of(cls, detail: SampleDetail) -> "SampleDetailOut":
        """Return a sample as the API tells it."""
        row, rest = detail.row, SampleDetailOut.model_fields.keys() - SampleOut.model_fields.keys()
        told = {name: getattr(row, name) for name in SampleOut.model_fields}
        return cls.model_validate(told | {name: getattr(detail, name) for name in rest})


class StepIn(ApiInput):
    """The step to take and, where it asks for one, why."""

    action: str = Field(
        max_length=40,
        description=f"One of {', '.join(rules.BY_ACTION)}.",
    )
    reason: str | None = Field(default=None, max_length=500)
    arrival: ArrivalInput | None = Field(
        default=None,
        description="With the step receive: how it arrived. What endangers it puts it on hold.",
    )


def list_samples(call: Call) -> bytes:
    """Return a page of the caller's samples."""
    asked = call.asked(SamplesQuery)
    with asking() as session:
        return pages.json_page(
            session,
            call.caller,
            filters=asked.filters(),
            cursor=asked.cursor,
            limit=asked.limit,
        )


def get_sample(call: Call) -> SampleDetailOut:
    """Return the sample that carries a barcode."""
    with reading() as session:
        found = queries.get_by_barcode(session, call.caller, call.path["barcode"])
    return SampleDetailOut.of(found)


def register(call: Call) -> object:
    """Register a sample; sent again with its Idempotency-Key it is registered once."""
    with writing() as session:

        def make() -> SampleDetailOut:
            made = service.register_sample(
                session, call.caller, registration=call.sent(SampleRegistration)
            )
            return SampleDetailOut.of(queries.get_sample(session, call.caller, made.id))

        return once(session, call, make)


def take_step(call: Call) -> object:
    """Take one step; a refusal names every guard that failed."""
    sent = call.sent(StepIn)
    with writing() as session:

        def make() -> SampleDetailOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            service.change_status(
                session,
                call.caller,
                sample_id=key,
                action=sent.action,
                reason=sent.reason,
                arrival=sent.arrival,
            )
            return SampleDetailOut.of(queries.get_sample(session, call.caller, key))

        return once(session, call, make)


_TAG = "Samples"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/samples",
        handler=list_samples,
        access=Permission.SAMPLES_VIEW,
        summary="Samples of one's projects, newest first, a page at a time",
        tag=_TAG,
        query=SamplesQuery,
        answer=SamplesOut,
    ),
    Route(
        method="POST",
        path="/api/v1/samples",
        handler=register,
        access=Permission.SAMPLES_REGISTER,
        summary="Register a sample; without a barcode it gets a new one",
        tag=_TAG,
        body=SampleRegistration,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/samples/{barcode}",
        handler=get_sample,
        access=Permission.SAMPLES_VIEW,
        summary="Everything that is known of a sample",
        tag=_TAG,
        answer=SampleDetailOut,
    ),
    Route(
        method="POST",
        path="/api/v1/samples/{barcode}/steps",
        handler=take_step,
        access=Permission.SAMPLES_VIEW,
        summary="Take a step of a sample's life; the step itself asks for its permission",
        tag=_TAG,
        body=StepIn,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
)
