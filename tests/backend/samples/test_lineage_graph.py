"""The graph of a lineage: every tie between those who may be seen, and how many were left out."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import lineage, queries, service
from backend.samples.ids import HoldKind, LineageKind, SampleId, TemperatureClass
from backend.samples.lineage_views import LineageGraph
from backend.samples.making_schemas import Aliquoting, Pooling, PoolPart, Portion
from tests.factories.samples import EVERYBODY, make_project, make_sample

MakePrincipal = Callable[..., Principal]


def accepted(session: WriteSession, code: str) -> SampleId:
    sample = make_sample(session, code)
    for action in ("receive", "accept"):
        service.change_status(session, EVERYBODY, sample_id=sample.id, action=action)
    return sample.id


def aliquots(session: WriteSession, parent: SampleId, count: int) -> list[SampleId]:
    portions = tuple(Portion(volume_ul=Decimal(5)) for _ in range(count))
    made = service.make_aliquots(
        session, EVERYBODY, sample_id=parent, aliquoting=Aliquoting(portions=portions)
    )
    return [each.id for each in made]


def graph(
    session: WriteSession, sample: SampleId, principal: Principal = EVERYBODY, most: int = 200
) -> LineageGraph:
    above, below = lineage.lineage_of(session, EVERYBODY, sample)
    row = queries.get_sample(session, EVERYBODY, sample).row
    return lineage.graph_of(session, principal, row, above=above, below=below, most=most)


def test_a_pool_is_tied_to_each_of_its_parts_with_their_shares(session: WriteSession) -> None:
    code = make_project(session).code
    one, two = accepted(session, code), accepted(session, code)
    codes = [queries.get_sample(session, EVERYBODY, key).row.barcode for key in (one, two)]
    pool = service.make_pool(
        session,
        EVERYBODY,
        pooling=Pooling(
            name="Pool",
            parts=(
                PoolPart(barcode=codes[0], volume_ul=Decimal(1)),
                PoolPart(barcode=codes[1], volume_ul=Decimal(3)),
            ),
            temperature_class=TemperatureClass.MINUS_20,
        ),
    )

    found = graph(session, pool.id)

    assert {(tie.parent_id, tie.child_id, tie.kind, tie.proportion) for tie in found.ties} == {
        (one, pool.id, LineageKind.POOL, Decimal("0.25")),
        (two, pool.id, LineageKind.POOL, Decimal("0.75")),
    }


def test_holds_that_are_open_stand_at_their_sample(session: WriteSession) -> None:
    parent = accepted(session, make_project(session).code)
    (child,) = aliquots(session, parent, 1)
    service.set_hold(
        session,
        EVERYBODY,
        sample_id=child,
        kind=HoldKind.QUARANTINE,
        reason="Leaked",
        release_rule="",
    )

    held = {node.id: node.holds for node in graph(session, parent).nodes}

    assert held == {parent: (), child: (HoldKind.QUARANTINE,)}


def test_a_large_family_is_cut_to_the_nearest_and_counted_whole(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = accepted(session, make_project(session).code)
    aliquots(session, parent, 6)

    cut = graph(session, parent, most=4)
    monkeypatch.setattr(lineage, "MOST", 3)
    read_in_part = graph(session, parent, most=4)

    assert [(len(each.nodes), each.relatives) for each in (cut, read_in_part)] == [(4, 6), (4, 6)]


def test_the_graph_asks_for_the_right_to_see_samples(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    parent = accepted(session, make_project(session).code)

    with pytest.raises(PermissionDenied):
        graph(session, parent, principal_of(Permission.STORAGE_VIEW))
