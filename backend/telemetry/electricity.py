"""The price of electricity, in versions. Without one every page speaks of kWh only."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry.electricity_models import ElectricityPrice
from backend.telemetry.errors import PriceChanged, PriceRefused
from backend.telemetry.events import ElectricityPriceSet

DEAREST: Final = Decimal(10_000)
LONGEST_REASON: Final = 500
_PLACES: Final = 5
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AGGREGATE: Final[UUID] = uuid5(NAMESPACE_OID, "tracseq:electricity_price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A version of the price: in ``currency`` (ISO 4217) for a kWh."""

    version: int
    price_per_kwh: Decimal
    currency: str
    reason: str
    set_by_name: str
    set_at: datetime


def price_now(session: Session) -> Price | None:
    """Return the price that holds; None before one was set."""
    return next(iter(_versions(session, limit=1)), None)


def list_prices(session: ReadSession, principal: Principal) -> list[Price]:
    """Return every version, the newest first."""
    principal.require(Permission.STORAGE_VIEW)
    return _versions(session)


def set_price(
    session: WriteSession,
    principal: Principal,
    *,
    price_per_kwh: str,
    currency: str,
    reason: str,
    version: int,
) -> Price:
    """Put a price into force; those before stay to be seen.

    ``price_per_kwh`` is as a person types it, with point or comma; ``version`` the one that was
    looked at, 0 where there was none.

    Raises:
        PriceRefused: no such price, currency or reason; each fault stands at its field.
        PriceChanged: somebody else has set another one meanwhile.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    # Two first prices have no row to lock, so they follow one another by this.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("electricity_price"))))
    amount = _amount(price_per_kwh)
    wanted, why = currency.strip().upper(), reason.strip()
    _check(amount, wanted, why)
    before = price_now(session)
    standing = 0 if before is None else before.version
    if standing != version:
        raise PriceChanged(
            f"Version {standing} of the price was set meanwhile. Look at it and try again."
        )
    row = ElectricityPrice(
        version=standing + 1,
        price_per_kwh=amount,
        currency=wanted,
        reason=why,
        set_by=principal.user_id,
        set_by_name=principal.name,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    events_service.record(
        session,
        principal,
        ElectricityPriceSet(
            aggregate_id=_AGGREGATE,
            version=row.version,
            price_per_kwh=str(amount),
            currency=wanted,
        ),
        old={} if before is None else _facts(before.price_per_kwh, before.currency),
        new=_facts(amount, wanted),
        reason=why,
    )
    return _price(row)


def _check(amount: Decimal, currency: str, reason: str) -> None:
    faults = {}
    if not amount.is_finite() or not 0 < amount <= DEAREST:
        faults["price"] = f"The price of a kWh is a number above 0, up to {DEAREST:,}."
    elif amount != round(amount, _PLACES):
        faults["price"] = f"A price has up to {_PLACES} decimals."
    if not _CURRENCY.fullmatch(currency):
        faults["currency"] = "A currency has three letters, such as EUR (ISO 4217)."
    if not reason or len(reason) > LONGEST_REASON:
        faults["reason"] = f"Say where the price is from, in up to {LONGEST_REASON} characters."
    if faults:
        raise PriceRefused("The price cannot be set like this.", fields=faults)


def _amount(typed: str) -> Decimal:
    """Return the number that was typed; NaN, which no price is, for anything else."""
    try:
        return Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal("NaN")


def _versions(session: Session, *, limit: int | None = None) -> list[Price]:
    rows = select(ElectricityPrice).order_by(ElectricityPrice.version.desc()).limit(limit)
    return [_price(row) for row in session.scalars(rows)]


def _price(row: ElectricityPrice) -> Price:
    return Price(
        version=row.version,
        price_per_kwh=row.price_per_kwh.normalize(),
        currency=row.currency,
        reason=row.reason,
        set_by_name=row.set_by_name,
        set_at=row.set_at,
    )


def _facts(price_per_kwh: Decimal, currency: str) -> dict[str, object]:
    return {"price_per_kwh": str(price_per_kwh), "currency": currency}
