"""Correcting what was written of how a sample arrived, or adding it where nobody wrote it."""

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, Call, Route
from backend.api.v1.samples import SampleDetailOut
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.samples import queries, service
from backend.samples.schemas import ArrivalInput


class ArrivalCorrectionIn(ApiInput):
    """How it arrived in truth, whole, and what was wrong about what is written, or why so late."""

    arrival: ArrivalInput
    reason: str = Field(max_length=500)


def correct_arrival(call: Call) -> object:
    """Correct or add how a sample arrived; what was written stays in its ``corrections``."""
    sent = call.sent(ArrivalCorrectionIn)
    with writing() as session:

        def make() -> SampleDetailOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            service.correct_arrival(
                session, call.caller, sample_id=key, arrival=sent.arrival, reason=sent.reason
            )
            return SampleDetailOut.of(queries.get_sample(session, call.caller, key))

        return once(session, call, make)


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/samples/{barcode}/arrival-corrections",
        handler=correct_arrival,
        access=Permission.SAMPLES_EDIT,
        summary="Correct or add how a sample arrived; what was written before stays readable",
        tag="Samples",
        body=ArrivalCorrectionIn,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
)
