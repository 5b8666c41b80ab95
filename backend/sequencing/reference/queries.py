"""Reading reference data.

Every room of sequencing works by it: those that have already asked for a permission of their own
read with `current` and its kin; faces read with the three first functions, which ask.
"""

from dataclasses import replace
from typing import TypeAlias, TypeVar, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.models import Project
from backend.sequencing.indexing.picking import KitIndex
from backend.sequencing.reference.content import (
    CONTENT,
    AssayContent,
    ChemistryContent,
    Content,
    FlowCellContent,
    IndexKitContent,
    PlatformContent,
    PoolingContent,
    QueuePlanningContent,
    RecipeContent,
)
from backend.sequencing.reference.errors import ReferenceNotFound
from backend.sequencing.reference.ids import EntryId, ReferenceKind, VersionId
from backend.sequencing.reference.models import ReferenceEntry, ReferenceVersion
from backend.sequencing.reference.usual_planning import USUAL_PLANNING
from backend.sequencing.reference.usual_pooling import USUAL_POOLING
from backend.sequencing.reference.views import (
    Assay,
    ChemistryOf,
    FlowCell,
    IndexKit,
    Make,
    PlanningSettings,
    Platform,
    Recipe,
    ReferenceView,
    VersionOf,
)

_C = TypeVar("_C", bound=Content)
_Rows: TypeAlias = Select[ReferenceEntry, ReferenceVersion]

LABORATORY = "laboratory"
"""Key of the one entry of a kind that is the laboratory's settings."""


def list_entries(
    session: ReadSession, principal: Principal, kind: ReferenceKind
) -> list[ReferenceView]:
    """Return every entry of a kind as it stands, by name; retired ones last."""
    principal.require(Permission.SEQUENCING_VIEW)
    found = _seen(session, principal, _read(session, _in_force(kind)))
    return sorted(found, key=lambda each: not each.is_active)


def get_entry(
    session: ReadSession, principal: Principal, kind: ReferenceKind, key: str
) -> ReferenceView:
    """Return `current_of` for a face. Raises ReferenceNotFound."""
    principal.require(Permission.SEQUENCING_VIEW)
    return _seen(session, principal, [current_of(session, kind, key)])[0]


def list_versions(
    session: ReadSession, principal: Principal, kind: ReferenceKind, key: str
) -> list[ReferenceView]:
    """Return `history` for a face. Raises ReferenceNotFound."""
    principal.require(Permission.SEQUENCING_VIEW)
    return _seen(session, principal, history(session, kind, key))


def current(session: Session, kind: ReferenceKind) -> list[ReferenceView]:
    """Return the entries of a kind that are offered, as they stand, by name."""
    return _read(session, _in_force(kind).where(ReferenceEntry.is_active))


def current_of(session: Session, kind: ReferenceKind, key: str) -> ReferenceView:
    """Return an entry as it stands, retired or not.

    Raises:
        ReferenceNotFound: no such entry; the sentence names those there are.
    """
    found = _read(session, _in_force(kind).where(ReferenceEntry.key == key))
    if found:
        return found[0]
    known = ", ".join(each.key for each in current(session, kind)) or "none yet"
    words = kind.value.replace("_", " ")
    raise ReferenceNotFound(f"There is no {words} “{key[:60]}”. Known are {known}.")


def names(session: Session, kind: ReferenceKind) -> dict[str, str]:
    """Return the names of all entries of a kind by key, retired ones too."""
    chosen = select(ReferenceEntry.key, ReferenceEntry.name).where(ReferenceEntry.kind == kind)
    return {row.key: row.name for row in session.execute(chosen)}


def version(session: Session, version_id: VersionId) -> ReferenceView:
    """Return a version, in force or not.

    Raises:
        ReferenceNotFound: no such version.
    """
    found = _read(session, _versions().where(ReferenceVersion.id == version_id))
    if not found:
        raise ReferenceNotFound("There is no such version of reference data.")
    return found[0]


def recipe_version(session: Session, version_id: VersionId) -> Recipe:
    """Return a version of a recipe, in force or not. Raises ReferenceNotFound."""
    return cast("Recipe", version(session, version_id))


def history(session: Session, kind: ReferenceKind, key: str) -> list[ReferenceView]:
    """Return every version of an entry, newest first.

    Raises:
        ReferenceNotFound: no such entry.
    """
    entry_id = current_of(session, kind, key).entry_id
    return _read(
        session,
        _versions()
        .where(ReferenceVersion.entry_id == entry_id)
        .order_by(ReferenceVersion.number.desc()),
    )


def platforms(session: Session) -> list[Platform]:
    """Return the platforms that are offered."""
    return _of(session, ReferenceKind.PLATFORM, PlatformContent)


def flow_cells(session: Session) -> list[FlowCell]:
    """Return the flow cells that are offered."""
    return _of(session, ReferenceKind.FLOW_CELL, FlowCellContent)


def chemistries(session: Session) -> list[ChemistryOf]:
    """Return the chemistries that are offered."""
    return _of(session, ReferenceKind.CHEMISTRY, ChemistryContent)


def recipes(session: Session) -> list[Recipe]:
    """Return the recipes that are offered."""
    return _of(session, ReferenceKind.RECIPE, RecipeContent)


def assays(session: Session) -> list[Assay]:
    """Return the assays that are offered."""
    return _of(session, ReferenceKind.ASSAY, AssayContent)


def index_kits(session: Session) -> list[IndexKit]:
    """Return the index kits that are offered."""
    return _of(session, ReferenceKind.INDEX_KIT, IndexKitContent)


def kit_indexes(session: Session) -> dict[str, list[KitIndex]]:
    """Return the indexes of the kits that are offered, by the kit's name."""
    return {
        each.name: [KitIndex(well.name, well.i7, well.i5 or "") for well in each.content.wells]
        for each in index_kits(session)
    }


