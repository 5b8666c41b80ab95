"""The regions of a run plan. Views in, components out."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.sequencing.ids import RunState
from backend.sequencing.released import checks
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.unpooled import Unpooled
from backend.sequencing.released.views import LaneRepair, RunPlan
from backend.sequencing.released.ways_out import LaneMove
from backend.sequencing.views import LaneLibrary, PoolLine
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import status, status_pill
from dashboard.components.tones import Tone
from dashboard.figures import colour_balance, index_matrix
from dashboard.pages.library_kits import words as kit_words
from dashboard.pages.run_plans import ids, reindex_view, words
from dashboard.pages.run_plans.lane_plan import colours

_CLASHES_SAID = 4
_PROJECTS_SAID = 2
_MOST_POOLED = 96
"""Libraries that one pool is started with: a plate of them."""


def head(plan: RunPlan, *, now: datetime, zone: ZoneInfo, may_release: bool) -> html.Div:
    """Draw what the run is, and its two acts."""
    cycles = plan.cycles
    indexes = " + ".join(str(each) for each in (cycles.index1, cycles.index2) if each)
    ends = f"2 × {cycles.read1}"
    if cycles.read1 != cycles.read2:
        ends = " + ".join(str(each) for each in (cycles.read1, cycles.read2) if each)
    read_words = f"{ends}, {indexes or 'no index'}" if cycles.read1 else "nothing loaded"
    begins = "Started" if plan.state is not RunState.PLANNED else "Start"
    facts = (
        ("Instrument", plan.instrument),
        ("Flow cell", f"{plan.model}, {fmt.plural(plan.lanes, 'lane', 'lanes')}"),
        ("Reads", read_words),
        *([("Recipe", plan.recipe)] if plan.recipe else []),
        (begins, fmt.moment(plan.start, zone, now=now)),
    )
    return html.Div(
        [
            status_pill(words.state_look(plan)),
            *(
                html.Div([html.Span(name, className="t3 sm"), html.B(value)], className="sck-fact")
                for name, value in facts
            ),
            html.Span(className="sp"),
            *_acts(plan, may_release=may_release),
        ],
        className="sck-head rp-head",
    )


def _acts(plan: RunPlan, *, may_release: bool) -> list[Component]:
    found: list[Component] = []
    fails = words.fails(plan)
    open_to_release = plan.state is RunState.PLANNED and plan.standing is None
    if plan.platform is None:
        return [html.Span("No sample sheet is known for this make.", className="t2")]
    if open_to_release and may_release and fails:
        said = f"Fix {fmt.plural(fails, 'check', 'checks')} to release"
        found.append(html.Span(said, className="btn-why t2"))
    if plan.standing is not None:
        said = f"Released as v{plan.standing.number} by {plan.standing.released_by_name}"
        found.append(html.Span(said, className="t2"))
    sheet = f"{words.PATH}/{plan.code}?show=sheet"
    found.append(button("Sample sheet", href=sheet, icon="download"))
    if open_to_release and may_release:
        found.append(
            button(
                "Release run",
                kind="primary",
                icon="play-circle",
                opens=ids.RELEASE_DIALOG,
                disabled=bool(fails),
            )
        )
    return found


def pools(plan: RunPlan, *, may_move: bool) -> html.Section:
    """Draw the pools on the run, each with the choice of its lane."""
    number = colours(plan)
    rows = [_pool(plan, each, number[each.code], may_move=may_move) for each in plan.pools]
    body: Component = html.Ul(rows, className="rp-pools")
    if not rows:
        body = html.P("No pool is on this run.", className="lf t2")
    return panel("Pools on this run", body, class_name="rp-p")


def _pool(plan: RunPlan, pool: PoolLine, colour: int, *, may_move: bool) -> html.Li:
    loads = [each for each in plan.loads if each.pool_id == pool.id]
    total = sum(float(each.reads_millions) for each in loads)
    parts: list[Component] = [
        html.Div(
            [
                html.I(className=f"rp-key is-{colour}", **aria(hidden=True)),
                html.B(html.A(pool.code, href=f"/sequencing/pools/{pool.code}")),
                html.Span(", ".join(pool.project_codes), className="t2"),
                html.Span(words.lanes([each.lane for each in loads]), className="t2 rp-l"),
            ],
            className="rp-pool-h",
        ),
        html.P(
            f"{fmt.plural(pool.libraries, 'library', 'libraries')}, {words.reads(total)} reads",
            className="sm t2 num",
        ),
    ]
    if may_move and plan.lanes > 1:
        parts += [
            html.Label(
                [
                    html.Span(
                        ["Lane", html.Span(f" of {pool.code}", className="vh")], className="t3 sm"
                    ),
                    dbc.Select(
                        id=ids.lane(str(pool.id), each.lane),
                        options=[
                            {"label": str(lane), "value": str(lane)}
                            for lane in range(1, plan.lanes + 1)
                        ],
                        value=str(each.lane),
                        size="sm",
                        class_name="rp-choice",
                    ),
                ],
                className="rp-lane-of",
            )
            for each in loads
        ]
    return html.Li(parts, className="rp-pool")


def waiting(
    lines: Sequence[tuple[PoolLine, int | None]], loose: Unpooled, *, may_pool: bool
) -> html.Section:
    """Draw the pools that wait, each with the lane that takes it, and what is in no pool yet."""
    rows = []
    for each, lane in lines:
        act: Component = html.Span("no lane takes it", className="t3 sm")
        if lane is not None:
            label = f"Add to lane {lane}"
            act = button(
                label,
                id=ids.add(str(each.id), lane),
                size="sm",
                **aria(label=f"{label}: {each.code}"),
            )
        rows.append(
            html.Li(
                [
                    html.Div(
                        [
                            html.B(html.A(each.code, href=f"/sequencing/pools/{each.code}")),
                            html.Span(", ".join(each.project_codes), className="t2"),
                        ],
                        className="rp-pool-h",
                    ),
                    html.P(
                        f"{fmt.plural(each.libraries, 'library', 'libraries')}, "
                        f"{words.reads(each.reads_millions)} reads",
                        className="sm t2 num",
                    ),
                    act,
                ],
                className="rp-pool",
            )
        )
    if loose.barcodes:
        rows.append(_unpooled(loose, may_pool=may_pool))
    body: Component = html.Ul(rows, className="rp-pools")
    if not rows:
        body = html.P("No pool waits for a run.", className="lf t2")
    return panel("Waiting", body, meta=fmt.count(len(lines)), class_name="rp-p bt")


def _unpooled(loose: Unpooled, *, may_pool: bool) -> html.Li:
    """Draw the libraries that are in no pool; pooling them starts with those due first."""
    codes = ", ".join(loose.project_codes)
    if len(loose.project_codes) > _PROJECTS_SAID:
        codes = fmt.plural(len(loose.project_codes), "project", "projects")
    acts: list[Component] = []
    if may_pool:
        label = "Pool"
        if len(loose.barcodes) > _MOST_POOLED:
            label = f"Pool the {_MOST_POOLED} due first"
        wanted = quote(",".join(loose.barcodes[:_MOST_POOLED]))
        acts = [button(label, href=f"/sequencing/pools?libraries={wanted}", size="sm")]
    return html.Li(
        [
            html.Div([html.B("Unpooled"), html.Span(codes, className="t2")], className="rp-pool-h"),
            html.P(
                f"{fmt.plural(len(loose.barcodes), 'library', 'libraries')}, "
                f"{words.reads(loose.reads_millions)} reads",
                className="sm t2 num",
            ),
            *acts,
        ],
        className="rp-pool",
    )


def indexes(
    plan: RunPlan, lane: int, ways: Sequence[LaneMove], repair: LaneRepair | None
) -> html.Section:
    """Draw how far the libraries of a lane are apart, and what collides with the ways out.

    ``repair`` is the change of indexes that mends it, None for who may not change the lanes.
    """
    held = checks.by_lane(plan.libraries).get(lane, [])
    seen = checks.barcodes(held, plan.orientation)
    drawn = index_matrix.index_matrix(seen)
    parts: list[Component] = [
        html.Div(drawn, className="tbl-x", tabIndex="0", role="region", **aria(label="Distances")),
        index_matrix.key(),
        *_kits(plan, lane, held),
    ]
    found = checks.lane_clashes(held, plan.orientation).get(lane, [])
    if found:
        said = [each.sentence for each in found]
        parts.append(_clashes(said, plan, ways, repair))
    hidden = len(seen) - index_matrix.MOST_DRAWN
    meta = "i7 below, i5 above diagonal"
    if hidden > 0:
        meta += f"; {fmt.count(hidden)} of {fmt.count(len(seen))} are not drawn"
    return panel(f"Index distance, lane {lane}", *parts, meta=meta)


def _kits(plan: RunPlan, lane: int, held: Sequence[LaneLibrary]) -> list[Component]:
    """Say of which kits the libraries of a lane are, how that is known, and where to name them."""
    if not held:
        return []
    said = kit_words.summary([each.sample_id for each in held], plan.kits)
    at = kit_words.href(run=plan.code, lane=lane)
    return [html.P([f"{said} ", html.A("See or name them", href=at)], className="sm t2 rp-kits")]


def _clashes(
    sentences: Sequence[str],
    plan: RunPlan,
    ways: Sequence[LaneMove],
    repair: LaneRepair | None,
) -> html.Div:
    lines: list[Component] = [
        html.P([icon("x-octagon-fill", Tone.CRIT), " ", f"{each}."])
        for each in sentences[:_CLASHES_SAID]
    ]
    more = len(sentences) - _CLASHES_SAID
    if more > 0:
        lines.append(html.P(f"And {fmt.plural(more, 'more pair', 'more pairs')}.", className="t2"))
    keys = {each.code: str(each.id) for each in plan.pools}
    if repair is not None:
        acts = [
            button(
                f"Move {each.pool_code} to lane {each.to_lane}",
                id=ids.way(keys[each.pool_code], each.from_lane, each.to_lane),
                kind="primary" if place == 0 else "outline",
                size="sm",
            )
            for place, each in enumerate(ways)
        ]
        if not acts:
            no_way = "No single move of a pool to another lane ends it."
            lines.append(html.P(no_way, className="t2 sm"))
        if repair.swaps:
            libraries = fmt.plural(len(repair.swaps), "library", "libraries")
            at = reindex_view.href(plan, repair.lane)
            acts.append(button(f"Re-index {libraries}", href=at, size="sm"))
        else:
            lines.append(html.P(repair.why_not, className="t2 sm"))
        lines.append(html.Div(acts, className="row-x rp-ways"))
    return html.Div(lines, className="rp-clash")


def balance(plan: RunPlan, lane: int) -> html.Section:
    """Draw the index cycles of a lane, in the direction in which they are read."""
    held = checks.by_lane(plan.libraries).get(lane, [])
    if plan.chemistry is None:
        said = html.P("The colours of this sequencer are not known.", className="t2")
        return panel(f"Colour balance, lane {lane}", said, class_name="bt")
    phix = plan.phix_share(lane)
    judged = checks.lane_balance(held, plan.orientation, plan.chemistry, phix_share=phix)
    return panel(
        f"Colour balance, lane {lane}",
        colour_balance.colour_balance(judged),
        meta=f"i7 then i5, by cycle as read, with {fmt.percent(phix, 0)} PhiX",
        aside=colour_balance.key(plan.chemistry),
        class_name="bt",
    )


def release_checks(plan: RunPlan, *, may_confirm: bool) -> html.Section:
    """Draw every check with its sentences; the operator's with the act that makes it pass."""
    found = [
        html.Li(
            [
                status(words.CHECK_LOOKS[each.verdict], word=each.title),
                html.Span(words.CHECK_LOOKS[each.verdict].word, className="vh"),
                *(html.P(said, className="sm t2") for said in each.sentences),
                *(_confirm(plan) if may_confirm and each.kind is CheckKind.OPERATOR else []),
            ],
            className=f"rp-check is-{each.verdict.value}",
        )
        for each in plan.checks
    ]
    counted = ", ".join(
        f"{number} {word}"
        for verdict, word in (
            (CheckVerdict.PASS, "pass"),
            (CheckVerdict.WARNING, "warn"),
            (CheckVerdict.FAIL, "fail"),
            (CheckVerdict.UNKNOWN, "not known"),
        )
        if (number := sum(each.verdict is verdict for each in plan.checks))
    )
    return panel(
        "Release checks", html.Ul(found, className="rp-checks"), meta=counted, class_name="bt"
    )


