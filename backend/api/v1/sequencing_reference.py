"""Reference data of sequencing: entries as they stand, and their versions."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.reference import queries
from backend.sequencing.reference.errors import ReferenceNotFound
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.plain import version_out


class ReferenceOut(ApiOutput):
    """A version of an entry; ``content`` has the fields of its kind, decimals as texts."""

    kind: ReferenceKind
    key: str
    name: str
    is_active: bool
    version_id: UUID
    version: int
    content: dict[str, object] = Field(description="Fields of the kind; i5 is forward.")
    source: str
    reason: str
    made_by_name: str
    made_at: datetime


class ReferencesOut(ApiOutput):
    """Entries by name, retired ones last; or versions, the newest first."""

    items: list[ReferenceOut]


def list_entries(call: Call) -> ReferencesOut:
    """Return the entries of a kind."""
    with reading() as session:
        found = queries.list_entries(session, call.caller, _kind(call))
    return ReferencesOut(items=[ReferenceOut.model_validate(version_out(each)) for each in found])


def get_entry(call: Call) -> ReferenceOut:
    """Return one entry as it stands."""
    with reading() as session:
        found = queries.get_entry(session, call.caller, _kind(call), call.path["key"])
    return ReferenceOut.model_validate(version_out(found))


def list_versions(call: Call) -> ReferencesOut:
    """Return every version of an entry."""
    with reading() as session:
        found = queries.list_versions(session, call.caller, _kind(call), call.path["key"])
    return ReferencesOut(items=[ReferenceOut.model_validate(version_out(each)) for each in found])


def _kind(call: Call) -> ReferenceKind:
    written = call.path["kind"].replace("-", "_")
    try:
        return ReferenceKind(written)
    except ValueError as error:
        known = ", ".join(ReferenceKind)
        raise ReferenceNotFound(f"There is no kind “{written[:40]}”. Known are {known}.") from error


_TAG = "Sequencing"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/reference/{kind}",
        handler=list_entries,
        access=Permission.SEQUENCING_VIEW,
        summary="Platforms, flow cells, chemistries, index kits, recipes, assays, or settings",
        tag=_TAG,
        answer=ReferencesOut,
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/reference/{kind}/{key}",
        handler=get_entry,
        access=Permission.SEQUENCING_VIEW,
        summary="One entry of the reference data as it stands",
        tag=_TAG,
        answer=ReferenceOut,
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/reference/{kind}/{key}/versions",
        handler=list_versions,
        access=Permission.SEQUENCING_VIEW,
        summary="Every version of an entry, the newest first",
        tag=_TAG,
        answer=ReferencesOut,
    ),
)
