"""Folding the steps of how full units are (decision 3). `fold_tally` is exported by service.py."""

from sqlalchemy import text

from backend.core.sessions import WriteSession

_FOLD = text("""
WITH gone AS (
    DELETE FROM storage_tally RETURNING *
)
INSERT INTO storage_tally (unit_id, temperature_class, boxes, used, capacity, loose)
SELECT unit_id, temperature_class, sum(boxes), sum(used), sum(capacity), sum(loose) FROM gone
GROUP BY unit_id, temperature_class
HAVING sum(boxes) <> 0 OR sum(used) <> 0 OR sum(capacity) <> 0 OR sum(loose) <> 0
""")


def fold_tally(session: WriteSession) -> None:
    """Add the steps of each unit together; steps of transactions still open are not touched."""
    session.execute(_FOLD)
