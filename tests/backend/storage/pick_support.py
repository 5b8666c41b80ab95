"""Tubes on pick lists, for the tests of picking."""

from collections.abc import Sequence

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import pick_queries, service
from backend.storage.ids import NodeId, PickListId, PickPurpose
from backend.storage.models import Placement
from backend.storage.picking import PickWish
from tests.factories.storage import make_tube, stand


def tube_at(
    session: WriteSession, project: Project, box: NodeId, row: int, column: int
) -> SampleId:
    tube = make_tube(session, project)
    stand(session, tube, box, row, column)
    return tube


def code_of(session: WriteSession, tube: SampleId) -> str:
    return session.scalars(select(Sample.barcode).where(Sample.id == tube)).one()


def custody_of(session: WriteSession, tube: SampleId) -> Custody:
    return session.scalars(select(Sample.custody).where(Sample.id == tube)).one()


def stay_of(session: WriteSession, tube: SampleId) -> Placement | None:
    return session.scalars(
        select(Placement).where(Placement.sample_id == tube, Placement.removed_at.is_(None))
    ).one_or_none()


def listed(
    session: WriteSession,
    who: Principal,
    wishes: Sequence[PickWish],
    purpose: PickPurpose = PickPurpose.TAKE_OUT,
) -> PickListId:
    return service.make_list(session, who, title="For run 12", purpose=purpose, lines=wishes)


def order_of(session: WriteSession, who: Principal, key: PickListId) -> list[SampleId]:
    return [line.sample_id for line in pick_queries.list_lines(session, who, key)]
