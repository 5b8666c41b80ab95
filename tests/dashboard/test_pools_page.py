"""The pages of pools: drafting, calculating, mending, making, cancelling, topping up."""

import base64
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.errors import InvalidInput
from backend.core.transaction import reading, writing
from backend.sequencing import run_plans
from backend.sequencing.ids import PoolingMode, PoolState
from backend.sequencing.pooling import queries, service
from backend.sequencing.pooling.schemas import PoolChangeIn, PoolReadyIn
from backend.sequencing.pooling.views import PoolView
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import IndexKitContent, KitWell
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.schemas import LaneIn, RunPlanIn
from dashboard import format as fmt
from dashboard import gate
from dashboard.pages.pools import forms, ids, settings_form
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.pools import draft, measured_libraries
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_project,
    make_request,
    slot,
)

SignedIn = Callable[..., FlaskClient]
TYPED = {
    ids.MODE: "by_reads",
    ids.NM: "4",
    ids.UL: "30",
    ids.PHIX: "0",
    ids.BY: "robot",
    ids.DEAD: "0",
    ids.DEPTH: "",
    ids.TARGET_MB: "",
    ids.DUPLICATES: "0",
}


@pytest.fixture
def technician(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def pool(technician: FlaskClient) -> PoolView:
    """A draft of three measured libraries."""
    del technician  # its fixture has bound the database
    with writing() as session:
        project = make_project(session)
        libraries = measured_libraries(session, project, volume_ul="100")
        make_request(session, project, libraries)
        return draft(session, EVERYBODY, libraries, phix_percent=0)


def now(pool: PoolView) -> PoolView:
    with reading() as session:
        return queries.get_pool(session, EVERYBODY, pool.code)


def page_of(client: FlaskClient, path: str) -> str:
    answer = client.post(gate.CALLBACKS, json=page_request(path), headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False).replace(fmt.NBSP, " ")


def press(client: FlaskClient, output: str, button: Any, *state: tuple[Any, str, Any]) -> str:
    body = callback_request(output, inputs=[(button, "n_clicks", 1)], state=list(state))
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code in {200, 204}, answer.text
    return json.dumps(answer.get_json(silent=True), ensure_ascii=False)


def which(pool: PoolView) -> tuple[str, str, dict[str, str]]:
    return ids.WHICH, "data", {"code": pool.code, "on": "miseq_v3"}


def test_a_pool_shows_its_recipe_its_checks_and_its_indexes(
    technician: FlaskClient, pool: PoolView
) -> None:
    drawn = page_of(technician, f"/sequencing/pools/{pool.code}")

    for part in pool.parts:
        assert part.barcode in drawn
    for words in ("10 ng/µL of 350 bp", "43.29", "Every library is told apart.", "Make pool"):
        assert words in drawn
    assert "2 µL is the least that is pipetted" in drawn
    assert pool.code in page_of(technician, "/sequencing/pools")


def test_a_pool_that_collides_is_told_what_would_mend_it(technician: FlaskClient) -> None:
    with writing() as session:
        project = make_project(session)
        libraries = measured_libraries(session, project)
        libraries[1].index_i7, libraries[1].index_i5 = INDEX_PAIRS[0]
        make_request(session, project, libraries)
        code = draft(session, EVERYBODY, libraries).code
        wells = tuple(
            KitWell(name=f"U{n}", i7=i7, i5=i5) for n, (i7, i5) in enumerate(INDEX_PAIRS, start=1)
        )
        reference_service.add_entry(
            session,
            EVERYBODY,
            kind=ReferenceKind.INDEX_KIT,
            name="Set A",
            content=IndexKitContent(maker="Illumina", wells=wells),
            source="A test",
        )
        first = libraries[0].barcode

    drawn = page_of(technician, f"/sequencing/pools/{code}")

    assert "have the same index" in drawn
    assert "What would mend it" in drawn
    # Other tests of this database may keep a published kit that has the same pairs.
    assert re.search(rf"Give {first} \w+ instead\. It is prepared again with indexes of ", drawn)


def test_a_reader_finds_no_button(signed_in: SignedIn, pool: PoolView) -> None:
    drawn = page_of(signed_in(Role.ANALYST), f"/sequencing/pools/{pool.code}")

    assert (
        "Make pool"
        not in drawn.replace(f"Make {pool.code}?", "")
        .split('"pool-body"')[1]
        .split("pool-make-dialog")[0]
    )
    assert "Dilute 1:" not in drawn


def test_calculating_keeps_what_was_typed_when_it_cannot_be(
    technician: FlaskClient, pool: PoolView
) -> None:
    state = [(name, "value", value) for name, value in (TYPED | {ids.NM: "much"}).items()]
    reads = [(ids.reads(pool.parts[0].barcode), "value", "30")]

    told = _calculate(technician, pool, state, reads)

    assert "Molarity must be a number" in told
    assert "pool-tubes" not in told
    assert now(pool).version == pool.version


def test_calculating_takes_mode_target_and_reads(technician: FlaskClient, pool: PoolView) -> None:
    state = [(name, "value", value) for name, value in TYPED.items()]
    wanted = dict(zip((part.barcode for part in pool.parts), ("30", "60", "10"), strict=True))
    reads = [(ids.reads(code), "value", value) for code, value in wanted.items()]

    told = _calculate(technician, pool, state, reads)

    assert "4.99 exact" in told
    changed = now(pool)
    assert [part.reads_millions for part in changed.parts] == [30, 60, 10]
    assert changed.recipe is not None
    assert f"{changed.recipe.most_nm:.3f}" == "20.283"


def _calculate(
    client: FlaskClient,
    pool: PoolView,
    state: list[tuple[str, str, str]],
    reads: list[tuple[Any, str, str]],
) -> str:
    body = callback_request(
        f"{ids.PROBLEMS}.children...{ids.BODY}.children..",
        inputs=[(ids.CALCULATE, "n_clicks", 1)],
        state=list(state),
    )
    body["state"] += [
        [{"id": key, "property": "value", "value": value} for key, _, value in reads],
        [{"id": key, "property": "id", "value": key} for key, _, _ in reads],
        {"id": ids.WHICH, "property": "data", "value": which(pool)[2]},
    ]
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_the_draft_form_tells_codes_apart() -> None:
    wish = forms.parse_draft("lib-1, SQ-0004\nP-0002;LIB-1", "Monday")

    assert (wish.libraries, wish.requests, wish.pools) == (["LIB-1"], ["SQ-0004"], ["P-0002"])
    with pytest.raises(InvalidInput, match="at most 60"):
        forms.parse_draft("LIB-1", "x" * 61)


def test_the_settings_form_reads_coverage_in_megabases() -> None:
    typed = TYPED | {
        ids.MODE: "by_coverage",
        ids.DEPTH: "30",
        ids.TARGET_MB: "60,4",
        ids.DUPLICATES: "20",
    }

    change = settings_form.parse(list(typed.values()), {})

    assert change.mode is PoolingMode.BY_COVERAGE
    assert change.coverage is not None
    assert change.coverage.target_bp == 60_400_000
    assert change.coverage.duplicates == Decimal("0.2")
    assert change.reads_millions is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (ids.UL, "30.55", "steps of 0.1"),
        (ids.PHIX, "100", "0 to 90"),
        (ids.DEAD, "-1", "Dead volume"),
        (ids.MODE, "by_magic", "Choose from the lists"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(field: str, value: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        settings_form.parse(list((TYPED | {field: value}).values()), {})

    assert said in refused.value.fields[field]


def test_a_draft_is_opened_or_refused_with_what_was_typed(
    technician: FlaskClient, pool: PoolView
) -> None:
    taken = pool.parts[0].barcode
    state = [(ids.CODES, "value", taken), (ids.NAME, "value", "")]

    told = press(technician, ids.DRAFT_PROBLEMS, ids.DRAFT, *state)

    assert f"{taken} is in {pool.code} already" in told


def test_a_pool_is_made_and_a_second_press_is_refused(
    technician: FlaskClient, pool: PoolView
) -> None:
    with writing() as session:
        change = PoolChangeIn(target_ul=Decimal(400))
        service.change_pool(session, EVERYBODY, code=pool.code, change=change)
    state = [
        (ids.TUBE, "value", ""),
        (ids.ZONE, "value", "-20"),
        (ids.PROJECT, "value", pool.project_codes[0]),
        which(pool),
    ]
    output = f"{ids.TUBE}.value"

    first = press(technician, output, ids.MAKE, *state)
    second = press(technician, output, ids.MAKE, *state)

    made = now(pool)
    assert made.state is PoolState.READY
    assert made.tube is not None
    assert made.tube in first
    assert "is mixed in its tube" in second


def test_cancelling_asks_why(technician: FlaskClient, pool: PoolView) -> None:
    output = f"{ids.CANCEL_REASON}.value"

    without = press(technician, output, ids.CANCEL, (ids.CANCEL_REASON, "value", " "), which(pool))
    with_reason = press(
        technician, output, ids.CANCEL, (ids.CANCEL_REASON, "value", "Spilled"), which(pool)
    )

    assert "Write why the pool is cancelled" in without
    assert "Cancelled" in with_reason
    assert now(pool).state is PoolState.CANCELLED


def test_dropped_yields_are_a_proposal_until_somebody_approves(
    technician: FlaskClient, pool: PoolView
) -> None:
    with writing() as session:
        change = PoolChangeIn(target_ul=Decimal(400))
        service.change_pool(session, EVERYBODY, code=pool.code, change=change)
        made = service.make_pool(session, EVERYBODY, code=pool.code, ready=PoolReadyIn())
        start, end = slot(0, 24)
        lanes = [LaneIn(pool_id=made.id, lane=1)]
        instrument = make_instrument(session)
        plan = RunPlanIn(instrument_id=instrument.id, start_at=start, end_at=end, lanes=lanes)
        run_plans.plan_run(session, EVERYBODY, plan=plan)
    rows = "".join(f"{part.barcode},15\n" for part in pool.parts)
    file = base64.b64encode(f"barcode,reads_millions\n{rows}".encode()).decode()

    def drop(contents: str, times: str = "2,5") -> str:
        body = callback_request(
            ids.TOP_UP_PROBLEMS,
            inputs=[(ids.YIELDS, "contents", f"data:text/csv;base64,{contents}")],
            state=[
                (ids.YIELDS, "filename", "reads.csv"),
                (ids.AIM_TIMES, "value", times),
                (ids.AIM_RUNS, "value", "2"),
                which(pool),
            ],
        )
        answer = technician.post(gate.CALLBACKS, json=body, headers=csrf_headers(technician))
        return json.dumps(answer.get_json(), ensure_ascii=False)

    proposed = drop(file)
    refused = drop(base64.b64encode(b"barcode,reads\nLIB-X,1\n").decode())
    aimless = drop(file, "many")
    aim = ((ids.AIM_TIMES, "value", ""), (ids.AIM_RUNS, "value", "1"))

    unread = press(technician, f"{ids.TOP_UP_PROBLEMS}.children@", ids.FROM_RUNS, *aim, which(pool))

    assert "No confirmed run tells reads of" in unread
    assert "Waits for a decision" in proposed
    assert "From reads.csv, aiming at 2.5 × the mean, shared out over 2 runs" in proposed
    assert "Aim at more than 0 up to 100 times the mean" in aimless
    assert "LIB-X: not in" in refused
    with reading() as session:
        pools = queries.list_pools(session, EVERYBODY, limit=200).items
    assert not any(row.name == f"Top-up of {pool.code}" for row in pools)
