"""Queue labels of everything that matched a stored query, part by part."""

from uuid import UUID

from backend.core.transaction import writing
from backend.labels import service
from backend.labels.schemas import ManyInput
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Queue one part after the other; stopping leaves those that are queued in the queue."""
    batch_id, query_id = (UUID(str(context.arguments[name])) for name in ("batch_id", "query_id"))
    asked = ManyInput.model_validate(context.arguments["asked"])
    part, labels, had_one, too_long = 0, 0, 0, 0
    while True:
        context.check()
        with writing() as session:
            queued = service.queue_part(
                session,
                context.principal,
                batch_id=batch_id,
                query_id=query_id,
                asked=asked,
                part=part,
            )
        part += 1
        labels += queued.labels
        had_one += queued.had_one
        too_long += queued.too_long
        note = service.words_of_many(labels, had_one=had_one, too_long=too_long)
        context.progress(queued.passed / queued.total, note)
        if queued.passed >= queued.total:
            break
    with context.finishing():
        context.result |= {"labels": labels, "had_one": had_one, "too_long": too_long}