def index_kit(session: Session, key: str) -> IndexKit:
    """Return a kit as it stands. Raises ReferenceNotFound."""
    return cast("IndexKit", current_of(session, ReferenceKind.INDEX_KIT, key))


def index_kit_versions(session: Session, key: str) -> list[IndexKit]:
    """Return every version of a kit, newest first. Raises ReferenceNotFound."""
    return [cast("IndexKit", each) for each in history(session, ReferenceKind.INDEX_KIT, key)]


def assay(session: Session, key: str) -> Assay:
    """Return an assay as it stands. Raises ReferenceNotFound."""
    return cast("Assay", current_of(session, ReferenceKind.ASSAY, key))


def flow_cell(session: Session, key: str) -> FlowCell:
    """Return a flow cell as it stands. Raises ReferenceNotFound."""
    return cast("FlowCell", current_of(session, ReferenceKind.FLOW_CELL, key))


def platform(session: Session, key: str) -> Platform:
    """Return a platform as it stands. Raises ReferenceNotFound."""
    return cast("Platform", current_of(session, ReferenceKind.PLATFORM, key))


def chemistry(session: Session, key: str) -> ChemistryOf:
    """Return a chemistry as it stands. Raises ReferenceNotFound."""
    return cast("ChemistryOf", current_of(session, ReferenceKind.CHEMISTRY, key))


def pooling(session: Session) -> PoolingContent:
    """Return what pools and lanes are reckoned with: usual figures where none are kept yet."""
    kept = _of(session, ReferenceKind.POOLING, PoolingContent)
    return kept[0].content if kept else USUAL_POOLING


def planning(session: Session) -> PlanningSettings | None:
    """Return the laboratory's settings of queue planning; None where none are kept yet."""
    kept = _of(session, ReferenceKind.QUEUE_PLANNING, QueuePlanningContent)
    return kept[0] if kept else None


def planning_content(session: Session) -> QueuePlanningContent:
    """Return what the queue is planned by: usual figures where none are kept yet."""
    kept = planning(session)
    return kept.content if kept else USUAL_PLANNING


def seen_planning(
    session: Session, principal: Principal, content: QueuePlanningContent
) -> QueuePlanningContent:
    """Leave out the codes of projects that are not the reader's."""
    if not content.projects_apart:
        return content
    visible = samples_queries.visible_projects(principal).with_only_columns(Project.code)
    known = set(session.scalars(visible.where(Project.code.in_(content.projects_apart))))
    seen = tuple(each for each in content.projects_apart if each in known)
    return content.model_copy(update={"projects_apart": seen})


def every_assay(session: Session) -> dict[str, Assay]:
    """Return the assays by key, retired ones too: what was asked with one is still treated so."""
    found = _read(session, _in_force(ReferenceKind.ASSAY))
    return {each.key: cast("Assay", each) for each in found}


def make_of(session: Session, flow_cell_key: str) -> Make:
    """Return a flow cell with the platform that runs it and its chemistry, as they stand.

    Raises:
        ReferenceNotFound: no such flow cell.
    """
    cell = flow_cell(session, flow_cell_key)
    runs = platform(session, cell.content.platform)
    return Make(cell, runs, chemistry(session, runs.content.chemistry))


def makes(session: Session) -> list[Make]:
    """Return every flow cell that is offered, with its platform and chemistry, by name."""
    runs = {each.key: each for each in platforms(session)}
    sees = {each.key: each for each in chemistries(session)}
    return [
        Make(cell, runs[cell.content.platform], sees[runs[cell.content.platform].content.chemistry])
        for cell in flow_cells(session)
    ]


def _seen(
    session: Session, principal: Principal, found: list[ReferenceView]
) -> list[ReferenceView]:
    """Leave out of settings the codes of projects that are not the reader's."""
    return [
        replace(each, content=seen_planning(session, principal, each.content))
        if isinstance(each.content, QueuePlanningContent)
        else each
        for each in found
    ]


def _of(session: Session, kind: ReferenceKind, content: type[_C]) -> list[VersionOf[_C]]:
    found = current(session, kind)
    if not all(isinstance(each.content, content) for each in found):
        raise TypeError(f"{kind} holds another content than {content.__name__}")
    return cast("list[VersionOf[_C]]", found)


def _versions() -> _Rows:
    return select(ReferenceEntry, ReferenceVersion).join(
        ReferenceVersion, ReferenceVersion.entry_id == ReferenceEntry.id
    )


def _in_force(kind: ReferenceKind) -> _Rows:
    newest = (
        select(ReferenceVersion.entry_id, func.max(ReferenceVersion.number).label("number"))
        .group_by(ReferenceVersion.entry_id)
        .subquery()
    )
    return (
        _versions()
        .join(
            newest,
            (newest.c.entry_id == ReferenceVersion.entry_id)
            & (newest.c.number == ReferenceVersion.number),
        )
        .where(ReferenceEntry.kind == kind)
        .order_by(func.lower(ReferenceEntry.name), ReferenceEntry.key)
    )


def _read(session: Session, chosen: _Rows) -> list[ReferenceView]:
    return [_view(entry, made) for entry, made in session.execute(chosen)]


def _view(entry: ReferenceEntry, made: ReferenceVersion) -> ReferenceView:
    return VersionOf(
        entry_id=EntryId(entry.id),
        kind=entry.kind,
        key=entry.key,
        name=entry.name,
        is_active=entry.is_active,
        version_id=VersionId(made.id),
        number=made.number,
        content=CONTENT[entry.kind].model_validate(made.content),
        source=made.source,
        reason=made.reason,
        made_by_name=made.made_by_name,
        made_at=made.made_at,
    )
