"""Asking what a tube is promised to. Custody writes the rows; storage asks before it moves one."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select

from backend.core.sessions import ReadSession
from backend.samples.custody_models import CustodyBlock
from backend.samples.errors import SamplePromised
from backend.samples.ids import SampleId


def promised() -> Select[UUID]:
    """Select the keys of all samples that are promised to somebody."""
    return select(CustodyBlock.sample_id)


def blocks_of(session: ReadSession, sample_ids: Collection[SampleId]) -> dict[UUID, str]:
    """Return the sentence of each sample that is promised to somebody."""
    rows = session.execute(
        select(CustodyBlock.sample_id, CustodyBlock.reason).where(
            CustodyBlock.sample_id.in_(list(sample_ids))
        )
    )
    return {row.sample_id: row.reason for row in rows}


def require_unpromised(session: ReadSession, sample_ids: Collection[SampleId]) -> None:
    """Raise SamplePromised if one of the locked samples waits for somebody's answer."""
    found = blocks_of(session, sample_ids)
    if found:
        raise SamplePromised(" ".join(dict.fromkeys(found.values())))
