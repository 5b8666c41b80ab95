"""What a bench needs beside registering: is a code free, what was registered today, take it back.

Exported by service.py.
"""

from datetime import datetime

from sqlalchemy import func, select

from backend.core import barcodes
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import changing, locking, queries
from backend.samples.events import RegistrationTakenBack
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.samples.views import SampleRow

_MARK = ".VOID"


def barcode_is_taken(session: ReadSession, principal: Principal, code: str) -> bool:
    """Say whether any tube of the laboratory carries a code, the principal's or not.

    Barcodes are unique in the whole laboratory, so who registers has to learn this much.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    found = select(Sample.id).where(Sample.barcode == barcodes.tidy(code))
    return session.scalar(found) is not None


def registered_since(
    session: ReadSession, principal: Principal, since: datetime, *, limit: int
) -> tuple[list[SampleRow], int]:
    """Return the newest samples that the principal registered one by one, and how many there are.

    What was taken back is not among them.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    mine = queries.visible_rows(principal).where(
        Sample.created_by == principal.user_id,
        Sample.created_at >= since,
        Sample.import_id.is_(None),
        ~Sample.barcode.contains(_MARK, autoescape=True),
    )
    newest = mine.order_by(Sample.created_at.desc(), Sample.id.desc()).limit(limit)
    rows = [queries.row_view(row) for row in session.execute(newest)]
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    return rows, total


def take_back_registration(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, reason: str
) -> str:
    """Withdraw a registration that was a slip and return the barcode, which is free again.

    The record stays, under its code with a mark, and so does what was done; only the code and the
    submitter's name are given back, so that the same tube can be registered rightly.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        TransitionRefused: it was accepted since, or stands in storage.
    """
    changing.change_status(
        session, principal, sample_id=sample_id, action="withdraw", reason=reason
    )
    sample = locking.lock_sample(session, principal, sample_id)
    code, external_id = sample.barcode, sample.external_id
    sample.barcode, sample.external_id = _voided(session, code), None
    session.flush()
    event = RegistrationTakenBack(aggregate_id=sample.id, barcode=code, voided=sample.barcode)
    events_service.record(
        session,
        principal,
        event,
        old={"barcode": code, "external_id": external_id},
        new={"barcode": sample.barcode, "external_id": None},
        reason=reason,
    )
    return code


def _voided(session: ReadSession, code: str) -> str:
    """Return the code with a mark and the number of times that it was taken back."""
    stem = f"{code[:56]}{_MARK}"
    before = select(func.count()).where(Sample.barcode.startswith(stem, autoescape=True))
    return f"{stem}{(session.scalar(before) or 0) + 1}"
