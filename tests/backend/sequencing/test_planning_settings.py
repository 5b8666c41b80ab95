"""Settings of queue planning: one entry of a laboratory, versioned, with projects kept apart."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import AuditEntry
from backend.sequencing.reference import queries, service
from backend.sequencing.reference.content import QueuePlanningContent
from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual_planning import USUAL_PLANNING
from backend.sequencing.reference.views import ReferenceView
from tests.factories.planning_settings import keep_settings
from tests.factories.sequencing import make_person, make_project, says

KIND = ReferenceKind.QUEUE_PLANNING
SEES = (Permission.SEQUENCING_VIEW, Permission.SEQUENCING_CONFIGURE)


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, *SEES, Permission.SAMPLES_VIEW_ALL_PROJECTS)


def revise(session: WriteSession, by: Principal, **changes: Any) -> ReferenceView:
    standing = queries.current_of(session, KIND, queries.LABORATORY)
    return service.revise_entry(
        session,
        by,
        kind=KIND,
        key=queries.LABORATORY,
        based_on=standing.number,
        content=standing.content.model_dump() | changes,
        source="Our own choice.",
        reason="Clinical work lies alone.",
    )


def test_the_queue_is_planned_by_usual_figures_until_own_ones_are_kept(
    session: WriteSession,
) -> None:
    assert queries.planning(session) is None
    assert queries.planning_content(session) == USUAL_PLANNING


def test_a_change_is_a_version_with_its_reason_and_a_line_in_the_trail(
    session: WriteSession, ada: Principal
) -> None:
    project = make_project(session, ada)
    keep_settings(session, ada)

    made = revise(session, ada, projects_apart=[project.code], run_delay_hours="8")

    standing = queries.planning(session)
    assert standing is not None
    assert (made.number, standing.version_id) == (2, made.version_id)
    assert standing.content.projects_apart == (project.code,)
    line = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity_id == made.entry_id)
        .order_by(AuditEntry.id.desc())
    ).first()
    assert line is not None
    assert line.reason == "Clinical work lies alone."


def test_a_project_that_there_is_not_is_refused_by_its_field(
    session: WriteSession, ada: Principal
) -> None:
    keep_settings(session, ada)

    with pytest.raises(ReferenceRefused, check=says("There is no project NOWHERE")) as refused:
        revise(session, ada, projects_apart=["NOWHERE"])

    assert set(refused.value.fields) == {"projects_apart"}


def test_who_sees_some_projects_neither_reads_nor_loses_the_codes_of_others(
    session: WriteSession, ada: Principal
) -> None:
    eve = make_person(session, *SEES)
    hers, other = make_project(session, eve), make_project(session, ada)
    keep_settings(session, ada, projects_apart=(hers.code, other.code))

    seen = queries.get_entry(ReadSession(session), eve, KIND, queries.LABORATORY)

    assert isinstance(seen.content, QueuePlanningContent)
    assert seen.content.projects_apart == (hers.code,)
    with pytest.raises(PermissionDenied):
        revise(session, eve, horizon_days=10, projects_apart=[])


def test_settings_are_revised_and_never_retired_nor_doubled(
    session: WriteSession, ada: Principal
) -> None:
    keep_settings(session, ada)

    with pytest.raises(ReferenceRefused, check=says("Revise them")):
        service.retire_entry(session, ada, kind=KIND, key=queries.LABORATORY, reason="Old")
    with pytest.raises(ReferenceRefused, check=says("one setting of queue planning")):
        service.add_entry(
            session, ada, kind=KIND, name="Another", content=USUAL_PLANNING, source="Ours"
        )
