"""What the page of a run is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs.ids import FolderState, ProposalState
from backend.sequencing.runs.views import LibraryLine, ProposalLine, RunView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.panel import panel
from dashboard.components.stat_tile import stat_strip, stat_tile
from dashboard.components.status import Look, look_of, status, status_pill
from dashboard.laboratory import lab_zone
from dashboard.pages.runs import ids, words

MOST_LIBRARIES = 400


def head(view: RunView, *, may_plan: bool) -> list[Component]:
    """Draw the run's state, what may be done, and its figures."""
    line = view.line
    said = html.Div(
        [
            status_pill(look_of(words.STATES, line.state.value)),
            status_pill(look_of(words.VERDICTS, line.verdict.value)),
            html.Span(_standing(view), className="t2 rn-said"),
            html.Span(className="sp"),
            *(_acts(view) if may_plan else []),
        ],
        className="row-x g12 rn-head",
    )
    return [
        said,
        stat_strip(
            stat_tile("Passing filter", words.millions(line.clusters_pf) or None),
            stat_tile("Yield", words.bases(line.yield_bases) or None),
            stat_tile("Q30", words.share(line.q30_percent) or None),
            stat_tile("Error rate", words.share(line.error_percent, 2) or None),
            stat_tile("Undetermined", words.share(line.undetermined_percent) or None),
        ),
    ]


def facts(view: RunView) -> Component:
    """Draw what is known of the run besides its figures; what is not said is left out."""
    summary, zone = view.summary, lab_zone()
    booked = ""
    if view.matched_by is not None:
        booked = f"{view.line.code}, {words.MATCHED[view.matched_by]}"
    limits = f"version {view.limits_version}" if view.limits_version else "as delivered"
    known = (
        ("Booked run", booked or "None yet"),
        ("Folder", view.line.name),
        ("Run", summary["run_id"]),
        ("Instrument", " ".join(filter(None, (summary["instrument"], summary["instrument_type"])))),
        ("Flow cell", " ".join(filter(None, (summary["flow_cell"], summary["flow_cell_part"])))),
        ("Reads", summary["base_mask"]),
        ("Cycles", _cycles(summary)),
        ("Completion", summary["progress_why"]),
        ("Held to", f"{summary['held_to']} ({limits})"),
        ("Read", f"{fmt.moment(view.line.read_at, zone)}, version {view.version}"),
        ("Confirmed", _confirmed(view)),
    )
    rows = [html.Tr([html.Th(k, scope="row"), html.Td(value)]) for k, value in known if value]
    table = html.Table(html.Tbody(rows), className="tbl flush plain rn-facts")
    return panel("Run", scrolling(table, "Facts of the run"))


def lanes(view: RunView) -> Component:
    """Draw each lane's figures and, below, every reason that is not a pass."""
    heads = (
        ("Lane", False),
        ("Verdict", False),
        ("Clusters", True),
        ("Passing filter", True),
        ("Density (k/mm²)", True),
        ("Q30", True),
        ("Error rate", True),
        ("PhiX", True),
        ("Undetermined", True),
    )
    rows = [
        html.Tr(
            [
                html.Th(_lane_name(lane), scope="row"),
                html.Td(status(look_of(words.VERDICTS, lane["verdict"]))),
                _n(words.millions(lane["clusters"])),
                _n(_passing(lane)),
                _n(words.density(lane["density_k_per_mm2"], lane["density_sd"])),
                _n(_q30(lane)),
                _n(words.share(lane["error_percent"], 2)),
                _n(words.share(lane["aligned_percent"])),
                _n(words.share(lane["undetermined_percent"])),
            ]
        )
        for lane in view.lanes
    ]
    told = [
        _told(look_of(words.VERDICTS, reason["verdict"]), reason["sentence"])
        for lane in view.lanes
        for reason in lane["reasons"]
        if reason["verdict"] != Verdict.PASS.value
    ]
    body: list[Component] = [table(heads, rows, "Lanes")] if rows else [_none("No lane was read.")]
    if told:
        body.append(html.Ul(told, className="rn-why"))
    return panel("Lanes", *body)


