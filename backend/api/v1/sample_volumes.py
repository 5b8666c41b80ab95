"""Volumes of samples, what is made from them, and how long they stay good. Volumes in µL."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.samples import SampleDetailOut
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.samples import lineage, queries, service, volumes
from backend.samples.ids import LineageKind, MaterialType, Status, VolumeCause
from backend.samples.making_schemas import Aliquoting, Deriving, Pooling
from backend.samples.views import Registered


class VolumeLineOut(ApiOutput):
    """A line of the ledger; a balance of null is one that nobody knows."""

    number: int
    cause: VolumeCause
    delta_ul: float | None
    balance_ul: float | None
    counterpart_barcode: str | None
    actor_name: str
    reason: str | None
    at: datetime


class VolumeLinesOut(ApiOutput):
    """A tube's ledger, oldest line first."""

    items: list[VolumeLineOut]


class Movement(StrEnum):
    """What is done with a volume."""

    USE = "use"
    RETURN = "return"
    CORRECTION = "correction"


class MovementIn(ApiInput):
    """A movement; of a correction ``volume_ul`` is what is in the tube."""

    kind: Movement
    volume_ul: Decimal = Field(ge=0, le=100_000, decimal_places=3)
    reason: str = Field(max_length=500)
    balance_unknown_is_fine: bool = False


class EdgeOut(ApiOutput):
    """A relative; ``distance`` counts steps, negative towards parents."""

    id: UUID
    barcode: str
    name: str
    material_type: MaterialType
    status: Status
    balance_ul: float | None
    kind: LineageKind
    volume_ul: float | None
    proportion: float | None
    distance: int


class LineageOut(ApiOutput):
    """What a sample came from and what came from it, nearest first."""

    ancestors: list[EdgeOut]
    descendants: list[EdgeOut]


class MadeOut(ApiOutput):
    """The samples that were made."""

    items: list[SampleDetailOut]


class ThawIn(ApiInput):
    """Why it was thawed."""

    reason: str = Field(max_length=500)


class ThawOut(ApiOutput):
    """How often it was thawed; ``warning`` where that is often for its material."""

    count: int
    limit: int | None
    warning: str | None


class ExpiryIn(ApiInput):
    """The last day on which it is good; null where it does not go off."""

    expires_on: date | None
    reason: str = Field(max_length=500)


def read_ledger(call: Call) -> VolumeLinesOut:
    """Return the ledger of the sample that carries a barcode."""
    with reading() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        lines = volumes.ledger_of(session, call.caller, key)
    return VolumeLinesOut(items=[VolumeLineOut.model_validate(line) for line in lines])


def move_volume(call: Call) -> object:
    """Use, return or correct a volume; a refusal names every reason."""
    sent = call.sent(MovementIn)
    with writing() as session:

        def make() -> VolumeLineOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            match sent.kind:
                case Movement.USE:
                    line = service.use_volume(
                        session,
                        call.caller,
                        sample_id=key,
                        volume_ul=sent.volume_ul,
                        reason=sent.reason,
                        balance_unknown_is_fine=sent.balance_unknown_is_fine,
                    )
                case Movement.RETURN:
                    line = service.return_volume(
                        session,
                        call.caller,
                        sample_id=key,
                        volume_ul=sent.volume_ul,
                        reason=sent.reason,
                    )
                case Movement.CORRECTION:
                    line = service.correct_volume(
                        session,
                        call.caller,
                        sample_id=key,
                        measured_ul=sent.volume_ul,
                        reason=sent.reason,
                    )
            return VolumeLineOut.model_validate(line)

        return once(session, call, make)


def read_lineage(call: Call) -> LineageOut:
    """Return the relatives of the sample that carries a barcode."""
    with reading() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        above, below = lineage.lineage_of(session, call.caller, key)
    return LineageOut(
        ancestors=[EdgeOut.model_validate(edge) for edge in above],
        descendants=[EdgeOut.model_validate(edge) for edge in below],
    )


