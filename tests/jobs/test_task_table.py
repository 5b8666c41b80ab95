"""Every kind of work has a function that takes it, and every schedule a kind."""

import importlib
import inspect

import pytest

from backend.work.rules import QUEUES
from jobs.queues import TASKS
from jobs.schedule import SCHEDULE
from jobs.tasks import forget_old


@pytest.mark.parametrize("kind", sorted(TASKS))
def test_a_kind_of_work_has_its_function_and_a_queue_that_workers_look_at(kind: str) -> None:
    module, _, name = TASKS[kind].function.rpartition(".")

    function = getattr(importlib.import_module(module), name)

    assert list(inspect.signature(function).parameters) == ["context"]
    assert TASKS[kind].queue in QUEUES


def test_every_schedule_asks_for_work_that_is_known() -> None:
    asked = {recurring.job_kind for recurring in SCHEDULE.values()}

    assert asked <= TASKS.keys()


def test_old_work_is_forgotten_every_night_of_every_kind_that_comes_by_itself() -> None:
    assert TASKS["work.retention"].function == "jobs.tasks.forget_old.run"
    assert {recurring.job_kind for recurring in SCHEDULE.values()} <= set(forget_old._KINDS)
