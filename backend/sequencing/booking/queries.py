"""Which runs of the calendar a person may open."""

from collections.abc import Sequence

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.sequencing.codes import run_code
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.released.queries import visible_runs
from backend.sequencing.views import RunBar


def openable(session: ReadSession, principal: Principal, bars: Sequence[RunBar]) -> frozenset[str]:
    """Return the codes of the runs among these that the principal may open."""
    principal.require(Permission.SEQUENCING_VIEW)
    numbers = [int(bar.run_code.rpartition("-")[2]) for bar in bars if bar.run_code]
    rows = session.execute(
        visible_runs(principal)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(SequencingRun.number.in_(numbers))
        .with_only_columns(Instrument.run_prefix, SequencingRun.number, maintain_column_froms=True)
    )
    return frozenset(run_code(prefix, number) for prefix, number in rows)
