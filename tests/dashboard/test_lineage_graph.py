"""The picture of a lineage: who stands where, and what each box and line says."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.samples.ids import HoldKind, LineageKind, SampleId, Status
from backend.samples.lineage_views import LineageGraph, LineageNode, LineageTie
from dashboard.figures.lineage import layout, lineage_graph

Family = tuple[list[LineageNode], list[LineageTie]]


def key(number: int) -> SampleId:
    return SampleId(UUID(int=number))


def sample(number: int, distance: int, **given: object) -> LineageNode:
    values: dict[str, object] = {
        "id": key(number),
        "barcode": f"S-{number:03d}",
        "name": f"Tube {number}",
        "material_type": "gdna",
        "status": Status.IN_STORAGE,
        "volume_ul": Decimal(20),
        "holds": (),
        "distance": distance,
        **given,
    }
    return LineageNode(**values)  # type: ignore[arg-type]  # names are checked by the test


def tie(parent: int, child: int, **given: object) -> LineageTie:
    values: dict[str, object] = {
        "parent_id": key(parent),
        "child_id": key(child),
        "kind": LineageKind.ALIQUOT,
        "volume_ul": None,
        "proportion": None,
        **given,
    }
    return LineageTie(**values)  # type: ignore[arg-type]  # names are checked by the test


@st.composite
def families(draw: st.DrawFn) -> Family:
    """Draw a sample with ancestors and descendants, tied as the database would have them."""
    up, down = draw(st.integers(0, 8)), draw(st.integers(0, 12))
    distance, ties = {0: 0}, []
    for number in range(1, up + 1):
        children = draw(st.sets(st.integers(0, number - 1), min_size=1, max_size=3))
        ties += [tie(number, child) for child in children]
        distance[number] = min(distance[child] for child in children) - 1
    for number in range(up + 1, up + down + 1):
        older = [0, *range(up + 1, number)]
        parents = draw(st.sets(st.sampled_from(older), min_size=1, max_size=3))
        ties += [tie(parent, number) for parent in parents]
        distance[number] = min(distance[parent] for parent in parents) + 1
    return [sample(number, steps) for number, steps in distance.items()], ties


@given(families())
def test_every_line_leads_to_the_right_and_no_two_samples_share_a_place(family: Family) -> None:
    nodes, ties = family

    spots = layout(nodes, ties)

    assert all(spots[each.parent_id].column < spots[each.child_id].column for each in ties)
    assert len(set(spots.values())) == len(nodes)
    assert min(spot.column for spot in spots.values()) == 0
    assert min(spot.row for spot in spots.values()) == 0


@given(families(), st.randoms())
def test_the_order_in_which_relatives_were_read_moves_nobody(
    family: Family, random: Random
) -> None:
    nodes, ties = family
    shuffled_nodes, shuffled_ties = list(nodes), list(ties)
    random.shuffle(shuffled_nodes)
    random.shuffle(shuffled_ties)

    assert layout(shuffled_nodes, shuffled_ties) == layout(nodes, ties)


def test_children_of_one_parent_stand_below_each_other_in_order_of_their_codes() -> None:
    spots = layout([sample(0, 0), sample(3, 1), sample(1, 1)], [tie(0, 3), tie(0, 1)])

    assert [(spots[key(n)].column, spots[key(n)].row) for n in (0, 1, 3)] == [
        (0, 0.5),
        (1, 0.0),
        (1, 1.0),
    ]


def drawn(nodes: Sequence[LineageNode], ties: Sequence[LineageTie]) -> str:
    graph = LineageGraph(nodes=nodes, ties=ties, relatives=len(nodes) - 1)
    return str(vars(lineage_graph(graph, shown=key(0)))["data-svg"])


def test_every_other_sample_is_a_link_and_this_one_is_marked() -> None:
    svg = drawn([sample(0, 0), sample(1, 1, barcode="A/1 b")], [tie(0, 1)])

    assert svg.count("<a ") == 1
    assert 'href="/samples/A%2F1%20b?tab=family"' in svg
    assert 'class="lin-box is-shown"' in svg
    assert 'aria-current="true"' in svg


def test_a_line_says_how_one_came_from_the_other_and_a_pool_its_shares() -> None:
    pooled = {"kind": LineageKind.POOL}
    svg = drawn(
        [sample(0, 0), sample(1, -1), sample(2, -1), sample(3, 1)],
        [
            tie(1, 0, **pooled, proportion=Decimal("0.25")),
            tie(2, 0, **pooled, proportion=Decimal("0.75")),
            tie(0, 3, kind=LineageKind.DERIVATIVE, volume_ul=Decimal(5)),
        ],
    )

    assert "pool 25 %" in svg
    assert "pool 75 %" in svg
    assert "extract 5" in svg


def test_what_cannot_be_used_is_grey_or_marked_and_says_why() -> None:
    svg = drawn(
        [
            sample(0, 0),
            sample(1, 1, volume_ul=Decimal(0)),
            sample(2, 1, status=Status.DISCARDED),
            sample(3, 1, holds=(HoldKind.QUARANTINE,)),
        ],
        [tie(0, 1), tie(0, 2), tie(0, 3)],
    )

    assert svg.count("is-spent") == 2
    assert "gDNA, used up" in svg
    assert "gDNA, discarded" in svg
    assert "gDNA, on hold" in svg
    assert svg.count("lin-hold") == 2
