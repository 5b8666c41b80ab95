"""The index check of a pool: distances, light by cycle, and what is wrong, for one sequencer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.balance import Balance, balance
from backend.sequencing.indexing.collisions import Barcode, clashes, reused_i7, reversed_mates
from backend.sequencing.indexing.colours import Verdict
from backend.sequencing.indexing.mending import UNKNOWN_LIGHT, mending
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.indexing.picking import KitIndex, Light
from backend.sequencing.pooling.views import PoolView
from backend.sequencing.reference.views import Make
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.figures import colour_balance, index_matrix


def panels(
    view: PoolView,
    makes: Sequence[Make],
    kits: Mapping[str, Sequence[KitIndex]],
    *,
    on: str,
) -> list[Component]:
    """Draw the check of a pool's indexes as the flow cell ``on`` is read and seen.

    What would mend them is looked for among ``kits``.
    """
    if not view.indexes:
        return []
    make = next((each for each in makes if each.flow_cell.key == on), None)
    turned = make.platform.content.i5_orientation if make else I5Orientation.FORWARD
    seen = [replace(each, i5=as_sequenced(each.i5, turned)) for each in view.indexes]
    meta = "i7 below, i5 above the diagonal"
    hidden = len(seen) - index_matrix.MOST_DRAWN
    if hidden > 0:
        meta = f"{fmt.count(hidden)} of {fmt.count(len(seen))} are not drawn; {meta}"
    distances = panel(
        "Index distance",
        _region("Index distances", index_matrix.index_matrix(seen)),
        index_matrix.key(),
        *_verdicts(seen, make),
        *_mending(view, kits, make),
        meta=meta,
    )
    if make is None:
        said = html.P("Choose a platform: which cycles are dark depends on it.", className="t2")
        return [distances, panel("Colour balance", said, _makes(makes, on))]
    light = panel(
        "Colour balance",
        *_balance(view, seen, make),
        _makes(makes, on),
        meta=f"on {make.platform.name}",
        aside=colour_balance.key(make.chemistry.content.colours),
    )
    return [distances, light]


def _region(label: str, drawn: Component) -> html.Div:
    return html.Div(drawn, className="tbl-x", tabIndex="0", role="region", **aria(label=label))


def _mending(
    view: PoolView, kits: Mapping[str, Sequence[KitIndex]], make: Make | None
) -> list[Component]:
    light = UNKNOWN_LIGHT
    if make is not None:
        colours = make.chemistry.content.colours
        light = Light(chemistry=colours, i5_orientation=make.platform.content.i5_orientation)
    found = mending(view.indexes, kits, light=light)
    if found is None:
        return []
    ways = [_said(Tone.INFO, "info-circle", each) for each in found.sentences]
    return [html.P("What would mend it", className="t2"), html.Ul(ways, className="pl-said")]


def _verdicts(seen: Sequence[Barcode], make: Make | None) -> list[Component]:
    found: list[Component] = [
        _said(Tone.CRIT, "x-octagon-fill", f"{each.sentence}.") for each in clashes(seen)
    ]
    for one, other in reversed_mates(seen):
        told = f"{one} and {other} swap their i5 when a sheet is turned the wrong way round."
        found.append(_said(Tone.WARN, "exclamation-triangle-fill", told))
    # Free adapters hop where clusters sit in wells: elsewhere a shared i7 is no trap (DOMAIN 2c).
    hops = make is None or make.platform.content.is_patterned
    shared = reused_i7(seen) if hops else {}
    for i7, names in shared.items():
        told = f"{', '.join(names)} share the i7 {i7}: index hopping moves reads between them."
        found.append(_said(Tone.WARN, "exclamation-triangle-fill", told))
    if not found:
        found = [_said(Tone.OK, "check-circle-fill", "Every library is told apart.")]
    return [html.Ul(found, className="pl-said")]


def _balance(view: PoolView, seen: Sequence[Barcode], make: Make) -> list[Component]:
    reads = [float(share) for share in view.shares]
    weights = reads if all(share > 0 for share in reads) else None
    phix = float(view.phix_percent) / 100
    colours = make.chemistry.content.colours
    found: list[tuple[str, Balance]] = []
    for name, indexes in (("i7", [e.i7 for e in seen]), ("i5", [e.i5 for e in seen])):
        if any(indexes):
            judged = balance(indexes, colours, reads=weights, phix_share=phix)
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
    return [
        _region("Colour balance", colour_balance.colour_balance(found)),
        html.Ul(told, className="pl-said"),
    ]


def _makes(makes: Sequence[Make], on: str) -> html.Nav:
    """Draw a link for each platform: its flow cells are all read and seen alike."""
    first: dict[str, Make] = {}
    for each in makes:
        first.setdefault(each.platform.key, each)
    chosen = next((each.platform.key for each in makes if each.flow_cell.key == on), "")
    links = [
        html.A(
            each.platform.name,
            href=f"?on={each.flow_cell.key}",
            className="pl-make is-on" if key == chosen else "pl-make",
            **(aria(current="true") if key == chosen else {}),
        )
        for key, each in sorted(first.items(), key=lambda one: one[1].platform.name.casefold())
    ]
    return html.Nav(links, className="pl-makes", **aria(label="Platform"))


def _of(verdict: Verdict, sentence: str) -> html.Li:
    if verdict is Verdict.ERROR:
        return _said(Tone.CRIT, "x-octagon-fill", sentence)
    return _said(Tone.WARN, "exclamation-triangle-fill", sentence)


def _said(tone: Tone, name: str, sentence: str) -> html.Li:
    return html.Li([icon(name, tone), html.Span(sentence)])
