"""Lanes of a planned run: other indexes where they collide, and the operator's confirmation."""

from pydantic import Field

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.released import loading_check, queries, reindexing
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.schemas import ReindexIn
from backend.sequencing.released.views import LaneRepair, RunPlan


class LaneQuery(ApiInput):
    """Which lane of the run."""

    lane: int = Field(ge=1, le=96)


class ReindexingOut(ApiOutput):
    """A library that another pair would tell apart; ``is_prepared`` is only mended at the bench.

    ``source`` is the sample that it was made of, "" where none is known.
    """

    barcode: str
    request_code: str
    before: str
    index_name: str
    index_i7: str
    index_i5: str
    is_prepared: bool
    source: str


class LaneRepairOut(ApiOutput):
    """The smallest change of indexes that mends a lane; ``why_not`` where there is none.

    ``kit_source`` says how it is known that the lane's libraries are of the kit.
    """

    lane: int
    kit: str
    kit_source: KitSource
    swaps: list[ReindexingOut]
    why_not: str


class RunCheckOut(ApiOutput):
    """A check before the release of a run, with its sentences."""

    kind: CheckKind
    verdict: CheckVerdict
    title: str
    sentences: list[str]


class RunChecksOut(ApiOutput):
    """Every check of a run as its lanes are now; ``lanes_sha256`` is what they were."""

    run: str
    lanes_sha256: str
    items: list[RunCheckOut]


class LoadingIn(ApiInput):
    """The lanes that were looked at, by their digest in the checks of the run."""

    lanes_sha256: str = Field(min_length=64, max_length=64)


def get_checks(call: Call) -> RunChecksOut:
    """Return every check of a run as it stands."""
    with reading() as session:
        return _checks(queries.get_plan(session, call.caller, call.path["run"]))


def get_repair(call: Call) -> LaneRepairOut:
    """Return the smallest change of indexes that mends a lane."""
    lane = call.asked(LaneQuery).lane
    with reading() as session:
        return _repair(reindexing.get_repair(session, call.caller, call.path["run"], lane))


def reindex(call: Call) -> RunChecksOut:
    """Give libraries that are not prepared yet the pairs that were proposed."""
    wish = call.sent(ReindexIn)
    with writing() as session:
        return _checks(reindexing.reindex(session, call.caller, code=call.path["run"], wish=wish))


def confirm_loading(call: Call) -> RunChecksOut:
    """Confirm as operator that the lanes are loaded as planned; the same again changes nothing."""
    seen = call.sent(LoadingIn).lanes_sha256
    with writing() as session:
        return _checks(
            loading_check.confirm_loading(
                session, call.caller, code=call.path["run"], lanes_sha256=seen
            )
        )


def _checks(plan: RunPlan) -> RunChecksOut:
    return RunChecksOut(
        run=plan.code,
        lanes_sha256=plan.lanes_sha256,
        items=[
            RunCheckOut(
                kind=each.kind,
                verdict=each.verdict,
                title=each.title,
                sentences=list(each.sentences),
            )
            for each in plan.checks
        ],
    )


def _repair(repair: LaneRepair) -> LaneRepairOut:
    return LaneRepairOut(
        lane=repair.lane,
        kit=repair.kit,
        kit_source=repair.kit_source,
        swaps=[
            ReindexingOut(
                barcode=each.barcode,
                request_code=each.request_code,
                before=each.before,
                index_name=each.index.name,
                index_i7=each.index.i7,
                index_i5=each.index.i5,
                is_prepared=each.is_prepared,
                source=each.source,
            )
            for each in repair.swaps
        ],
        why_not=repair.why_not,
    )


_TAG = "Sequencing"
_PLAN = Permission.SEQUENCING_PLAN
_RUN = "/api/v1/sequencing/plans/{run}"
ROUTES = (
    Route(
        method="GET",
        path=f"{_RUN}/checks",
        handler=get_checks,
        access=Permission.SEQUENCING_VIEW,
        summary="Every check before the release of a run, as its lanes are now",
        tag=_TAG,
        answer=RunChecksOut,
    ),
    Route(
        method="GET",
        path=f"{_RUN}/reindexing",
        handler=get_repair,
        access=Permission.SEQUENCING_VIEW,
        summary="The smallest change of indexes that mends a lane, and what is prepared already",
        tag=_TAG,
        query=LaneQuery,
        answer=LaneRepairOut,
    ),
    Route(
        method="PUT",
        path=f"{_RUN}/reindexing",
        handler=reindex,
        access=_PLAN,
        summary="Give libraries of a lane that are not prepared yet the pairs proposed for them",
        tag=_TAG,
        body=ReindexIn,
        answer=RunChecksOut,
    ),
    Route(
        method="PUT",
        path=f"{_RUN}/loading",
        handler=confirm_loading,
        access=_PLAN,
        summary="Confirm as operator that the lanes are loaded as planned",
        tag=_TAG,
        body=LoadingIn,
        answer=RunChecksOut,
    ),
)