def make_aliquots(call: Call) -> object:
    """Part a sample; sent again with its Idempotency-Key it is parted once."""
    with writing() as session:

        def make() -> MadeOut:
            made = service.make_aliquots(
                session,
                call.caller,
                sample_id=queries.sample_id_of(session, call.caller, call.path["barcode"]),
                aliquoting=call.sent(Aliquoting),
            )
            return _made(session, call, made)

        return once(session, call, make)


def make_derivative(call: Call) -> object:
    """Register what was extracted or prepared from a sample."""
    with writing() as session:

        def make() -> MadeOut:
            made = service.make_derivative(
                session,
                call.caller,
                sample_id=queries.sample_id_of(session, call.caller, call.path["barcode"]),
                deriving=call.sent(Deriving),
            )
            return _made(session, call, [made])

        return once(session, call, make)


def make_pool(call: Call) -> object:
    """Put volumes of several samples into one tube."""
    with writing() as session:

        def make() -> MadeOut:
            made = service.make_pool(session, call.caller, pooling=call.sent(Pooling))
            return _made(session, call, [made])

        return once(session, call, make)


def count_thaw(call: Call) -> object:
    """Count a thaw of the sample that carries a barcode."""
    with writing() as session:

        def make() -> ThawOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            counted = service.count_thaw(
                session, call.caller, sample_id=key, reason=call.sent(ThawIn).reason
            )
            return ThawOut.model_validate(counted)

        return once(session, call, make)


def set_expiry(call: Call) -> SampleDetailOut:
    """Set the last day on which a sample is good."""
    sent = call.sent(ExpiryIn)
    with writing() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        service.set_expiry(
            session, call.caller, sample_id=key, expires_on=sent.expires_on, reason=sent.reason
        )
        return SampleDetailOut.of(queries.get_sample(session, call.caller, key))


def _made(session: ReadSession, call: Call, made: list[Registered]) -> MadeOut:
    found = [queries.get_sample(session, call.caller, each.id) for each in made]
    return MadeOut(items=[SampleDetailOut.of(detail) for detail in found])


_TAG = "Samples"
_ONE = "/api/v1/samples/{barcode}"
ROUTES = (
    Route(
        method="GET",
        path=f"{_ONE}/volumes",
        handler=read_ledger,
        access=Permission.SAMPLES_VIEW,
        summary="What went into and out of a tube",
        tag=_TAG,
        answer=VolumeLinesOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/volumes",
        handler=move_volume,
        access=Permission.SAMPLES_EDIT,
        summary="Use, return or correct a volume",
        tag=_TAG,
        body=MovementIn,
        answer=VolumeLineOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/lineage",
        handler=read_lineage,
        access=Permission.SAMPLES_VIEW,
        summary="What a sample came from and what came from it",
        tag=_TAG,
        answer=LineageOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/aliquots",
        handler=make_aliquots,
        access=Permission.SAMPLES_EDIT,
        summary="Part a sample into tubes of the same material; registering is needed, too",
        tag=_TAG,
        body=Aliquoting,
        answer=MadeOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/derivatives",
        handler=make_derivative,
        access=Permission.SAMPLES_EDIT,
        summary="Register another material got from a sample; registering is needed, too",
        tag=_TAG,
        body=Deriving,
        answer=MadeOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/pools",
        handler=make_pool,
        access=Permission.SAMPLES_EDIT,
        summary="Put volumes of several samples into one tube; registering is needed, too",
        tag=_TAG,
        body=Pooling,
        answer=MadeOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/thaws",
        handler=count_thaw,
        access=Permission.SAMPLES_EDIT,
        summary="Count a thaw; the answer warns where that is often",
        tag=_TAG,
        body=ThawIn,
        answer=ThawOut,
        status=201,
        once=True,
    ),
    Route(
        method="PUT",
        path=f"{_ONE}/expiry",
        handler=set_expiry,
        access=Permission.SAMPLES_EDIT,
        summary="Set the last day on which a sample is good",
        tag=_TAG,
        body=ExpiryIn,
        answer=SampleDetailOut,
    ),
)
