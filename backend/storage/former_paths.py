"""Paths that places were called by before they were renamed: printed codes still find them."""

from sqlalchemy import func, select

from backend.core.sessions import ReadSession
from backend.storage.models import FormerPath, StorageNode

_MOST_RENAMINGS = 8
"""Renamings of places around one another that a code may be older than."""


def path_now(session: ReadSession, path: str) -> str | None:
    """Return what a former path is called now, however it is typed; None where it never was one.

    A path begins with those of the places around it, and each of them may have been renamed since:
    so the longest beginning that is a former path is replaced, until a place is called like that.
    """
    known = path
    for _ in range(_MOST_RENAMINGS):
        renamed = _renamed(session, known)
        if renamed is None:
            return None
        known = renamed
        is_there = select(StorageNode.id).where(func.upper(StorageNode.path) == known.upper())
        if session.scalars(is_there).first() is not None:
            return known
    return None


def _renamed(session: ReadSession, path: str) -> str | None:
    labels = path.split("/")
    beginnings = ["/".join(labels[:count]).upper() for count in range(len(labels), 0, -1)]
    # The last of several places that were called so: that is what was printed most recently.
    found = session.execute(
        select(FormerPath.path, StorageNode.path)
        .join(StorageNode, StorageNode.id == FormerPath.node_id)
        .where(func.upper(FormerPath.path).in_(beginnings))
        .order_by(func.length(FormerPath.path).desc(), FormerPath.renamed_at.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    former, now = found
    changed = f"{now}{path[len(former) :]}"
    return changed if changed.upper() != path.upper() else None
