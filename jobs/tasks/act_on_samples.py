"""Do one act with everything that matched a stored query, and say what became of each sample."""

from uuid import UUID

from backend.core.transaction import writing
from backend.samples import service
from backend.storage import service as storage_service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Go on from the block where the last attempt ended; stopping leaves what is done."""
    act_id = UUID(str(context.arguments["act_id"]))
    while True:
        context.check()
        with writing() as session:
            progress = service.act_on_block(
                session,
                context.principal,
                act_id=act_id,
                take_out=storage_service.take_out_together,
            )
        if progress.done >= progress.total:
            break
        note = f"{progress.done:,} of {progress.total:,} samples"
        context.progress(progress.done / progress.total, note)
    with context.finishing() as session:
        view = service.close_act(session, context.principal, act_id=act_id)
        context.result |= {
            "changed": view.changed,
            "refused": view.refused,
            "left": view.left,
        }
