"""Runs of sequencers: what their folders say, lane by lane and library by library."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs import queries
from backend.sequencing.runs.ids import FolderState, ProposalKind, ProposalState
from backend.sequencing.runs.views import RunView


class RunLineOut(ApiOutput):
    """A run in figures; null is not known. Shares are percent."""

    id: UUID
    code: str
    name: str
    instrument: str
    model: str
    state: FolderState
    verdict: Verdict
    clusters_pf: int | None
    yield_bases: int | None
    q30_percent: float | None
    error_percent: float | None
    undetermined_percent: float | None
    proposals: int
    read_at: datetime


class RunsOut(ApiOutput):
    """The runs whose folders were read last, at most 200."""

    items: list[RunLineOut]


class LibraryOut(ApiOutput):
    """What a library got on a lane, of what was wanted: reads passing filter."""

    lane: int
    name: str
    barcode: str
    project_code: str
    reads: int | None
    wanted: int | None
    q30_percent: Decimal | None
    verdict: Verdict
    sentence: str


class ProposalOut(ApiOutput):
    """What is proposed for a library that got too little; a person decides."""

    id: UUID
    barcode: str
    kind: ProposalKind
    reads_millions: Decimal
    reason: str
    state: ProposalState
    request_code: str
    pool_codes: list[str]


class RunOut(ApiOutput):
    """A run with everything that was read of it; libraries are those of one's projects."""

    run: RunLineOut
    version: int
    limits_version: int
    summary: dict[str, Any]
    lanes: list[dict[str, Any]]
    libraries: list[LibraryOut]
    hidden_libraries: int
    unknown_barcodes: dict[str, Any]
    findings: list[dict[str, str]]
    proposals: list[ProposalOut]
    confirmed_by_name: str | None
    confirmed_at: datetime | None


def list_runs(call: Call) -> RunsOut:
    """Return the runs that were read last."""
    with reading() as session:
        found = queries.list_runs(session, call.caller)
    return RunsOut(items=[RunLineOut.model_validate(each) for each in found])


def get_run(call: Call) -> RunOut:
    """Return one run."""
    with reading() as session:
        view = queries.get_run(session, call.caller, call.path["folder"])
    return run_out(view)


def run_out(view: RunView) -> RunOut:
    """Return a run as the API tells of it."""
    return RunOut(
        run=RunLineOut.model_validate(view.line),
        version=view.version,
        limits_version=view.limits_version,
        summary=dict(view.summary),
        lanes=[dict(each) for each in view.lanes],
        libraries=[LibraryOut.model_validate(each) for each in view.libraries],
        hidden_libraries=view.hidden_libraries,
        unknown_barcodes=dict(view.unknown),
        findings=[dict(each) for each in view.findings],
        proposals=[ProposalOut.model_validate(each) for each in view.proposals],
        confirmed_by_name=view.confirmed_by_name,
        confirmed_at=view.confirmed_at,
    )


_TAG = "Sequencing"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/runs",
        handler=list_runs,
        access=Permission.SEQUENCING_VIEW,
        summary="Runs whose folders were read last, with figures and verdicts",
        tag=_TAG,
        answer=RunsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/runs/{folder}",
        handler=get_run,
        access=Permission.SEQUENCING_VIEW,
        summary="One run by its code: lanes, libraries, unknown barcodes and findings",
        tag=_TAG,
        answer=RunOut,
    ),
)
