"""Keeping reference data: versions that stay, who may, and what is refused."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.sequencing.reference import queries, service
from backend.sequencing.reference import usual as usual_module
from backend.sequencing.reference.content import FlowCellContent, IndexKitContent
from backend.sequencing.reference.errors import (
    ReferenceChanged,
    ReferenceInUse,
    ReferenceNotFound,
    ReferenceRefused,
)
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.kit_files import KitFile
from backend.sequencing.reference.models import ReferenceEntry, ReferenceVersion
from backend.sequencing.reference.usual import add_usual_reference
from backend.sequencing.reference.usual_entry import Usual
from backend.sequencing.reference.usual_flow_cells import flow_cells
from backend.sequencing.reference.usual_pooling import USUAL_POOLING
from backend.sequencing.reference.views import ReferenceView
from tests.factories.sequencing import make_person, says

FLOW_CELL = ReferenceKind.FLOW_CELL
KIT = b"name,i7,i5\nU1,ACGTACGT,TTGGAACC\nU2,GGTTCCAA,CCAAGGTT\n"


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, Permission.SEQUENCING_VIEW, Permission.SEQUENCING_CONFIGURE)


@pytest.fixture
def kept(session: WriteSession, ada: Principal) -> None:
    add_usual_reference(session, ada)


def revise(session: WriteSession, by: Principal, **changes: Any) -> ReferenceView:
    standing = queries.flow_cell(session, "miseq_v3")
    given: dict[str, Any] = {
        "kind": FLOW_CELL,
        "key": "miseq_v3",
        "based_on": standing.number,
        "content": standing.content.model_dump() | {"reads_pf_millions_per_lane": Decimal(21)},
        "source": "Our runs of the last year.",
        "reason": "We get more.",
    }
    return service.revise_entry(session, by, **(given | changes))


@pytest.mark.usefixtures("kept")
def test_usual_figures_known_since_are_the_next_version_of_what_nobody_changed(
    session: WriteSession, ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = revise(session, ada)
    service.retire_entry(session, ada, kind=FLOW_CELL, key="miseq_i100_5m", reason="Sold.")

    def known_since() -> Iterator[Usual]:
        for each in flow_cells():
            more = each.content.model_copy(update={"reads_pf_millions_per_lane": Decimal(99)})
            yield each._replace(content=more, source="A newer page.")

    monkeypatch.setattr(usual_module, "flow_cells", known_since)
    made = add_usual_reference(session, ada)

    changed = {each.key: each for each in made}
    assert set(changed) == {each.key for each in flow_cells()} - {"miseq_v3", "miseq_i100_5m"}
    assert (changed["iseq_100"].number, changed["iseq_100"].source) == (2, "A newer page.")
    assert queries.flow_cell(session, "miseq_v3") == mine
    assert queries.flow_cell(session, "miseq_i100_5m").number == 1
    assert add_usual_reference(session, ada) == []


@pytest.mark.usefixtures("kept")
def test_a_revision_is_the_next_version_and_the_old_one_stays(
    session: WriteSession, ada: Principal
) -> None:
    before = queries.flow_cell(session, "miseq_v3")

    after = revise(session, ada)

    assert (after.number, after.made_by_name, after.reason) == (2, "Ada", "We get more.")
    assert queries.flow_cell(session, "miseq_v3") == after
    assert queries.version(session, before.version_id) == before
    assert [each.number for each in queries.history(session, FLOW_CELL, "miseq_v3")] == [2, 1]
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity_id == after.entry_id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one()
    assert entry.reason == "We get more."
    assert entry.old_values is not None
    assert entry.old_values["reads_pf_millions_per_lane"] == "18"
    events = session.scalars(
        select(OutboxEvent.type).where(OutboxEvent.aggregate_id == after.entry_id)
    ).all()
    assert events == ["sequencing.reference_kept"] * 2


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_keeps_a_version_as_it_was(session: WriteSession, act: str) -> None:
    version_id = queries.flow_cell(session, "miseq_v3").version_id
    statement = (
        update(ReferenceVersion).values(reason="Nobody saw it.")
        if act == "update"
        else delete(ReferenceVersion)
    )

    with pytest.raises(DBAPIError, match="stays as it was made"), session.begin_nested():
        session.execute(statement.where(ReferenceVersion.id == version_id))


@pytest.mark.usefixtures("kept")
def test_the_database_keeps_keys(session: WriteSession) -> None:
    with pytest.raises(DBAPIError, match="keeps its key"), session.begin_nested():
        session.execute(
            update(ReferenceEntry).values(key="other").where(ReferenceEntry.key == "miseq_v3")
        )
    with pytest.raises(DBAPIError, match="never removed"), session.begin_nested():
        session.execute(delete(ReferenceEntry).where(ReferenceEntry.key == "miseq_v3"))


@pytest.mark.usefixtures("kept")
def test_a_change_of_what_is_no_longer_in_force_is_refused(
    session: WriteSession, ada: Principal
) -> None:
    revise(session, ada)

    with pytest.raises(ReferenceChanged, match="Ada made version 2 of MiSeq, v3"):
        revise(session, ada, based_on=1)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"source": ""}, "source"),
        ({"name": ""}, "name"),
        ({"content": {"platform": "miseq"}}, "lanes"),
        (
            {
                "content": FlowCellContent(
                    platform="nowhere", lanes=1, reads_pf_millions_per_lane=Decimal(1)
                )
            },
            "platform",
        ),
    ],
)
def test_nothing_is_half_kept(
    session: WriteSession, ada: Principal, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ReferenceRefused) as caught:
        revise(session, ada, **changes)

    assert field in caught.value.fields
    assert queries.flow_cell(session, "miseq_v3").number == 1


@pytest.mark.usefixtures("kept")
def test_a_version_like_the_one_before_is_refused(session: WriteSession, ada: Principal) -> None:
    standing = queries.flow_cell(session, "miseq_v3")

    with pytest.raises(ReferenceRefused, check=says("Nothing differs from version 1")):
        revise(session, ada, content=standing.content, source=standing.source)


@pytest.mark.usefixtures("kept")
def test_a_key_is_given_once(session: WriteSession, ada: Principal) -> None:
    with pytest.raises(ReferenceRefused, check=says("There is a flow cell miseq_v3 already")):
        service.add_entry(
            session,
            ada,
            kind=FLOW_CELL,
            name="MiSeq v3",
            content={"platform": "miseq", "lanes": 1, "reads_pf_millions_per_lane": 18},
            source="Ours",
        )


@pytest.mark.usefixtures("kept")
def test_there_is_one_setting_of_pooling(session: WriteSession, ada: Principal) -> None:
    with pytest.raises(ReferenceRefused, check=says("one setting of pooling")):
        service.add_entry(
            session,
            ada,
            kind=ReferenceKind.POOLING,
            name="Another",
            content=USUAL_POOLING,
            source="Ours",
        )
    with pytest.raises(ReferenceRefused, check=says("Revise them")):
        service.retire_entry(
            session, ada, kind=ReferenceKind.POOLING, key="laboratory", reason="Old"
        )


@pytest.mark.usefixtures("kept")
def test_a_retired_entry_is_offered_no_more_and_still_read(
    session: WriteSession, ada: Principal
) -> None:
    recipe = ReferenceKind.RECIPE
    service.retire_entry(session, ada, kind=recipe, key="miseq_v3_2x301", reason="No kits.")
    service.retire_entry(session, ada, kind=recipe, key="miseq_v3_2x301", reason="Again.")

    service.retire_entry(session, ada, kind=FLOW_CELL, key="miseq_v3", reason="No kits.")

    assert "miseq_v3" not in {each.key for each in queries.flow_cells(session)}
    assert queries.flow_cell(session, "miseq_v3").number == 1
    assert queries.list_entries(session, ada, FLOW_CELL)[-1].key == "miseq_v3"
    with pytest.raises(ReferenceRefused, check=says("There is no flow cell miseq_v3 in use")):
        service.restore_entry(session, ada, kind=recipe, key="miseq_v3_2x301", reason="Kits.")
    service.restore_entry(session, ada, kind=FLOW_CELL, key="miseq_v3", reason="Kits again.")
    assert "miseq_v3" in {each.key for each in queries.flow_cells(session)}


@pytest.mark.usefixtures("kept")
def test_what_others_refer_to_is_not_retired(session: WriteSession, ada: Principal) -> None:
    with pytest.raises(ReferenceInUse, match=r"used by “MiSeq, v2”, “MiSeq, v3”. Retire those"):
        service.retire_entry(session, ada, kind=ReferenceKind.PLATFORM, key="miseq", reason="Sold.")


@pytest.mark.usefixtures("kept")
def test_an_unknown_key_is_told_with_those_there_are(session: WriteSession) -> None:
    with pytest.raises(ReferenceNotFound, match=r"no index kit “twist”. Known are"):
        queries.index_kit(session, "twist")


def test_a_kit_is_imported_looked_at_first_and_then_as_a_further_version(
    session: WriteSession, ada: Principal
) -> None:
    asked: dict[str, Any] = {"name": "Own UDI", "maker": "Us", "source": "Order 4711"}
    file = KitFile("own.csv", KIT)

    reading, nothing = service.import_index_kit(session, ada, files=[file], dry_run=True, **asked)
    assert nothing is None
    assert reading.content is not None
    assert not queries.index_kits(session)

    _, first = service.import_index_kit(session, ada, files=[file], **asked)
    changed = KitFile("own.csv", KIT.replace(b"TTGGAACC", b"TTGGAATT"))
    _, second = service.import_index_kit(session, ada, files=[changed], **asked)

    assert first is not None
    assert second is not None
    assert (first.key, first.number, second.number) == ("own_udi", 1, 2)
    assert second.reason == "Imported from own.csv."
    assert isinstance(second.content, IndexKitContent)
    with pytest.raises(ReferenceRefused, check=says("Nothing differs")):
        service.import_index_kit(session, ada, files=[changed], **asked)


def test_a_kit_with_errors_is_not_kept(session: WriteSession, ada: Principal) -> None:
    bad = KitFile("own.csv", KIT.replace(b"GGTTCCAA", b"GGTTCCAN"))

    reading, nothing = service.import_index_kit(
        session, ada, files=[bad], name="Own", maker="Us", source="Order"
    )

    assert nothing is None
    assert reading.errors
    assert not queries.index_kits(session)


@pytest.mark.usefixtures("kept")
def test_only_who_may_keeps_reference_data(session: WriteSession) -> None:
    viewer = make_person(session, Permission.SEQUENCING_VIEW)

    for act in (
        lambda: revise(session, viewer),
        lambda: service.add_entry(
            session, viewer, kind=FLOW_CELL, name="New", content={}, source="x"
        ),
        lambda: service.retire_entry(session, viewer, kind=FLOW_CELL, key="miseq_v3", reason="x"),
        lambda: service.restore_entry(session, viewer, kind=FLOW_CELL, key="miseq_v3", reason="x"),
        lambda: service.import_index_kit(
            session, viewer, files=[], name="x", maker="x", source="x", dry_run=True
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(PermissionDenied):
        queries.list_entries(session, make_person(session), FLOW_CELL)
