"""Buttons that start something slow rest while it runs, so that a second press sends nothing."""

import pytest
from dash import MATCH, Output
from dash import _callback as dash_callbacks

from dashboard import callback_modules
from dashboard.pages.pools import ids as pool_ids
from dashboard.pages.queue_plans import ids as queue_plan_ids
from dashboard.pages.run_plans import ids as run_plan_ids
from dashboard.pages.sequencing import ids as sequencing_ids

BUTTONS = [
    run_plan_ids.loaded(MATCH),
    run_plan_ids.REINDEX_SEND,
    run_plan_ids.accept(MATCH),
    run_plan_ids.add(MATCH, MATCH),
    run_plan_ids.suggest(MATCH),
    run_plan_ids.RELEASE_SEND,
    queue_plan_ids.ASK,
    queue_plan_ids.act(MATCH),
    sequencing_ids.REQUEST_SEND,
    sequencing_ids.PLAN_SEND,
    pool_ids.FROM_RUNS,
    pool_ids.decide(MATCH, MATCH),
]


@pytest.mark.parametrize("button", BUTTONS, ids=str)
def test_the_pressed_button_rests_until_the_answer_is_there(
    button: str | dict[str, object],
) -> None:
    resting = f"{Output(button, 'disabled')}"

    [pressed] = [
        each["running"]
        for each in dash_callbacks.GLOBAL_CALLBACK_LIST
        if resting in (each.get("running") or {}).get("running", {})
    ]

    assert callback_modules.CALLBACK_MODULES  # their import has declared the callbacks
    assert pressed == {"running": {resting: True}, "runningOff": {resting: False}}
