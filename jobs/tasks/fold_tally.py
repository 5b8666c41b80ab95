"""Keep counting and listing samples short: fold the tally, refresh the laboratory's own lists."""

from backend.core.transaction import writing
from backend.samples import service
from backend.samples.schemas import SampleFilters
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
        service.clear_lists(session)
