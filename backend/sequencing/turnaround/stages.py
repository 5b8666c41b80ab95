"""Writing down when requests enter and leave the columns of the board."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from backend.core.sessions import WriteSession
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround.models import RequestStage


def entered(session: WriteSession, request_id: UUID, state: RequestState, at: datetime) -> None:
    """Note that a request stands in a column from ``at`` on; where it stood, it has left."""
    session.execute(
        update(RequestStage)
        .where(RequestStage.request_id == request_id, RequestStage.left_at.is_(None))
        .values(left_at=at)
    )
    session.add(RequestStage(request_id=request_id, state=state, entered_at=at))
