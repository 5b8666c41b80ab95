"""Topping up after a run: yields dropped as a file, the proposal, and who decides."""

import base64
import binascii

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from pydantic import ValidationError

from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.sequencing.pooling import topping_up
from backend.sequencing.pooling.errors import YieldsRefused
from backend.sequencing.pooling.ids import TopUpState
from backend.sequencing.pooling.run_yields import has_run_yields
from backend.sequencing.pooling.schemas import AimIn, TopUpIn
from backend.sequencing.pooling.top_up import Advice
from backend.sequencing.pooling.views import PoolView, TopUpView
from backend.sequencing.pooling.yield_files import MOST_BYTES, read_yields
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.pools import drawing, ids, words
from dashboard.session import current_principal


def section(session: ReadSession, view: PoolView) -> Component:
    """Draw the drop and the proposals; hidden while the pool has been on no run."""
    may_propose = current_principal().may(Permission.SEQUENCING_PREPARE)
    drop = html.Div(
        dcc.Upload(
            [
                icon("file-earmark-arrow-up"),
                html.P([html.B("Drop the reads of each library"), " or press to choose a file"]),
                html.P("CSV with barcode and reads, or Demultiplex_Stats.csv", className="t3 sm"),
            ],
            id=ids.YIELDS,
            className="drop",
            className_active="drop is-over",
            max_size=MOST_BYTES,
            multiple=False,
        ),
        hidden=not may_propose,
        **data(drop_zone=""),
    )
    from_runs = html.Div(
        button("From the run's yields", id=ids.FROM_RUNS, icon="arrow-repeat"),
        className="row-x pl-from",
        hidden=not (may_propose and has_run_yields(session, view.id)),
    )
    return html.Div(
        panel(
            "Top-up",
            error_summary({}, id=ids.TOP_UP_PROBLEMS),
            _aim(hidden=not may_propose),
            from_runs,
            drop,
            html.Div(proposals(session, view.code), id=ids.TOP_UPS),
            meta="a proposal until somebody approves it; nothing is loaded by itself",
        ),
        hidden=not view.runs,
    )


def proposals(session: ReadSession, code: str) -> list[Component]:
    """Draw a pool's proposals, the newest first."""
    found = topping_up.top_ups_of(session, current_principal(), code)
    may_decide = current_principal().may(Permission.SEQUENCING_PLAN)
    pending = any(each.state is TopUpState.PENDING for each in found)
    reason = html.Div(
        form_field(
            "Reason",
            dbc.Input(id=ids.TOP_UP_REASON, value="", maxlength=500, autocomplete="off"),
            help_text="Needed to reject; kept in the audit trail.",
            class_name="pl-reason",
        ),
        hidden=not (pending and may_decide),
    )
    return [reason, *(_proposal(each, may_decide=may_decide) for each in found)]


def given_of(contents: str, file_name: str | None) -> TopUpIn:
    """Return the yields of what ``dcc.Upload`` holds.

    Raises:
        YieldsRefused: it cannot be read; the sentence says why and in which line.
    """
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise YieldsRefused("The file did not arrive whole. Drop it again.") from error
    rows = [
        {"barcode": barcode, "reads_millions": reads}
        for barcode, reads in read_yields(content).items()
    ]
    try:
        return TopUpIn.model_validate({"yields": rows, "source": (file_name or "file")[:200]})
    except ValidationError as error:
        raise YieldsRefused(
            "The file names more than 384 libraries, or more than a million million reads."
        ) from error


def aim_of(times: str | None, runs: str | None) -> AimIn:
    """Return the aim that was typed.

    Raises:
        YieldsRefused: it is none; the sentence says what to write.
    """
    typed = {"times_mean": _number(times) or None, "runs": _number(runs) or 1}
    try:
        return AimIn.model_validate(typed)
    except ValidationError as error:
        raise YieldsRefused(
            "Aim at more than 0 up to 100 times the mean, such as 3, or leave it empty; and at 1 "
            "to 10 further runs."
        ) from error


def _sentence(typed: str) -> str:
    """Return what a person wrote with one full stop at its end, whether they wrote it or not."""
    return typed if typed.endswith((".", "!", "?")) else f"{typed}."


def _number(typed: str | None) -> str:
    return (typed or "").strip().replace(",", ".")


def _aim(*, hidden: bool) -> html.Div:
    times = dbc.Input(
        id=ids.AIM_TIMES, value="", type="text", inputMode="decimal", autocomplete="off"
    )
    runs = dbc.Input(
        id=ids.AIM_RUNS, value="1", type="text", inputMode="numeric", autocomplete="off"
    )
    return html.Div(
        [
            form_field(
                "Aim at",
                times,
                unit="× the mean",
                help_text="Of what the libraries got; empty: the reads that were asked for.",
            ),
            form_field("Further runs", runs, help_text="What is needed is shared out over them."),
        ],
        className="rl-pair",
        hidden=hidden,
    )


def _proposal(view: TopUpView, *, may_decide: bool) -> html.Section:
    rows = [
        html.Tr(
            [
                html.Td(line.name, className="mono"),
                html.Td(drawing.look(words.ADVICE[line.advice])),
                html.Td(words.number(line.need), className="n num"),
                html.Td(f"× {words.number(line.factor)}" if line.factor else "", className="n num"),
                html.Td(f"{line.share:.1%}" if line.share else "", className="n num"),
                html.Td(line.sentence, className="said"),
            ]
        )
        for line in view.lines
    ]
    heads = ("Library", "Advice", "Needs, M", "Factor", "Share", "Why")
    numeric = {"Needs, M", "Factor", "Share"}
    head = [html.Th(h, scope="col", className="n" if h in numeric else None) for h in heads]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="tbl flush plain")
    told = (
        f"{words.DECISIONS[view.state]}. From {view.source}{words.aim(view)}, "
        f"{view.proposed_by_name}, {fmt.moment(view.proposed_at, lab_zone())}."
    )
    decided: list[Component | str] = []
    if view.state is not TopUpState.PENDING:
        decided.append(f" {view.decided_by_name}: {_sentence(view.reason or 'no reason given')} ")
    if view.made_code is not None:
        decided.append(html.A(view.made_code, href=words.href_of(view.made_code)))
    acts: list[Component] = []
    if view.state is TopUpState.PENDING and may_decide:
        needed = any(line.advice is Advice.TOP_UP for line in view.lines)
        approve = button(
            "Approve and draft the pool",
            id=ids.decide(str(view.id), ids.APPROVE),
            kind="primary",
            disabled=not needed,
        )
        acts = [approve, button("Reject", id=ids.decide(str(view.id), ids.REJECT))]
    shown = html.Div(
        table, className="tbl-x", tabIndex="0", role="region", **aria(label="Top-up proposal")
    )
    return html.Section(
        [html.P([told, *decided], className="t2"), shown, html.Div(acts, className="row-x g6")],
        className="pl-top-up",
    )
