"""The laboratory's rules per material: thaws, shelf life, retention, witness."""

from datetime import datetime

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import handling, service
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType


class HandlingOut(ApiOutput):
    """The rules in force for a material; null asks for nothing."""

    material_type: MaterialType
    version: int
    thaw_limit: int | None
    good_for_days: int | None
    keep_for_days: int | None
    disposal_witnessed: bool
    set_at: datetime
    set_by_name: str


class HandlingListOut(ApiOutput):
    """Every material that has rules."""

    items: list[HandlingOut]


class HandlingIn(ApiInput):
    """New rules for a material, whole."""

    material_type: MaterialType
    thaw_limit: int | None = Field(default=None, ge=1, le=1000)
    good_for_days: int | None = Field(default=None, ge=1, le=365_000)
    keep_for_days: int | None = Field(default=None, ge=1, le=365_000)
    disposal_witnessed: bool = False


def read_handling(call: Call) -> HandlingListOut:
    """Return the laboratory's rules per material."""
    with reading() as session:
        found = handling.policies(session, call.caller)
    return HandlingListOut(items=[HandlingOut.model_validate(view) for view in found])


def set_handling(call: Call) -> object:
    """Put new rules for a material in force."""
    sent = call.sent(HandlingIn)
    with writing() as session:

        def make() -> HandlingOut:
            view = service.set_handling(
                session,
                call.caller,
                material=sent.material_type,
                rules=HandlingRules(**sent.model_dump(exclude={"material_type"})),
            )
            return HandlingOut.model_validate(view)

        return once(session, call, make)


_TAG = "Samples"


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/handling",
        handler=read_handling,
        access=Permission.SAMPLES_VIEW,
        summary="The laboratory's rules per material: thaws, shelf life, retention, witness",
        tag=_TAG,
        answer=HandlingListOut,
    ),
    Route(
        method="POST",
        path="/api/v1/handling",
        handler=set_handling,
        access=Permission.SAMPLES_CONFIGURE,
        summary="Put new rules for a material in force; the older ones stay on record",
        tag=_TAG,
        body=HandlingIn,
        answer=HandlingOut,
        status=201,
        once=True,
    ),
)
