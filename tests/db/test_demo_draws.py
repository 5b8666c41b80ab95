"""What the demonstration is drawn from: the same for a day, and right on every day."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from backend.sequencing.indexing.balance import dark_and_doubtful
from backend.sequencing.indexing.colours import Chemistry
from db.seeds import demo, failures, indexes, operations, population, sequenced, telemetry
from db.seeds.world import TIME_ZONE


def test_the_same_day_gives_the_same_laboratory() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    first, second = (
        [asdict(one) for one in population.draw(300, noon, np.random.default_rng(demo.SEED))]
        for _ in range(2)
    )

    assert first == second
    assert len({one["barcode"] for one in first}) == 300


def test_the_night_lies_in_the_last_whole_month_and_in_the_history_on_every_day() -> None:
    first = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)

    for day in range(366):
        now = first + timedelta(days=day)
        night = failures.night_of(now)
        last_month = (now.replace(day=1) - timedelta(days=1)).month
        assert night.began_at.astimezone(ZoneInfo(TIME_ZONE)).month == last_month
        assert timedelta(days=22) < now - night.began_at < timedelta(days=telemetry.DAYS - 30)


def test_the_past_keeps_to_working_days_whatever_the_day() -> None:
    first = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)

    for day in range(0, 400, 3):
        now = first + timedelta(days=day)
        runs = sequenced.draw(6_000, now)
        for run in runs:
            for each in run.requests:
                steps = [
                    each.libraries[0].created_at,
                    each.asked_at,
                    *(each.paused or ()),
                    each.pooled_at,
                    run.planned_at,
                    run.released_at,
                    run.started_at,
                    run.finished_at,
                    run.looked_at,
                    each.done_at,
                    now,
                ]
                assert steps == sorted(steps)
                assert 2 <= len(each.libraries) <= 8
                people = (each.asked_at, each.pooled_at, run.looked_at, each.done_at)
                assert all(at.weekday() < 5 for at in people)


def test_whatever_libraries_are_drawn_each_request_can_go_on_a_lane_of_any_sequencer() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        pairs = [indexes.unique_dual_indexes()[at] for at in rng.integers(0, indexes.PAIRS, 140)]
        ready = [operations.ReadyLibrary("P", str(at), *pair) for at, pair in enumerate(pairs)]
        requests = operations.full_requests(ready)
        assert len(requests) == operations.REQUESTS
        for libraries in requests:
            assert len({one.index_i7 for one in libraries}) == operations.LIBRARIES_A_REQUEST
            for read in ([one.index_i7 for one in libraries], [one.index_i5 for one in libraries]):
                texts = [text or "" for text in read]
                assert dark_and_doubtful(texts, Chemistry.FOUR_CHANNEL)[0] == 0
