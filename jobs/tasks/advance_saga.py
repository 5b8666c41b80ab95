"""One step of a saga."""

from uuid import UUID

from backend.transactions import service
from backend.transactions.ids import Direction, SagaId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Execute the step that the arguments name, in the transaction that ends the job."""
    arguments = context.arguments
    with context.finishing() as session:
        service.advance(
            session,
            context.principal,
            saga_id=SagaId(UUID(str(arguments["saga_id"]))),
            n=int(str(arguments["n"])),
            direction=Direction(str(arguments["direction"])),
        )
