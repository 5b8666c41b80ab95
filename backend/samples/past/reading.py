"""Reading a sample as it was at an instant."""

from datetime import datetime
from typing import Final

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.events import queries as events_queries
from backend.events.rules import as_json
from backend.samples import queries
from backend.samples.consent_models import Consent
from backend.samples.errors import NotRegisteredThen, StillToCome
from backend.samples.ledger_models import SampleVolumeEntry
from backend.samples.models import Sample
from backend.samples.past.replaying import FIELDS, Known, Written, canonical, replay
from backend.samples.past.views import BalanceThen, MeasuredThen, PastField, PastRecord
from backend.samples.preanalytical_models import SamplePreanalytical
from backend.samples.qc_models import SampleMeasurement
from backend.samples.views import HoldView, SampleDetail

_MOST_ENTRIES: Final = 100_000
_IDENTITY: Final = ("project_code", "material_type")


def sample_as_of(
    session: ReadSession, principal: Principal, code: str, *, at: datetime
) -> PastRecord:
    """Return the record of the sample that carries a barcode today, as it was at ``at``.

    Of ``place``, today's is what the trail says of it now.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        NotRegisteredThen: the sample was registered later.
        StillToCome: the instant lies in the future.
    """
    principal.require(Permission.SAMPLES_VIEW)
    detail = queries.get_by_barcode(session, principal, code)
    if at > clock.utc_now():
        raise StillToCome
    if at < detail.row.created_at:
        raise NotRegisteredThen(detail.row.barcode, detail.row.created_at)
    today = _today(session, detail)
    written = _written(session, detail, today)
    then = replay(written, at)
    today["place"] = replay(written, clock.utc_now()).get("place")
    return PastRecord(
        id=detail.row.id,
        barcode=detail.row.barcode,
        at=at,
        registered_at=detail.row.created_at,
        fields=[
            PastField(
                name=name, then=then.get(name), is_recorded=name in then, today=today.get(name)
            )
            for name in FIELDS
        ],
        holds=[_held_then(hold, at) for hold in detail.holds if hold.set_at <= at],
    )


def _written(session: ReadSession, detail: SampleDetail, today: Known) -> Written:
    key = detail.row.id
    lines = session.scalars(
        select(SampleVolumeEntry)
        .where(SampleVolumeEntry.sample_id == key)
        .order_by(SampleVolumeEntry.number)
    )
    values = session.scalars(select(SampleMeasurement).where(SampleMeasurement.sample_id == key))
    entries = events_queries.entity_history(session, "sample", key, _MOST_ENTRIES)
    return Written(
        registered_at=detail.row.created_at,
        identity={name: today[name] for name in _IDENTITY},
        entries=list(reversed(entries)),
        steps=detail.transitions,
        balances=[BalanceThen(at=line.at, balance_ul=line.balance_ul) for line in lines],
        measured=[
            MeasuredThen(
                metric=value.metric,
                value=value.value,
                measured_at=value.measured_at,
                recorded_at=value.recorded_at,
                key=value.id,
            )
            for value in values
        ],
    )


def _today(session: ReadSession, detail: SampleDetail) -> Known:
    """Return the record as the rows say now, in the form of a replay."""
    consent, derived, override = session.execute(
        select(
            Consent.reference,
            SamplePreanalytical.derived_code,
            SamplePreanalytical.override_code,
        )
        .select_from(Sample)
        .outerjoin(Consent, Consent.id == Sample.consent_id)
        .outerjoin(SamplePreanalytical, SamplePreanalytical.sample_id == Sample.id)
        .where(Sample.id == detail.row.id)
    ).one()
    told: dict[str, object] = {"consent": consent, "sprec": override or derived}
    for name in FIELDS:
        if name not in told and name != "place":
            told[name] = getattr(detail.row if hasattr(detail.row, name) else detail, name)
    return {name: canonical(name, as_json(value)) for name, value in told.items()}


def _held_then(hold: HoldView, at: datetime) -> HoldView:
    """Return a hold as it was: one that is released later stands."""
    if hold.released_at is None or hold.released_at <= at:
        return hold
    return HoldView(
        kind=hold.kind,
        reason=hold.reason,
        release_rule=hold.release_rule,
        set_at=hold.set_at,
        set_by_name=hold.set_by_name,
        released_at=None,
        released_by_name=None,
        release_reason=None,
        release_evidence=None,
    )
