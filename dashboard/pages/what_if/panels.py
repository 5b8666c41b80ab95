"""Parts of the What-if page that speak of one unit without cooling."""

from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.telemetry.thermal_views import HeldOut, UnitCrossing, UnitModel
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chart import chart, data_table
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.figures.warm_up import held_out_warm_up
from dashboard.pages.what_if import ids, words


def without_model(label: str, model: UnitModel | None) -> html.Section:
    """Say what is needed before anything can be said."""
    return panel(
        f"{label} without cooling",
        empty_state("No model yet", words.no_model(label, model), icon="graph-up"),
        predicted=True,
    )


def warm_up(model: UnitModel, lab: ZoneInfo) -> html.Section:
    """Draw the newest warm-up beside what the model said of it without having seen it."""
    newest = max(model.trials, key=lambda each: each.at)
    at = fmt.moment(newest.at, lab)
    summary = (
        f"Warm-up of {model.unit_label} on {at}: measured against the model, which had learnt "
        f"from the others only. Root mean square error {fmt.with_unit(newest.rmse_k, 'K', 1)}."
    )
    return panel(
        f"{model.unit_label} without cooling",
        chart(
            ids.WARM_UP,
            summary=summary,
            figure=held_out_warm_up(newest, model.time_factors),
            table=_table(newest, summary),
            height_class="h-360",
        ),
        meta=f"Held-out warm-up of {at}",
        aside=_key(),
        predicted=True,
        class_name="fc-chart",
    )


def answer(model: UnitModel, said: UnitCrossing | None, lab: ZoneInfo) -> html.Section:
    """Draw the sentence, what qualifies it and how wrong the model was."""
    parts: list[Component] = []
    if said is not None:
        parts.append(html.H2(words.headline(model.unit_label, said), className="fc-hl"))
        parts.extend(html.P(line, className="t2") for line in words.cautions(model, said, lab))
    scored = [
        ("Error (RMSE)", fmt.with_unit(model.rmse_k, "K", 1)),
        ("Held-out warm-ups", fmt.count(len(model.trials))),
        ("Fitted", fmt.moment(model.made_at, lab)),
    ]
    pairs = [html.Div([html.Dt(term), html.Dd(value, className="num")]) for term, value in scored]
    parts.append(html.Dl(pairs, className="fc-score"))
    return html.Section(parts, className="panel bl fc-side", **aria(label="Answer"))


def model_card(model: UnitModel, lab: ZoneInfo) -> html.Section:
    """Draw what a person should know before they trust the model."""
    pairs = [html.Div([html.Dt(term), html.Dd(text)]) for term, text in words.card(model, lab)]
    return panel(
        "Model card",
        html.Dl(pairs, className="fc-card"),
        meta=f"Thermal model, version {model.version}",
        class_name="bt",
    )


def _key() -> html.Span:
    return html.Span(
        [
            html.Span([html.I(className="fc-k-ink"), "Measured"], className="lg"),
            html.Span([html.I(className="fc-k-fan"), "Model, 80% interval"], className="lg"),
        ],
        className="row-x g16",
    )


def _table(trial: HeldOut, caption: str) -> html.Table:
    every = max(1, len(trial.minutes) // 12)
    rows = [
        [fmt.count(round(minutes)), fmt.decimal(measured, 1), fmt.decimal(predicted, 1)]
        for minutes, measured, predicted in list(
            zip(trial.minutes, trial.measured_c, trial.predicted_c, strict=True)
        )[::every]
    ]
    return data_table(
        ["Minutes", "Measured, °C", "Model, °C"], rows, numeric_from=0, caption=caption
    )