def libraries(view: RunView) -> Component:
    """Draw what each library got of what was wanted."""
    heads = (
        ("Lane", False),
        ("Library", False),
        ("Project", False),
        ("Reads", True),
        ("Wanted", True),
        ("Share", True),
        ("Q30", True),
        ("Verdict", False),
        ("Why", False),
    )
    shown = view.libraries[:MOST_LIBRARIES]
    left = len(view.libraries) - len(shown)
    notes = []
    if view.hidden_libraries:
        hidden = fmt.plural(view.hidden_libraries, "library", "libraries")
        notes.append(f"{hidden} of other projects not shown")
    if left:
        notes.append(f"{left} more not shown")
    body = (
        table(heads, [_library(each) for each in shown], "Libraries")
        if shown
        else _none("No demultiplexer has reported reads of your libraries.")
    )
    return panel("Libraries", body, meta="; ".join(notes) or None, class_name="bt")


def unknown(view: RunView) -> Component:
    """Draw what the unknown barcodes tell: the sentence, then every explanation with its share."""
    found = view.unknown
    if not found["reads"]:
        return panel("Unknown barcodes", _none("No unknown barcodes are listed."), class_name="bt")
    items = [
        html.Li(
            [
                html.B(fmt.percent(each["share"], 0), className="num rn-share"),
                html.Div(
                    [
                        each["sentence"],
                        *(html.Div(text, className="mono sm t2") for text in each["examples"]),
                    ]
                ),
            ]
        )
        for each in found["explanations"]
    ]
    return panel(
        "Unknown barcodes",
        html.P(found["sentence"], className="rn-main"),
        html.Ul(items, className="rn-unknown"),
        meta=f"{words.millions(found['reads'])} reads listed",
        class_name="bt",
    )


def proposals(view: RunView, *, may_plan: bool) -> list[Component]:
    """Draw what is proposed for libraries that got too little; a person decides each."""
    if not view.proposals:
        return []
    heads = (
        ("Library", False),
        ("Proposal", False),
        ("Missing reads", True),
        ("Why", False),
        ("Decision", False),
    )
    rows = [
        html.Tr(
            [
                html.Th(_sample(each.barcode), scope="row"),
                html.Td(words.PROPOSALS[each.kind]),
                _n(fmt.with_unit(each.reads_millions, "M", 2)),
                html.Td(each.reason, className="said"),
                html.Td(_decision(each, may_plan=may_plan)),
            ]
        )
        for each in view.proposals
    ]
    waiting = sum(each.state is ProposalState.PENDING for each in view.proposals)
    return [
        panel(
            "Proposals",
            table(heads, rows, "Proposals"),
            meta=f"{waiting} to decide" if waiting else "all decided",
            class_name="bt",
        )
    ]


def findings(view: RunView) -> Component:
    """Draw what is wrong with the folder's files, the worst first."""
    order = list(words.FINDINGS)
    items = [
        _told(look_of(words.FINDINGS, each["severity"]), each["message"])
        for each in sorted(view.findings, key=lambda each: order.index(each["severity"]))
    ]
    body = (
        html.Ul(items, className="rn-why") if items else _none("Nothing is wrong with its files.")
    )
    return panel("Findings", body, class_name="bt")


def table(heads: Sequence[tuple[str, bool]], rows: Sequence[html.Tr], name: str) -> Component:
    """Draw a table that scrolls on a narrow screen; ``heads`` with whether they are figures."""
    cells = [html.Th(word, scope="col", className="n" if n else "") for word, n in heads]
    inside = html.Table([html.Thead(html.Tr(cells)), html.Tbody(rows)], className="tbl flush plain")
    return scrolling(inside, name)


def scrolling(inside: Component, name: str) -> Component:
    """Draw a region that scrolls by itself."""
    return html.Div(inside, className="tbl-x", tabIndex="0", role="region", **aria(label=name))


def _told(look: Look, sentence: str) -> html.Li:
    return html.Li([status(look), html.Div(sentence)])


