"""Prepare a list of samples that somebody looks at, so that every window of it costs the same."""

from uuid import UUID

from backend.samples import service
from backend.samples.schemas import SampleFilters, SampleSort
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Write the list as it is now; a second run writes it anew."""
    scope = context.arguments["scope"]
    keys = [UUID(str(key)) for key in scope] if isinstance(scope, list) else None
    with context.finishing() as session:
        service.prepare_list(
            session,
            scope=keys,
            filters=SampleFilters.model_validate(context.arguments["filters"]),
            sort=SampleSort(str(context.arguments["sort"])),
        )
