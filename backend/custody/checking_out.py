"""Checking a tube out for a purpose until a day, and bringing it back.

Exported by service.py. A checkout is one's own: who takes a tube for somebody else hands it over,
so that both have said so.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.custody import chain, holding, rules
from backend.custody.chain import Party
from backend.custody.errors import (
    AlreadyCheckedOut,
    CheckoutRefused,
    HeldByAnother,
    NotCheckedOut,
)
from backend.custody.events import SampleCheckedOut, SampleReturned
from backend.custody.ids import Cause, CheckoutId, PartyKind
from backend.custody.models import CustodyCheckout
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Sample
from backend.storage import service as storage_service
from backend.storage.ids import NodeId
from backend.storage.models import Placement

_BENCH_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What is said of a tube that comes back. ``bench`` names where it lies; empty: its place."""

    used_ul: Decimal = Decimal(0)
    was_thawed: bool = False
    bench: str = ""


def check_out(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    purpose: str,
    due_on: date | None,
    temperature_c: float | None = None,
    condition: str = "",
) -> CheckoutId:
    """Take a tube for a purpose until a day. One that stands in storage leaves its position.

    Raises:
        CheckoutRefused: no purpose, no day, or one that has passed.
        SampleNotFound, SamplePromised, HeldByAnother: it is not to be had.
        AlreadyCheckedOut: it is out.
        PermissionDenied: it stands in storage, and the principal may not take out.
    """
    principal.require(Permission.CUSTODY_HANDLE)
    if principal.user_id is None:
        raise PermissionDenied("People check tubes out. Sign in as the one who takes it.")
    now, today = clock.utc_now(), auth_queries.laboratory_day(session)
    faults = rules.checkout_faults(
        purpose=purpose, due_on=due_on, today=today, temperature_c=temperature_c
    )
    if faults or due_on is None:
        raise CheckoutRefused(" ".join(faults.values()), fields=faults)
    sample = holding.lock_tubes(session, principal, [sample_id])[0]
    out = _open_checkout(session, sample_id)
    if out is not None:
        raise AlreadyCheckedOut(
            f"{out.holder_name} has {sample.barcode} checked out until {out.due_on}. "
            "Return it first, or hand it over."
        )
    checkout = CustodyCheckout(
        sample_id=sample_id,
        holder_id=principal.user_id,
        holder_name=principal.name,
        purpose=purpose.strip(),
        out_at=now,
        due_on=due_on,
    )
    _into_hand(session, principal, sample, checkout)
    session.add(checkout)
    chain.add_link(
        session,
        principal,
        sample_id,
        cause=Cause.CHECKED_OUT,
        to=chain.person(principal.user_id, principal.name),
        condition=condition,
        temperature_c=temperature_c,
        note=checkout.purpose,
    )
    samples_service.set_custody(
        session, principal, sample_id=sample_id, custody=Custody.CHECKED_OUT
    )
    event = SampleCheckedOut(
        aggregate_id=sample_id,
        checkout_id=checkout.id,
        holder_name=principal.name,
        purpose=checkout.purpose,
        due_on=due_on.isoformat(),
    )
    new = {"holder": principal.name, "due_on": event.due_on, "temperature_c": temperature_c}
    events_service.record(session, principal, event, new=new, reason=checkout.purpose)
    return CheckoutId(checkout.id)


def return_sample(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, returned: Returned
) -> str:
    """Bring a tube back and say what was used and whether it thawed; return where it is now.

    It goes back to the position that it came from, or lies on the bench that is named. All of it
    happens or nothing: a position that is taken leaves the checkout open and the volume untouched.

    Raises:
        SampleNotFound, SamplePromised: it is not to be had.
        NotCheckedOut: nobody has it out.
        HeldByAnother: somebody else has it, and the principal may not place.
        CheckoutRefused: it came from no position, so a bench has to be named.
        DrawRefused: it does not hold so much, or may not be used; every reason is named.
        PositionTaken, PlacementRefused: the position is not to be had any more.
    """
    principal.require(Permission.CUSTODY_HANDLE)
    sample = holding.lock_tubes(session, principal, [sample_id])[0]
    out = _open_checkout(session, sample_id)
    if out is None:
        raise NotCheckedOut(f"Nobody has {sample.barcode} checked out.")
    if out.holder_id != principal.user_id and not principal.may(Permission.STORAGE_PLACE):
        raise HeldByAnother(f"{out.holder_name} has {sample.barcode}. They bring it back.")
    if returned.used_ul < 0 or len(returned.bench.strip()) > _BENCH_LENGTH:
        raise CheckoutRefused("Write a volume of 0 or more, and the bench in 60 characters.")
    _write_use(session, principal, sample_id, out, returned)
    out.returned_at = max(clock.utc_now(), out.out_at)
    out.used_ul, out.was_thawed = returned.used_ul, returned.was_thawed
    session.flush()
    place = _put_away(session, principal, sample_id, out, returned.bench.strip())
    out.return_note = place
    event = SampleReturned(
        aggregate_id=sample_id,
        checkout_id=out.id,
        used_ul=str(returned.used_ul),
        was_thawed=returned.was_thawed,
        place=place,
    )
    new = {"place": place, "used_ul": event.used_ul, "was_thawed": returned.was_thawed}
    events_service.record(session, principal, event, new=new)
    return place


def _into_hand(
    session: WriteSession, principal: Principal, sample: Sample, checkout: CustodyCheckout
) -> None:
    if sample.custody is not Custody.IN_STORAGE:
        holding.require_in_hand(session, principal, sample)
        return
    stood = storage_service.take_out(
        session, principal, sample_id=SampleId(sample.id), reason=checkout.purpose
    )
    placement = session.get_one(Placement, stood.id)
    checkout.box_id = placement.box_id
    checkout.row, checkout.column = placement.row, placement.column


def _open_checkout(session: WriteSession, sample_id: SampleId) -> CustodyCheckout | None:
    return session.scalars(
        select(CustodyCheckout)
        .where(CustodyCheckout.sample_id == sample_id, CustodyCheckout.returned_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _write_use(
    session: WriteSession,
    principal: Principal,
    sample_id: SampleId,
    out: CustodyCheckout,
    returned: Returned,
) -> None:
    if returned.used_ul:
        samples_service.use_volume(
            session,
            principal,
            sample_id=sample_id,
            volume_ul=returned.used_ul,
            reason=out.purpose,
            balance_unknown_is_fine=True,
        )
    if returned.was_thawed:
        samples_service.count_thaw(session, principal, sample_id=sample_id, reason=out.purpose)


def _put_away(
    session: WriteSession,
    principal: Principal,
    sample_id: SampleId,
    out: CustodyCheckout,
    bench: str,
) -> str:
    if bench:
        bench_party = Party(PartyKind.PLACE, None, bench)
        chain.add_link(session, principal, sample_id, cause=Cause.LEFT_ON_BENCH, to=bench_party)
        samples_service.set_custody(
            session, principal, sample_id=sample_id, custody=Custody.ON_BENCH
        )
        return bench
    if out.box_id is None or out.row is None or out.column is None:
        sentence = "It came from no position. Name the bench that it lies on, or place it."
        raise CheckoutRefused(sentence, fields={"bench": sentence})
    placed = storage_service.place_sample(
        session,
        principal,
        sample_id=sample_id,
        box_id=NodeId(out.box_id),
        row=out.row,
        column=out.column,
    )
    return f"{placed.path}/{placed.position}"
