"""Giving committed events their place in the log. Only the one leader calls this.

An event's id is drawn while its aggregate's row is locked, so id order is each aggregate's order;
one statement sees one snapshot, which holds every predecessor of what it holds; and one session at
a time stamps. So a reader of ``pos > checkpoint`` skips nothing (RELIABILITY section 2).
"""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.sessions import WriteSession
from backend.events import rules
from backend.events.models import LiveTopic

_STAMP = text("""
    WITH batch AS (SELECT id FROM outbox_event WHERE pos IS NULL ORDER BY id LIMIT :limit),
         ranked AS (SELECT id, row_number() OVER (ORDER BY id) AS rank FROM batch),
         last AS (SELECT coalesce(max(pos), 0) AS pos FROM outbox_event)
    UPDATE outbox_event AS event SET pos = last.pos + ranked.rank
      FROM ranked, last WHERE event.id = ranked.id
    RETURNING event.type, event.pos
""")
_TELL = text(
    "SELECT pg_notify('tracseq_live', "
    "json_build_object('topic', CAST(:topic AS text), 'version', CAST(:version AS bigint))::text)"
)


def stamp(session: WriteSession, limit: int = 1000) -> dict[str, int]:
    """Stamp up to ``limit`` committed events; return each live topic's new version.

    Listeners of ``tracseq_live`` hear it when the caller's transaction commits.
    """
    versions: dict[str, int] = {}
    for event_type, pos in session.execute(_STAMP, {"limit": limit}):
        topic = rules.topic_of(event_type)
        versions[topic] = max(pos, versions.get(topic, 0))
    _remember(session, versions)
    return versions


def _remember(session: Session, versions: Mapping[str, int]) -> None:
    for topic, version in sorted(versions.items()):
        row = insert(LiveTopic).values(topic=topic, version=version)
        session.execute(
            row.on_conflict_do_update(
                index_elements=["topic"], set_={"version": row.excluded.version}
            )
        )
        session.execute(_TELL, {"topic": topic, "version": version})
