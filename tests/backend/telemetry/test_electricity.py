"""The price of electricity: versions set by who sets up storage, refused whole, never guessed."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.telemetry import electricity
from backend.telemetry.errors import PriceChanged, PriceRefused
from backend.telemetry.events import ElectricityPriceSet


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_CONFIGURE, Permission.STORAGE_VIEW)


def put(
    session: WriteSession,
    keeper: Principal,
    price: str = "0,3217",
    *,
    currency: str = "eur",
    reason: str = "Contract of 2026",
    version: int = 0,
) -> electricity.Price:
    return electricity.set_price(
        session, keeper, price_per_kwh=price, currency=currency, reason=reason, version=version
    )


def test_without_one_there_is_no_price(session: WriteSession) -> None:
    assert electricity.price_now(session) is None


def test_a_price_is_a_version_and_those_before_stay(
    session: WriteSession, keeper: Principal
) -> None:
    first = put(session, keeper)
    put(session, keeper, "0.35", version=first.version)

    found = electricity.list_prices(ReadSession(session), keeper)
    now = electricity.price_now(session)

    assert [(each.version, each.price_per_kwh, each.currency) for each in found] == [
        (2, Decimal("0.35"), "EUR"),
        (1, Decimal("0.3217"), "EUR"),
    ]
    assert now == found[0]


def test_setting_it_is_told_and_audited(session: WriteSession, keeper: Principal) -> None:
    put(session, keeper)
    put(session, keeper, "0.35", version=1)

    told = session.scalars(
        select(OutboxEvent.payload)
        .where(OutboxEvent.type == ElectricityPriceSet.TYPE)
        .order_by(OutboxEvent.seq)
    ).all()
    audited = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == ElectricityPriceSet.TYPE)
        .order_by(AuditEntry.id.desc())
    ).first()

    assert [each["price_per_kwh"] for each in told] == ["0.3217", "0.35"]
    assert audited is not None
    assert audited.old_values == {"price_per_kwh": "0.3217", "currency": "EUR"}
    assert audited.new_values == {"price_per_kwh": "0.35", "currency": "EUR"}
    assert audited.reason == "Contract of 2026"


@pytest.mark.parametrize("price", ["", "cheap", "0", "-0.3", "NaN", "Infinity", "1e9", "0.123456"])
def test_what_is_no_price_is_refused_at_its_field(
    session: WriteSession, keeper: Principal, price: str
) -> None:
    with pytest.raises(PriceRefused) as refusal:
        put(session, keeper, price)

    assert set(refusal.value.fields) == {"price"}
    assert electricity.price_now(session) is None


def test_every_fault_is_said_at_once(session: WriteSession, keeper: Principal) -> None:
    with pytest.raises(PriceRefused) as refusal:
        put(session, keeper, "0", currency="euro", reason="  ")

    assert set(refusal.value.fields) == {"price", "currency", "reason"}


def test_a_price_set_meanwhile_is_not_overwritten(session: WriteSession, keeper: Principal) -> None:
    put(session, keeper)

    with pytest.raises(PriceChanged):
        put(session, keeper, "0.40")


def test_who_does_not_set_up_storage_sets_no_price(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        put(session, principal_of(Permission.STORAGE_VIEW))
