"""Dialogs of a sample: status, hold, release. What stands against an act is said first."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.samples import rules
from backend.samples.ids import HoldKind
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.arrival_fields import arrival_fields
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_words import hold_words


def dialogs(facts: SampleFacts, principal: Principal) -> list[Component]:
    """Draw the dialogs of what a person may do; all of them always stand there for callbacks."""
    return [
        _status(facts, principal),
        _hold(facts),
        _release(facts),
    ]


def step_options(facts: SampleFacts, principal: Principal) -> list[dict[str, str]]:
    """Return the steps that start from where the sample is and that the person may take."""
    return [
        {"label": step.label, "value": step.action}
        for step in rules.possible_actions(facts.standing.lifecycle)
        if principal.may(step.permission)
    ]


def against(facts: SampleFacts, action: str | None, reason: str | None) -> list[Component]:
    """Draw every reason why a step is not possible now, or that nothing stands against it."""
    step = rules.BY_ACTION.get(action or "")
    if step is None:
        return [html.P("Choose a step to see what stands against it.", className="t3")]
    # Whether a reason is given shows while it is typed, so it is asked for, not held against it.
    failures = rules.failing_guards(step, facts.standing, reason or "given")
    if not failures:
        asked = " Write a reason." if step.needs_reason and not (reason or "").strip() else ""
        said = f"Nothing stands against it.{asked}"
        return [html.P([icon("check-circle-fill", Tone.OK), said], className="st")]
    return [
        html.P(f"“{step.label}” is not possible now:", className="md"),
        html.Ul([_failure(failure) for failure in failures], className="guards"),
    ]


def hold_options(facts: SampleFacts) -> list[dict[str, str]]:
    """Return the holds that are not set yet."""
    held = facts.standing.holds
    return [
        {"label": hold_words(kind), "value": kind.value} for kind in HoldKind if kind not in held
    ]


def release_options(facts: SampleFacts) -> list[dict[str, str]]:
    """Return the holds that are set."""
    return [
        {"label": f"{hold_words(hold.kind)}: {hold.reason}", "value": hold.kind.value}
        for hold in facts.open_holds
    ]


def _status(facts: SampleFacts, principal: Principal) -> html.Dialog:
    return dialog(
        ids.STATUS_DIALOG,
        "Change status",
        error_summary({}, id=ids.STEP_PROBLEMS),
        dbc.RadioItems(
            id=ids.STEP,
            name=ids.STEP,
            options=step_options(facts, principal),
            class_name="steps",
        ),
        html.Div(against(facts, None, None), id=ids.STEP_WHY, className="step-why"),
        arrival_fields("one"),
        reason(ids.STEP_REASON),
        answers("Keep as it is", "Change status", ids.STEP_SEND),
    )


def _hold(facts: SampleFacts) -> html.Dialog:
    return dialog(
        ids.HOLD_DIALOG,
        "Put on hold",
        error_summary({}, id=ids.HOLD_PROBLEMS),
        form_field("Kind", dbc.Select(id=ids.HOLD_KIND, options=hold_options(facts))),
        reason(ids.HOLD_REASON),
        form_field(
            "Released when",
            dbc.Input(id=ids.HOLD_RULE, value="", maxlength=300),
            help_text="What has to happen before it may be used again",
            optional=True,
        ),
        answers("Keep it free", "Put on hold", ids.HOLD_SEND),
    )


def _release(facts: SampleFacts) -> html.Dialog:
    return dialog(
        ids.RELEASE_DIALOG,
        "Release a hold",
        error_summary({}, id=ids.RELEASE_PROBLEMS),
        form_field("Hold", dbc.Select(id=ids.RELEASE_KIND, options=release_options(facts))),
        reason(ids.RELEASE_REASON),
        form_field(
            "Evidence",
            dbc.Input(id=ids.RELEASE_EVIDENCE, value="", maxlength=300),
            help_text="A reference or a measurement; legal holds, consent and exposure ask for it",
            optional=True,
        ),
        answers("Keep the hold", "Release hold", ids.RELEASE_SEND),
    )


def reason(field_id: str) -> html.Div:
    """Draw the field that asks why."""
    return form_field(
        "Reason",
        dcc.Textarea(id=field_id, value="", rows=2, maxLength=500, className="form-control"),
        help_text="Kept in the audit trail with your name",
    )


def answers(keep: str, act: str, act_id: str) -> html.Div:
    """Draw the two answers; the safe one closes."""
    parts: Sequence[Component] = (
        button(keep, kind="ghost", **data(close="")),
        button(act, id=act_id, kind="primary"),
    )
    return html.Div(list(parts), className="row-x")


def _failure(sentence: str) -> html.Li:
    return html.Li([icon("x-octagon-fill", Tone.CRIT), html.Span(sentence)])
