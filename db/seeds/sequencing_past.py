"""Living through what was sequenced in the four months before: asked, pooled, run, delivered.

Nothing of it is written down as such: the services are called in the order of what happened, with
the clock stopped at each instant, so that every figure is what the program makes of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import HoldKind, Metric, SampleId
from backend.samples.models import Sample
from backend.samples.qc_schemas import Measured
from backend.sequencing import pool_queries, queries, run_plans
from backend.sequencing import service as sequencing_service
from backend.sequencing.codes import pool_code
from backend.sequencing.ids import PoolId, RequestId, RequestState, RunId, RunState
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.pooling import service as pooling_service
from backend.sequencing.pooling.schemas import PoolReadyIn, TopUpIn, YieldIn
from backend.sequencing.runs import confirming
from backend.sequencing.runs.ids import ProposalId, ProposalState
from backend.sequencing.runs.models import LibraryYield, RunProposal
from backend.sequencing.schemas import LaneIn, LibraryIn, RunPlanIn, SequencingRequestIn
from db.seeds import past, run_folders
from db.seeds.operations import Machines
from db.seeds.run_folders import MiSeqRun
from db.seeds.sequenced import Asked, Ran
from db.seeds.signing import Signer, person

_MILLION = 1_000_000
_FIRST_FOLDER = 97
"""Number of the MiSeq's first run of the past."""
_PASSING, _GOOD_PERCENT = (489_000, 502_000, 466_000, 508_000, 494_000), (91, 90, 88, 92, 90)
"""Clusters of a tile that pass the filter and their good bases, by run in turn."""
_SPREAD = (0, 6, -4, 9, -7, 3, -2, 5)
"""By how many percent the libraries of a lane differ, in turn."""
_TOO_FEW = (412_000, 538_000)
_MISEQ = "MiSeq-2"
_TOPPED_UP_AFTER = timedelta(hours=2)
_SIZE_BP, _MOLARITY_NM = Decimal(386), Decimal(62)
_FLOW_CELLS = ("KW3PT", "KWB9D", "KX4TR", "KY2LM", "L2C8N")

_Step = tuple[datetime, Callable[[], None]]


def live_through(
    session: WriteSession,
    principal: Principal,
    runs: Sequence[Ran],
    *,
    machines: Machines,
    signer: Signer,
    requesters: dict[str, UUID],
) -> None:
    """Let it all happen in its order; ``requesters`` are who asks, by the code of their project.

    What people were told of then they are not told again.
    """
    world = _World(session, principal, machines, signer, signer.principal(session), requesters)
    steps = [step for run in runs for step in _Course(world, run).steps()]
    steps.sort(key=lambda step: step[0])
    for instant, together in groupby(steps, key=lambda step: step[0]):
        with past.at(session, instant):
            for _, act in together:
                act()
    past.let_be_told(session)


@dataclass(slots=True)
class _World:
    session: WriteSession
    principal: Principal
    machines: Machines
    signer: Signer
    worker: Principal
    """The signer: who pools, books, runs and looks."""
    requesters: dict[str, UUID]
    folders: int = 0
    topping_up: list[PoolId] = field(default_factory=list)
    """Pools of top-ups that wait for the next run of the MiSeq."""

    def asker(self, project_code: str) -> Principal:
        """Return who asks for a project's libraries; who loads the demonstration for the rest."""
        user_id = self.requesters.get(project_code)
        return person(self.session, user_id) if user_id else self.principal


