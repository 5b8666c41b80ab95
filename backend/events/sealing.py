"""The audit trail's chain: hash of an entry = sha256(hash before it || sha256(the entry)).

Whoever edits, inserts or removes a sealed entry breaks every hash from there on. Only the leader
seals; writers append without waiting for each other.
"""

from sqlalchemy import CursorResult, text

from backend.core.sessions import ReadSession, WriteSession
from backend.events.views import BrokenLink, ChainState, Walked

# Unambiguous (an array of JSON, so no separator can be forged) and free of the session's time zone.
_DIGEST = """sha256(convert_to(jsonb_build_array(
    id, extract(epoch FROM at), actor_id, actor_name, origin, request_id, action, entity,
    entity_id, old_values, new_values, reason)::text, 'UTF8'))"""

_SEAL = text(f"""
    WITH RECURSIVE batch AS MATERIALIZED (
        SELECT id, row_number() OVER (ORDER BY id) AS rank, {_DIGEST} AS digest
          FROM (SELECT * FROM audit_entry WHERE pos IS NULL ORDER BY id LIMIT :limit) AS entry
    ), last AS (
        SELECT pos, hash FROM audit_entry WHERE pos IS NOT NULL ORDER BY pos DESC LIMIT 1
    ), start AS (
        SELECT coalesce((SELECT pos FROM last), 0) AS pos,
               coalesce((SELECT hash FROM last), ''::bytea) AS hash
    ), chain AS (
        SELECT 0::bigint AS rank, NULL::bigint AS id, pos, ''::bytea AS before, hash FROM start
        UNION ALL
        SELECT batch.rank, batch.id, chain.pos + 1, chain.hash, sha256(chain.hash || batch.digest)
          FROM chain JOIN batch ON batch.rank = chain.rank + 1
    )
    UPDATE audit_entry AS entry SET pos = chain.pos, previous_hash = chain.before, hash = chain.hash
      FROM chain WHERE entry.id = chain.id
""")  # noqa: S608 -- the digest is a constant of this module

_CHECK = text(f"""
    WITH slice AS (
        SELECT pos, previous_hash, hash, {_DIGEST} AS digest FROM audit_entry
         WHERE pos > :after ORDER BY pos LIMIT :limit
    ), linked AS (
        SELECT pos, hash, previous_hash, digest,
               lag(pos, 1, CAST(:after AS bigint)) OVER (ORDER BY pos) AS pos_before,
               lag(hash, 1, CAST(:hash AS bytea)) OVER (ORDER BY pos) AS hash_before
          FROM slice
    )
    SELECT count(*) AS walked, max(pos) AS last_pos,
           (SELECT hash FROM slice ORDER BY pos DESC LIMIT 1) AS last_hash,
           min(pos) FILTER (WHERE pos <> pos_before + 1
                               OR previous_hash IS DISTINCT FROM hash_before
                               OR hash IS DISTINCT FROM sha256(previous_hash || digest)) AS broken
      FROM linked
""")  # noqa: S608 -- the digest is a constant of this module

_HEAD = text("SELECT pos, hash FROM audit_entry WHERE pos IS NOT NULL ORDER BY pos DESC LIMIT 1")
_ENTRY = text(
    "SELECT id, at, actor_name, action, entity, entity_id FROM audit_entry WHERE pos = :pos"
)
_UNSEALED = text("SELECT count(*) FROM audit_entry WHERE pos IS NULL")


def seal(session: WriteSession, limit: int = 2000) -> int:
    """Seal up to ``limit`` entries in id order; return how many. Only the leader calls this."""
    sealed = session.execute(_SEAL, {"limit": limit})
    return sealed.rowcount if isinstance(sealed, CursorResult) else 0


def head(session: ReadSession) -> tuple[int, bytes] | None:
    """Return the position and hash of the newest sealed entry."""
    newest = session.execute(_HEAD).one_or_none()
    return None if newest is None else (newest.pos, bytes(newest.hash))


def hash_at(session: ReadSession, pos: int) -> bytes | None:
    """Return the hash of the entry at a position, None when there is none."""
    found = session.scalar(text("SELECT hash FROM audit_entry WHERE pos = :pos"), {"pos": pos})
    return None if found is None else bytes(found)


def verify_chain(session: ReadSession, slice_size: int = 20_000) -> ChainState:
    """Walk the whole chain and name the first position that does not follow from those before."""
    found = walk(session, after=0, link=b"", slice_size=slice_size)
    broken = found.first_broken_pos
    return ChainState(
        sealed=found.walked,
        unsealed=session.scalar(_UNSEALED) or 0,
        first_broken_pos=broken,
        broken=None if broken is None else find_link(session, broken),
    )


def walk(session: ReadSession, *, after: int, link: bytes, slice_size: int = 20_000) -> Walked:
    """Follow the chain from the entry behind ``after``, whose hash is known to be ``link``.

    ``last_pos`` is the last position that follows; after a break, the one before it.
    """
    walked = 0
    while True:
        found = session.execute(_CHECK, {"after": after, "hash": link, "limit": slice_size}).one()
        walked += found.walked
        if found.broken is not None:
            return _broken(session, found.broken, after=after, link=link, walked=walked)
        if found.walked == 0:
            return Walked(walked=walked, last_pos=after, last_hash=link, first_broken_pos=None)
        after, link = found.last_pos, bytes(found.last_hash)


def _broken(session: ReadSession, pos: int, *, after: int, link: bytes, walked: int) -> Walked:
    good = pos - 1
    last_hash = hash_at(session, good) if good > after else None
    return Walked(
        walked=walked,
        last_pos=after if last_hash is None else good,
        last_hash=last_hash or link,
        first_broken_pos=pos,
    )


def find_link(session: ReadSession, pos: int) -> BrokenLink | None:
    """Return the entry at a position as it reads now, None where there is none."""
    found = session.execute(_ENTRY, {"pos": pos}).one_or_none()
    if found is None:
        return None
    return BrokenLink(
        pos=pos,
        entry_id=found.id,
        at=found.at,
        actor_name=found.actor_name,
        action=found.action,
        entity=found.entity,
        entity_id=found.entity_id,
    )
