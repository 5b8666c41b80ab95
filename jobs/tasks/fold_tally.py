"""Keep counting and listing short: fold the tallies, refresh the laboratory's own lists."""

from backend.core.transaction import writing
from backend.samples import service
from backend.samples.schemas import SampleFilters
from backend.storage import service as storage_service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Fold once and prepare what has aged; a second run finds nothing to do."""
    with writing() as session:
        due = service.standing_lists(session)
    for sort in due:
        context.check()
        with writing() as session:
            service.prepare_list(session, scope=None, filters=SampleFilters(), sort=sort)
    with context.finishing() as session:
        service.fold_tally(session)
        storage_service.fold_tally(session)
        service.clear_lists(session)
        service.forget_queries(session)
