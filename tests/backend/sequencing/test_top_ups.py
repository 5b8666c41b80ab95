"""Yields after a run, and what a person makes of them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from backend.core.errors import Conflict, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import AuditEntry
from backend.samples.models import Sample
from backend.sequencing import run_plans
from backend.sequencing.ids import PoolState
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.pooling import queries, service, topping_up
from backend.sequencing.pooling.errors import PoolClosed, TopUpNotFound, YieldsRefused
from backend.sequencing.pooling.ids import TopUpState
from backend.sequencing.pooling.schemas import AimIn, PoolChangeIn, PoolReadyIn, TopUpIn
from backend.sequencing.pooling.top_up import Advice
from backend.sequencing.pooling.yield_files import read_yields
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.pools import POOLING, draft, worked_request
from tests.factories.sequencing import make_instrument, make_person, slot

PLAN = Permission.SEQUENCING_PLAN


def loaded_pool(session: WriteSession) -> tuple[Principal, str, list[Sample]]:
    """An equal pool of three libraries on a run, 30 M reads wanted of each."""
    ada, _, libraries = worked_request(session, PLAN, volume_ul="100")
    code = draft(session, ada, libraries, target_ul=200, phix_percent=0).code
    change = PoolChangeIn.model_validate({"pipetted_by": "robot"})
    service.change_pool(session, ada, code=code, change=change)
    made = service.make_pool(session, ada, code=code, ready=PoolReadyIn())
    start, end = slot(0, 24)
    lanes = [LaneIn(pool_id=made.id, lane=1)]
    instrument = make_instrument(session)
    plan = RunPlanIn(instrument_id=instrument.id, start_at=start, end_at=end, lanes=lanes)
    run_plans.plan_run(session, ada, plan=plan)
    return ada, code, libraries


def yields(libraries: list[Sample], *reads: float) -> TopUpIn:
    rows = [
        {"barcode": each.barcode, "reads_millions": got}
        for each, got in zip(libraries, reads, strict=False)
    ]
    return TopUpIn.model_validate({"yields": rows, "source": "NX-0001"})


def test_a_proposal_waits_for_a_person_and_makes_nothing(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    pools = session.scalar(select(func.count()).select_from(LibraryPool))

    found = service.propose_top_up(session, ada, code=code, given=yields(libraries, 32, 20, 1))

    assert found.state is TopUpState.PENDING
    assert [line.advice for line in found.lines] == [Advice.ENOUGH, Advice.TOP_UP, Advice.REPREPARE]
    assert session.scalar(select(func.count()).select_from(LibraryPool)) == pools


def test_an_approved_proposal_is_a_draft_of_what_is_needed(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    found = service.propose_top_up(session, ada, code=code, given=yields(libraries, 24, 15, 31))

    made = service.approve_top_up(session, ada, top_up_id=found.id, reason="Needed for the paper")

    assert (made.state, made.name) == (PoolState.DRAFT, f"Top-up of {code}")
    assert [part.reads_millions for part in made.parts] == [Decimal(6), Decimal(15)]
    # Need over yield: 6 M at 24 M for a third, 15 M at 15 M for a third: 0.25 to 1, where a third
    # is what rounding to 0.1 µL had made of it.
    assert made.shares[0] == pytest.approx(Decimal("0.2"), abs=Decimal("0.002"))
    assert sum(made.shares) == 1
    (kept,) = topping_up.top_ups_of(ReadSession(session), ada, code)
    assert (kept.state, kept.made_code, kept.decided_by_name) == (
        TopUpState.APPROVED,
        made.code,
        "Ada",
    )
    audited = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "sequencing.top_up_decided")
    ).one()
    assert audited.reason == "Needed for the paper"


def test_a_proposal_is_decided_once(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    found = service.propose_top_up(session, ada, code=code, given=yields(libraries, 24, 15, 31))

    with pytest.raises(Conflict, match="Write why"):
        service.reject_top_up(session, ada, top_up_id=found.id, reason=" ")
    rejected = service.reject_top_up(session, ada, top_up_id=found.id, reason="Enough for now")

    assert (rejected.state, rejected.reason) == (TopUpState.REJECTED, "Enough for now")
    with pytest.raises(PoolClosed, match="Ada has rejected this top-up already"):
        service.approve_top_up(session, ada, top_up_id=found.id)


def test_where_nothing_lacks_there_is_nothing_to_approve(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    found = service.propose_top_up(session, ada, code=code, given=yields(libraries, 31, 32, 33))

    with pytest.raises(PoolClosed, match="No library needs more reads"):
        service.approve_top_up(session, ada, top_up_id=found.id)


def test_a_top_up_may_aim_at_a_multiple_of_the_mean_in_several_runs(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    aim = AimIn(times_mean=Decimal(3), runs=2)

    found = service.propose_top_up(
        session, ada, code=code, given=yields(libraries, 6.69, 5.95, 6.32), aim=aim
    )
    again = service.propose_top_up(
        session, ada, code=code, given=yields(libraries, 6.69, 5.95, 6.32)
    )

    # The worked numbers of DOMAIN 2c: 3 × 6.32, less what is there, in two runs.
    assert [f"{line.need:.3f}" for line in found.lines] == ["6.135", "6.505", "6.320"]
    assert [f"{line.factor:.4f}" for line in found.lines] == ["0.9170", "1.0933", "1.0000"]
    assert (found.runs, found.times_mean) == (2, Decimal(3))
    assert (again.runs, again.times_mean) == (1, None)
    assert again.id != found.id


def test_where_no_library_got_reads_there_is_no_mean_to_aim_at(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)

    with pytest.raises(YieldsRefused, match="their mean is nothing to aim at"):
        service.propose_top_up(
            session,
            ada,
            code=code,
            given=yields(libraries, 0, 0, 0),
            aim=AimIn(times_mean=Decimal(2)),
        )


def test_newer_yields_take_the_place_of_a_pending_proposal(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    service.propose_top_up(session, ada, code=code, given=yields(libraries, 24, 15, 31))
    service.propose_top_up(session, ada, code=code, given=yields(libraries, 31, 31, 31))

    (only,) = topping_up.top_ups_of(ReadSession(session), ada, code)

    assert {line.advice for line in only.lines} == {Advice.ENOUGH}


def test_yields_name_each_library_of_the_pool_once(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    first, _, third = (each.barcode for each in libraries)
    rows = [
        {"barcode": name, "reads_millions": 1} for name in (first, first, libraries[1].barcode, "X")
    ]

    given_twice = TopUpIn.model_validate({"yields": rows, "source": "a.csv"})

    with pytest.raises(YieldsRefused) as refused:
        service.propose_top_up(session, ada, code=code, given=given_twice)

    assert refused.value.message == (
        f"{first}: named twice. X: not in {code}. {third}: no reads are given. Write 0 for none."
    )


def test_only_a_planner_decides_and_only_of_what_is_visible(session: WriteSession) -> None:
    ada, code, libraries = loaded_pool(session)
    found = service.propose_top_up(session, ada, code=code, given=yields(libraries, 24, 15, 31))
    preparer = make_person(session, *POOLING, name="Bob")
    planner = make_person(session, *POOLING, PLAN, name="Eve")

    with pytest.raises(PermissionDenied):
        service.approve_top_up(session, preparer, top_up_id=found.id)
    with pytest.raises(PermissionDenied):
        service.reject_top_up(session, preparer, top_up_id=found.id, reason="No")
    with pytest.raises(TopUpNotFound):
        service.approve_top_up(session, planner, top_up_id=found.id)


def test_a_pool_without_a_run_has_nothing_to_top_up(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    code = draft(session, ada, libraries).code

    with pytest.raises(PoolClosed, match="has not been on a run"):
        service.propose_top_up(session, ada, code=code, given=yields(libraries, 1, 1, 1))
    assert queries.get_pool(ReadSession(session), ada, code).runs == []


_DEMULTIPLEXED = (
    b"Lane,SampleID,Index,# Reads\n1,LIB-1,ACGT,12000000\n2,LIB-1,ACGT,500000\n"
    b"1,LIB-2,TTTT,3000000\n1,Undetermined,,99\n"
)


@pytest.mark.parametrize(
    "content",
    [
        b"barcode,reads_millions\nlib-1,12.5\nLIB-2,3\n",
        b"\xef\xbb\xbfReads,Library\r\n12500000,LIB-1\r\n\r\n3000000,lib-2\r\n",
        _DEMULTIPLEXED,
    ],
)
def test_reads_are_read_from_our_table_and_from_a_demultiplexers(content: bytes) -> None:
    assert read_yields(content) == {"LIB-1": Decimal("12.5"), "LIB-2": Decimal(3)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "must have a head"),
        (b"name,count\nA,1\n", "No column names the libraries"),
        (b"barcode,count\nA,1\n", "No column has the reads"),
        (b"barcode,reads\n", "no rows below"),
        (b"barcode,reads\nA,many\n", "Line 2: “many” is no number"),
        (b"barcode,reads\nA,-1\n", "Line 2: “-1” is no number"),
        (b"barcode,reads\n,1\n", "Line 2 names no library"),
        (b"barcode,reads\nA\n", "Line 2: “” is no number"),
        (b'barcode,reads\n"A,1\n', "The file is no CSV"),
        (b"\xff\xfe\x00", "not text"),
        (b"barcode,reads\n" + b"A,1\n" * 600_000, "larger than 2 MB"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(YieldsRefused, match=said):
        read_yields(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(YieldsRefused):
        assert all(reads >= 0 for reads in read_yields(content).values())
