"""The index check of a pool: distances, light by cycle, and what is wrong, for one sequencer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from dash import html
from dash.development.base_component import Component

from backend.sequencing import instruments
from backend.sequencing.indexing.balance import Balance, Chemistry, Verdict, balance
from backend.sequencing.indexing.collisions import Barcode, clashes, reused_i7, reversed_mates
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.pooling.views import PoolView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.figures.indexes import MOST_DRAWN, index_balance, index_distances

CHEMISTRY: Mapping[str, Chemistry] = MappingProxyType(
    {
        "novaseq_x_10b": Chemistry.XLEAP,
        "novaseq_6000_s4": Chemistry.TWO_CHANNEL_RED_GREEN,
        "nextseq_500_high": Chemistry.TWO_CHANNEL_RED_GREEN,
        "miseq_v3": Chemistry.FOUR_CHANNEL,
        "iseq_100": Chemistry.ONE_CHANNEL,
    }
)
"""By the keys of sequencing.instruments.MODELS; which sees how is DOMAIN 2c."""
USUAL = "novaseq_x_10b"


def panels(view: PoolView, *, on: str) -> list[Component]:
    """Draw the check of a pool's indexes as the make ``on`` reads and sees them."""
    if not view.indexes:
        return []
    make = instruments.MODELS[on]
    seen = [replace(each, i5=as_sequenced(each.i5, make.i5_orientation)) for each in view.indexes]
    meta = "i7 below, i5 above the diagonal"
    if len(seen) > MOST_DRAWN:
        meta = f"the {MOST_DRAWN} nearest of {fmt.count(len(seen))}; {meta}"
    return [
        panel(
            "Index distance",
            html.Div(
                index_distances(seen),
                className="ix-x",
                tabIndex="0",
                role="region",
                **aria(label="Index distances"),
            ),
            _distance_keys(),
            *_verdicts(seen),
            meta=meta,
        ),
        panel("Colour balance", *_balance(view, seen, on), meta=f"on {make.label}"),
    ]


def _distance_keys() -> html.Div:
    keys = (
        ("crit", "Collision, both under 3"),
        ("close", "One under 3"),
        ("near", "3 to 4"),
        ("fair", "5 to 6"),
    )
    return html.Div([_key(name, words) for name, words in keys], className="ix-keys")


def _verdicts(seen: Sequence[Barcode]) -> list[Component]:
    found: list[Component] = [
        _said(Tone.CRIT, "x-octagon-fill", f"{each.sentence}.") for each in clashes(seen)
    ]
    for one, other in reversed_mates(seen):
        told = f"{one} and {other} swap their i5 when a sheet is turned the wrong way round."
        found.append(_said(Tone.WARN, "exclamation-triangle-fill", told))
    for i7, names in reused_i7(seen).items():
        told = f"{', '.join(names)} share the i7 {i7}: index hopping moves reads between them."
        found.append(_said(Tone.WARN, "exclamation-triangle-fill", told))
    if not found:
        found = [_said(Tone.OK, "check-circle-fill", "Every library is told apart.")]
    return [html.Ul(found, className="pl-said")]


def _balance(view: PoolView, seen: Sequence[Barcode], on: str) -> list[Component]:
    reads = [float(share) for share in view.shares]
    weights = reads if all(share > 0 for share in reads) else None
    phix = float(view.phix_percent) / 100
    found: list[tuple[str, Balance]] = []
    for name, indexes in (("i7", [e.i7 for e in seen]), ("i5", [e.i5 for e in seen])):
        if any(indexes):
            judged = balance(indexes, CHEMISTRY[on], reads=weights, phix_share=phix)
            found.append((name, judged))
    told: list[Component] = []
    for name, judged in found:
        told += [
            _of(cycle.verdict, f"{name}: {cycle.sentence}")
            for cycle in judged.cycles
            if cycle.verdict is not Verdict.GOOD
        ]
        if judged.start is not Verdict.GOOD:
            told.append(_of(judged.start, f"{name}: {judged.start_sentence}"))
    if not told:
        told = [_said(Tone.OK, "check-circle-fill", "Every cycle has enough light.")]
    keys = (("a", "A"), ("c", "C"), ("t", "T"), ("g", "G"))
    makes = [
        html.A(
            make.label,
            href=f"?on={key}",
            className="pl-make is-on" if key == on else "pl-make",
            **(aria(current="true") if key == on else {}),
        )
        for key, make in instruments.MODELS.items()
    ]
    return [
        html.Nav(makes, className="pl-makes", **aria(label="Sequencer")),
        html.Div(
            index_balance(found),
            className="ix-x",
            tabIndex="0",
            role="region",
            **aria(label="Colour balance"),
        ),
        html.Div([_key(name, words) for name, words in keys], className="ix-keys"),
        html.Ul(told, className="pl-said"),
    ]


def _of(verdict: Verdict, sentence: str) -> html.Li:
    if verdict is Verdict.ERROR:
        return _said(Tone.CRIT, "x-octagon-fill", sentence)
    return _said(Tone.WARN, "exclamation-triangle-fill", sentence)


def _said(tone: Tone, name: str, sentence: str) -> html.Li:
    return html.Li([icon(name, tone), html.Span(sentence)])


def _key(name: str, words: str) -> html.Span:
    return html.Span([html.I(className=f"ix-key is-{name}"), f" {words}"], className="sm t2")
