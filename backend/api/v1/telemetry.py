"""Readings that loggers send. The token is a logger's own; so is the limit of requests a minute."""

from collections.abc import Mapping

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.telemetry import intake
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.schemas import ReadingsIn


class OutcomeOut(ApiOutput):
    """A reading that was not kept, by its place in what was sent, from 0."""

    index: int
    outcome: Outcome


class IngestedOut(ApiOutput):
    """How many readings had which outcome, and each that was not kept.

    A repetition is no fault: send again whatever may not have arrived.
    """

    counts: Mapping[Outcome, int]
    not_kept: list[OutcomeOut]


def record(call: Call) -> IngestedOut:
    """Keep what can be kept of the readings and say what became of the others."""
    sent = [
        SentReading(code=each.sensor, at=each.at, value=each.value)
        for each in call.sent(ReadingsIn).readings
    ]
    with writing() as session:
        done = intake.ingest(session, call.caller, sent, kept_days=call.settings.readings_kept_days)
    return IngestedOut(
        counts=done.counts(),
        not_kept=[
            OutcomeOut(index=index, outcome=outcome)
            for index, outcome in enumerate(done.outcomes)
            if outcome is not Outcome.ACCEPTED
        ],
    )


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/telemetry/readings",
        handler=record,
        access=Permission.TELEMETRY_RECORD,
        summary="Record readings of sensors, with a logger's token or a person's",
        tag="Telemetry",
        answer=IngestedOut,
        body=ReadingsIn,
    ),
)