def _q30(lane: Mapping[str, Any]) -> str:
    """Write Q30 of each read, where reads have one of their own."""
    by_read = [words.share(each["q30_percent"]) for each in lane["reads"]]
    if len(by_read) > 1 and all(by_read):
        return " / ".join(by_read)
    return words.share(lane["q30_percent"])


def _standing(view: RunView) -> str:
    if view.line.state is FolderState.CONFIRMED:
        return ""
    if view.line.state is FolderState.ARRIVING:
        return f"{view.summary['progress_why']}: figures are of what is there."
    if view.run_id is None:
        return "It belongs to no booked run yet."
    return "Nothing is final before somebody confirms it."


def _acts(view: RunView) -> list[Component]:
    if view.line.state is FolderState.CONFIRMED:
        return []
    choose = button("Choose the run", opens=ids.MATCH_DIALOG, icon="link-45deg")
    if view.run_id is None or view.line.state is FolderState.ARRIVING:
        return [choose]
    return [
        choose,
        button("Confirm the run", kind="primary", icon="check2", opens=ids.CONFIRM_DIALOG),
    ]


def _cycles(summary: Mapping[str, Any]) -> str:
    if summary["cycles"] is None:
        return ""
    done = summary["cycles_done"]
    every = fmt.count(summary["cycles"])
    return every if done is None else f"{fmt.count(done)} of {every}"


def _confirmed(view: RunView) -> str:
    if view.confirmed_at is None:
        return ""
    note = f": {view.confirm_note}" if view.confirm_note else ""
    return f"{view.confirmed_by_name}, {fmt.moment(view.confirmed_at, lab_zone())}{note}"


def _lane_name(lane: Mapping[str, Any]) -> str:
    return f"{lane['lane']} ({lane['label']})" if lane["label"] else str(lane["lane"])


def _passing(lane: Mapping[str, Any]) -> str:
    got = words.millions(lane["clusters_pf"])
    share = words.share(lane["passing_percent"])
    return f"{got} ({share})" if share else got


def _library(line: LibraryLine) -> html.Tr:
    share = line.reads / line.wanted if line.reads is not None and line.wanted else None
    return html.Tr(
        [
            html.Td(str(line.lane)),
            html.Th(_sample(line.barcode) if line.barcode else line.name, scope="row"),
            html.Td(line.project_code or "not of this run", className="t2"),
            _n(words.millions(line.reads)),
            _n(words.millions(line.wanted)),
            _n(fmt.percent(share, 0)),
            _n(words.share(None if line.q30_percent is None else float(line.q30_percent))),
            html.Td(status(look_of(words.VERDICTS, line.verdict.value))),
            html.Td(line.sentence, className="said t2"),
        ]
    )


def _decision(line: ProposalLine, *, may_plan: bool) -> list[Component | str]:
    if line.state is not ProposalState.PENDING:
        made = f", {line.request_code}" if line.request_code else ""
        leads: list[Component | str] = [", top-up on ", *map(_pool, line.pool_codes)]
        decided = f"{words.DECIDED[line.state]} by {line.decided_by_name}{made}"
        return [decided, *(leads if line.pool_codes else [])]
    if not may_plan:
        return ["Not decided"]
    return [
        html.Div(
            [
                button("Accept", id=ids.decide(str(line.id), ids.ACCEPT), size="sm"),
                button(
                    "Dismiss", id=ids.decide(str(line.id), ids.DISMISS), size="sm", kind="ghost"
                ),
            ],
            className="row-x g6",
        )
    ]


def _pool(code: str) -> Component:
    return html.A(code, href=f"{words.POOLS}/{code}", className="mono")


def _sample(barcode: str) -> Component:
    return html.A(barcode, href=f"/samples/{barcode}", className="mono")


def _n(text: str) -> html.Td:
    return html.Td(text or html.Span(words.NOT_KNOWN, className="t3"), className="n")


def _none(words_: str) -> Component:
    return html.P(words_, className="t2")
