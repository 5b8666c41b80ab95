"""Look at the folders that sequencers write, and read what has changed in them."""

from backend.sequencing.runs.watching import watch
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Pass over every root once; a second pass finds nothing that has not changed meanwhile."""
    passes = watch(
        context.step,
        context.principal,
        context.settings.run_folders,
        goes_on=lambda: not context.should_stop(),
    )
    context.check()
    context.result["folders"] = sum(each.folders for each in passes.values())
    context.result["read"] = sum(each.read for each in passes.values())
    context.result["findings"] = sum(len(each.findings) for each in passes.values())
    with context.finishing():
        pass
