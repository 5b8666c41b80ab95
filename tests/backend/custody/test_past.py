"""In whose care a tube was at a past instant, told by its trail alone."""

from datetime import timedelta

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import service, shipment_queries
from backend.custody.service import Dispatch, Returned
from backend.samples import queries
from backend.samples.models import Project
from backend.samples.past.reading import sample_as_of
from backend.storage import service as storage_service
from tests.factories.samples import EVERYBODY
from tests.factories.storage import make_freezer, make_tube


def test_the_trail_tells_custody_through_checkout_bench_and_shipment(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = make_tube(session, project), make_freezer(session)
    today = clock.utc_now().date()
    code = service.open_shipment(session, ada, recipient="Lab B", condition="dry ice")
    key = shipment_queries.get_shipment(session, ada, code).id
    dispatch = Dispatch(carrier="Parcel Ltd", expected_on=today + timedelta(days=1))
    seen = []

    def look() -> None:
        at = session.execute(select(func.clock_timestamp())).scalar_one()
        seen.append((at, queries.get_sample(session, EVERYBODY, tube).row.custody))

    storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)
    look()
    for returned in (Returned(), Returned(bench="4")):
        service.check_out(session, ada, sample_id=tube, purpose="PCR", due_on=today)
        look()
        service.return_sample(session, ada, sample_id=tube, returned=returned)
        look()
    service.pack_sample(session, ada, shipment_id=key, sample_id=tube)
    look()
    service.close_box(session, ada, shipment_id=key)
    service.ship(session, ada, shipment_id=key, dispatch=dispatch)
    look()
    service.receive_sample(session, ada, shipment_id=key, sample_id=tube)
    look()

    barcode = queries.get_sample(session, EVERYBODY, tube).row.barcode
    told = [
        sample_as_of(session, EVERYBODY, barcode, at=at).field("custody").then for at, _ in seen
    ]
    assert told == [custody for _, custody in seen]
    assert "shipped" in told
    assert "on_bench" in told
