"""Energy beside what stands in a unit, its price, and the room that units share."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.storage import energy_queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeKind
from backend.storage.models import StorageNode
from backend.telemetry import electricity
from backend.telemetry.energy.slope import EnergyModel, NotIdentified
from backend.telemetry.ids import SensorKind
from backend.telemetry.models import Sensor
from tests.factories.powered_units import record_unit
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def reader(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.STORAGE_VIEW, Permission.PREDICTIONS_VIEW, Permission.STORAGE_CONFIGURE
    )


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    made = make_freezer(session, rows=2, columns=2)
    stand(session, make_tube(session, make_project(session)), made.box_id, 1, 1)
    record_unit(session, made.unit_id, made.label, days=4)
    return made


def said_of(
    session: WriteSession, reader: Principal, freezer: Freezer
) -> energy_queries.EnergyOfUnit:
    return energy_queries.energy_of_unit(ReadSession(session), reader, freezer.unit_id, zone=BERLIN)


def test_energy_is_shared_among_samples_and_positions(
    session: WriteSession, reader: Principal, freezer: Freezer
) -> None:
    said = said_of(session, reader, freezer)

    assert said.energy is not None
    rate = said.energy.period.kwh_a_day
    assert rate is not None
    assert 6 < rate < 12
    assert len(said.energy.period.counted) == 3
    assert said.wh_a_day_per_sample == pytest.approx(rate * 1000)
    assert said.wh_a_day_per_position == pytest.approx(rate * 250)
    assert said.cost is None


def test_with_a_price_what_was_measured_has_a_cost(
    session: WriteSession, reader: Principal, freezer: Freezer
) -> None:
    electricity.set_price(
        session, reader, price_per_kwh="0.30", currency="EUR", reason="Contract", version=0
    )

    said = said_of(session, reader, freezer)

    assert said.energy is not None
    taken = said.energy.period.energy_kwh
    assert taken is not None
    assert said.cost == f"{taken * 0.3:.2f} EUR"


def test_a_unit_without_a_meter_has_no_energy_and_one_that_is_none_is_not_found(
    session: WriteSession, reader: Principal
) -> None:
    bare = make_freezer(session)

    assert said_of(session, reader, bare).energy is None
    assert [
        (each.unit.label, each.energy)
        for each in energy_queries.energy_of_units(ReadSession(session), reader, zone=BERLIN)
    ] == [(bare.label, None)]
    with pytest.raises(NodeNotFound):
        energy_queries.energy_of_unit(ReadSession(session), reader, new_id(), zone=BERLIN)


def test_a_sensor_at_a_neighbour_in_the_room_measures_the_room_for_both(
    session: WriteSession, reader: Principal
) -> None:
    room = StorageNode(
        parent_id=None, unit_id=None, kind=NodeKind.ROOM, label="Cold room", path="Cold room"
    )
    session.add(room)
    session.flush()
    beside, elsewhere, metered = (make_freezer(session) for _ in range(3))
    for each in (beside, metered):
        session.execute(
            update(StorageNode).where(StorageNode.id == each.unit_id).values(parent_id=room.id)
        )
    record_unit(session, metered.unit_id, metered.label, days=30)
    measuring = update(Sensor).where(Sensor.kind == SensorKind.TEMPERATURE_ROOM)

    session.execute(measuring.values(unit_id=elsewhere.unit_id))
    alone = energy_queries.setpoint_model(
        ReadSession(session), reader, metered.unit_id, zone=BERLIN
    )
    session.execute(measuring.values(unit_id=beside.unit_id))
    together = energy_queries.setpoint_model(
        ReadSession(session), reader, metered.unit_id, zone=BERLIN
    )

    assert alone is not None
    assert alone.room_code is None
    assert isinstance(alone.fitted, NotIdentified)
    assert together is not None
    assert together.room_code is not None
    assert isinstance(together.fitted, EnergyModel)
    assert together.fitted.last - together.fitted.first >= timedelta(days=25)
