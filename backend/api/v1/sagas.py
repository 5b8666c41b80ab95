"""Actions of several steps: started here, done in the background, followed until they end."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples.schemas import SampleRegistration
from backend.transactions import queries, service
from backend.transactions.ids import SagaId, SagaState


class RegisterAndPlaceIn(ApiInput):
    """A sample to register, and the barcode or path of the box it goes into."""

    registration: SampleRegistration
    box: str = Field(min_length=1, max_length=300)


class StepOut(ApiOutput):
    """One execution of a step."""

    n: int
    direction: str
    name: str
    state: str
    message: str
    at: datetime


class SagaOut(ApiOutput):
    """An action of several steps; ``why`` is what turned it back."""

    id: UUID
    type: str
    state: SagaState
    why: str | None
    is_stuck: bool
    data: dict[str, JsonValue]
    steps: list[StepOut]
    created_at: datetime
    finished_at: datetime | None


def register_and_place(call: Call) -> object:
    """Start it; whether it was completed or taken back is asked for afterwards."""
    sent = call.sent(RegisterAndPlaceIn)
    with writing() as session:

        def start() -> SagaOut:
            saga_id = service.start_register_and_place(
                session, call.caller, registration=sent.registration, box=sent.box
            )
            return SagaOut.model_validate(queries.get_saga(session, call.caller, saga_id))

        return once(session, call, start)


def get_saga(call: Call) -> SagaOut:
    """Return an action that the caller started."""
    with reading() as session:
        view = queries.get_saga(session, call.caller, SagaId(call.key("saga_id")))
    return SagaOut.model_validate(view)


_TAG = "Actions"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/sagas/register-and-place",
        handler=register_and_place,
        access=Permission.SAMPLES_REGISTER,
        summary="Register a sample and place it; not placed is not kept",
        tag=_TAG,
        body=RegisterAndPlaceIn,
        answer=SagaOut,
        status=202,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/sagas/{saga_id}",
        handler=get_saga,
        access=Permission.ACCOUNT_SELF,
        summary="How far an action is, and why it was taken back",
        tag=_TAG,
        answer=SagaOut,
    ),
)