class _Course:
    """One run and the requests on it."""

    def __init__(self, world: _World, run: Ran) -> None:
        self._world = world
        self._session, self._principal = world.session, world.principal
        self._run = run
        self._keys: dict[str, RequestId] = {}

    def steps(self) -> list[_Step]:
        """Return what happens and when, in no order."""
        run = self._run
        steps: list[_Step] = [
            (run.planned_at, self._plan),
            (run.released_at, self._release),
            (run.started_at, self._start),
            (run.finished_at, self._finish),
            (run.looked_at, self._look),
        ]
        for asked in run.requests:
            if asked.is_topped_up:
                steps.append((run.looked_at + _TOPPED_UP_AFTER, _bound(self._top_up, asked)))
            steps += [
                (asked.asked_at, _bound(self._ask, asked)),
                (asked.pooled_at, _bound(self._move, asked, RequestState.POOLED)),
                (asked.done_at, _bound(self._move, asked, RequestState.DONE)),
            ]
            if asked.paused is not None:
                steps += [
                    (asked.paused[0], _bound(self._pause, asked)),
                    (asked.paused[1], _bound(self._go_on, asked)),
                ]
        return steps

    def _ask(self, asked: Asked) -> None:
        card = sequencing_service.request_sequencing(
            self._session,
            self._world.asker(asked.project_code),
            request=SequencingRequestIn(
                project_code=asked.project_code,
                libraries=[LibraryIn(barcode=each.barcode) for each in asked.libraries],
                reads_millions=self._run.reads_millions,
                read_length=self._run.read_length,
                due_on=asked.due_on,
            ),
        )
        self._keys[_tag(asked)] = card.id

    def _move(self, asked: Asked, to: RequestState) -> None:
        sequencing_service.move_card(
            self._session, self._world.worker, request_id=self._keys[_tag(asked)], to=to
        )

    def _pause(self, asked: Asked) -> None:
        samples_service.set_hold(
            self._session,
            self._principal,
            sample_id=SampleId(asked.libraries[0].id),
            kind=HoldKind.PAUSED_BY_REQUESTER,
            reason="The requester looks at the subject's consent once more.",
        )

    def _go_on(self, asked: Asked) -> None:
        samples_service.release_samples(
            self._session,
            self._principal,
            sample_ids=[SampleId(asked.libraries[0].id)],
            kind=HoldKind.PAUSED_BY_REQUESTER,
            reason="The consent covers sequencing.",
            evidence="Signed form of the second visit, seen by the requester.",
        )

    def _plan(self) -> None:
        run = self._run
        pools = pool_queries.ready_pools_of(self._session, list(self._keys.values()))
        if run.instrument == _MISEQ:
            pools |= set(self._world.topping_up)
            self._world.topping_up.clear()
        run_plans.plan_run(
            self._session,
            self._world.worker,
            plan=RunPlanIn(
                instrument_id=self._world.machines[run.instrument],
                start_at=run.started_at,
                end_at=run.finished_at,
                lanes=[
                    LaneIn(pool_id=pool, lane=lane) for pool in sorted(pools) for lane in run.lanes
                ],
            ),
        )

    def _release(self) -> None:
        self._world.signer.release(self._session, self._code())

    def _start(self) -> None:
        self._move(self._run.requests[0], RequestState.RUNNING)

    def _finish(self) -> None:
        self._move(self._run.requests[0], RequestState.DEMULTIPLEXED)

    def _look(self) -> None:
        """Confirm the MiSeq's folder; the others wrote theirs elsewhere then."""
        if self._run.instrument != _MISEQ:
            for asked in self._run.requests:
                self._move(asked, RequestState.QC)
            return
        [run_id] = pool_queries.runs_of(
            self._session, list(self._keys.values()), [RunState.FINISHED]
        )
        folder_id = run_folders.store(
            self._session,
            self._principal,
            self._folder(run_id),
            pool_queries.lane_libraries(self._session, run_id),
        )
        if folder_id is not None:
            confirming.confirm_run(
                self._session,
                self._world.worker,
                folder_id=folder_id,
                version=1,
            )

    def _folder(self, run_id: RunId) -> MiSeqRun:
        libraries = len(pool_queries.lane_libraries(self._session, run_id))
        place, self._world.folders = self._world.folders, self._world.folders + 1
        passing = _PASSING[place % len(_PASSING)]
        even = passing * run_folders.TILES * 97 // 100 // libraries
        reads = [even * (100 + _SPREAD[n % len(_SPREAD)]) // 100 for n in range(libraries)]
        if any(asked.is_topped_up for asked in self._run.requests):
            reads[:2] = _TOO_FEW
        return MiSeqRun(
            day=self._run.started_at.date(),
            number=_FIRST_FOLDER + 4 * place,
            flow_cell=_FLOW_CELLS[place % len(_FLOW_CELLS)],
            cycles=self._run.read_length,
            reads=reads,
            passing=passing,
            good_percent=_GOOD_PERCENT[place % len(_GOOD_PERCENT)],
            called=self._code(),
        )

    def _top_up(self, asked: Asked) -> None:
        """Propose by what the libraries got, approve, measure and mix what the next run shall have.

        What the run's folder proposed is accepted with it.
        """
        worker = self._world.worker
        [pool] = pool_queries.ready_pools_of(self._session, [self._keys[_tag(asked)]])
        code = pool_code(self._session.get_one(LibraryPool, pool).number)
        got = self._session.execute(
            select(Sample.barcode, LibraryYield.reads, Sample.id)
            .join(Sample, Sample.id == LibraryYield.sample_id)
            .where(Sample.id.in_([each.id for each in asked.libraries]))
            .order_by(Sample.barcode)
        ).all()
        proposal = pooling_service.propose_top_up(
            self._session,
            worker,
            code=code,
            given=TopUpIn(
                yields=[
                    YieldIn(barcode=barcode, reads_millions=Decimal(reads or 0) / _MILLION)
                    for barcode, reads, _ in got
                ],
                source=self._code(),
            ),
        )
        made = pooling_service.approve_top_up(
            self._session, worker, top_up_id=proposal.id, reason="Two libraries got half."
        )
        short = {part.barcode for part in made.parts}
        for barcode, _, sample_id in got:
            if barcode in short:
                self._measure(SampleId(sample_id))
        pooling_service.make_pool(self._session, worker, code=made.code, ready=PoolReadyIn())
        self._world.topping_up.append(made.id)
        for key in self._session.scalars(
            select(RunProposal.id).where(RunProposal.state == ProposalState.PENDING)
        ).all():
            confirming.decide_proposal(
                self._session, worker, proposal_id=ProposalId(key), accept=True
            )

    def _measure(self, sample_id: SampleId) -> None:
        samples_service.record_measurements(
            self._session,
            self._principal,
            sample_id=sample_id,
            measured=[
                Measured(metric=Metric.MOLARITY, value=_MOLARITY_NM, method="qPCR"),
                Measured(metric=Metric.FRAGMENT_SIZE, value=_SIZE_BP, method="TapeStation"),
            ],
        )

    def _code(self) -> str:
        first = self._keys[_tag(self._run.requests[0])]
        return queries.get_card(self._session, self._principal, first).places[0].run_code


def _tag(asked: Asked) -> str:
    return asked.libraries[0].barcode


def _bound(act: Callable[..., None], *given: object) -> Callable[[], None]:
    return lambda: act(*given)