def _confirm(plan: RunPlan) -> list[Component]:
    """Draw the operator's act, where something is loaded that nobody has confirmed as it is."""
    found = next(each for each in plan.checks if each.kind is CheckKind.OPERATOR)
    if not plan.libraries or found.verdict is CheckVerdict.PASS:
        return []
    said = "Confirm loading: the lanes are loaded as planned"
    key = ids.loaded(plan.lanes_sha256)
    return [button("Confirm loading", id=key, size="sm", **aria(label=said))]


def releases(plan: RunPlan, zone: ZoneInfo) -> html.Section | None:
    """Draw the releases, voided ones included, each with the sheet that is kept."""
    if not plan.releases:
        return None
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.B(f"v{each.number}"),
                        html.Span("stands" if each.stands else "void", className="tag"),
                        html.A(
                            "Sheet",
                            href=f"/files/run-sheets/{each.file_name}",
                            download="",
                            className="in-a",
                            **aria(label=f"Download the sheet of v{each.number}"),
                        ),
                    ],
                    className="rp-pool-h",
                ),
                html.P(
                    f"{each.released_by_name}, {fmt.moment(each.released_at, zone)}: "
                    f"{each.meaning}.",
                    className="sm t2",
                ),
                *([html.P(each.void_reason, className="sm c-warn")] if each.void_reason else []),
            ],
            className="rp-pool",
        )
        for each in plan.releases
    ]
    meta = fmt.count(len(rows))
    return panel("Releases", html.Ul(rows, className="rp-pools"), meta=meta, class_name="rp-p bt")
