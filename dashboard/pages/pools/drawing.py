"""A pool as tables: its tubes, what stands against it with fixes, and its worksheets."""

from collections.abc import Sequence
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.volume_rules import shown
from backend.sequencing.ids import PoolingMode, PoolState
from backend.sequencing.pooling.recipe import NO_DILUTION, Finding, Fix
from backend.sequencing.pooling.views import PartView, PoolRow, PoolView
from dashboard import format as fmt
from dashboard import robots
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.pools import ids, members, words

FILES = (
    ("Paper", "pdf", "printer"),
    ("Workbook", "xlsx", "download"),
    *((name, robot.ending, "download") for robot, name in robots.NAMES.items()),
)
_HEADS = (
    ("Tube", ""),
    ("For", ""),
    ("Reads, M", "n"),
    ("Molarity, nM", "n"),
    ("Share", "n"),
    ("Take, µL", "n"),
    ("Holds, µL", "n"),
)


def pools(rows: Sequence[PoolRow]) -> Component:
    """Draw pools as a table of links."""
    if not rows:
        return empty_state(
            "No pool yet", "Draft one of the libraries of a request below.", icon="bar-chart-steps"
        )
    heads = ("Pool", "State", "Balance", "Projects", "Libraries", "Reads, M", "Made by")
    body = [
        html.Tr(
            [
                html.Td(
                    [
                        html.A(row.code, href=words.href_of(row.code), className="mono"),
                        _small(row.name),
                    ]
                ),
                html.Td(standing(row.state, is_mixed=row.is_mixed, is_sequenced=row.is_sequenced)),
                html.Td(words.MODES[row.mode]),
                html.Td(", ".join(row.project_codes)),
                html.Td(fmt.count(row.libraries), className="n num"),
                html.Td(words.number(row.reads_millions), className="n num"),
                html.Td(f"{row.created_by_name}, {fmt.moment(row.created_at, lab_zone())}"),
            ]
        )
        for row in rows
    ]
    numeric = {"Libraries", "Reads, M"}
    head = [html.Th(h, scope="col", className="n" if h in numeric else None) for h in heads]
    return _scrolled([html.Thead(html.Tr(head)), html.Tbody(body)], "Pools")


def standing(state: PoolState, *, is_mixed: bool, is_sequenced: bool) -> html.Span:
    """Draw where a pool stands."""
    return look(words.look_of(state, is_mixed=is_mixed, is_sequenced=is_sequenced))


def tubes(view: PoolView, *, may_change: bool) -> Component:
    """Draw the tubes of a pool; reads are fields where they may be changed."""
    has_fields = may_change and view.is_open and view.mode is PoolingMode.BY_READS
    head = [html.Th(name, scope="col", className=kind or None) for name, kind in _HEADS]
    is_draft = may_change and view.is_open and view.state is PoolState.DRAFT
    body = [_tube(part, has_fields=has_fields, may_remove=is_draft) for part in view.parts]
    table = _scrolled([html.Thead(html.Tr(head)), html.Tbody([*body, *_rest(view)])], "Tubes")
    form = [members.add_form()] if is_draft else []
    count = fmt.plural(len(view.indexes), "library", "libraries")
    meta = f"{count}, {words.number(view.reads_millions)} M reads"
    return panel("Tubes", table, *form, meta=meta, class_name="pl-tubes")


def findings(view: PoolView, *, may_change: bool) -> Component:
    """Draw what is wrong or doubtful, what would mend it beside it."""
    if not view.findings:
        said = "It stands as it was mixed."
        if view.is_open:
            said = "Nothing stands against it."
        elif view.tube is None:
            said = "It is closed, and was never mixed in a tube of its own."
        body: Component = html.P(status(Look(said, "check-circle-fill", Tone.OK)))
    else:
        ordered = sorted(view.findings, key=lambda each: not each.is_error)
        rows = [_finding(each, may_change=may_change and view.is_open) for each in ordered]
        body = html.Ul(rows, className="pl-said is-fixable")
    return panel("Checks", body, meta=_counted(view.findings))


def worksheets(view: PoolView) -> list[Component]:
    """Draw the links to the worksheets, where there is a recipe."""
    if view.recipe is None or not view.recipe.is_possible:
        return []
    links = [
        button(
            name,
            href=f"/files/pools/{quote(view.code)}.{kind}",
            icon=sign,
            download="",
        )
        for name, kind, sign in FILES
    ]
    return [panel("Worksheets", html.Div(links, className="row-x g6 pl-files"))]


def look(shown_as: Look) -> html.Span:
    """Draw a state as icon and word."""
    return status(shown_as)


def _tube(part: PartView, *, has_fields: bool, may_remove: bool) -> html.Tr:
    line = part.line
    is_wrong = any(each.is_error for each in part.findings)
    mark: list[Component | str] = [icon("x-octagon-fill", Tone.CRIT), " "] if is_wrong else []
    name = part.name if part.pool_code is None else f"{part.pool_code}, {part.libraries} libraries"
    reads: Component | str = words.number(part.reads_millions)
    is_single = part.pool_code is None
    if has_fields and is_single:
        field = dbc.Input(
            id=ids.reads(part.barcode),
            value=words.number(part.reads_millions),
            inputMode="decimal",
            autocomplete="off",
            maxlength=12,
            className="pl-reads",
        )
        label = f"Reads of {part.barcode}, millions"
        reads = html.Label([html.Span(label, className="vh"), field])
    correction = f"× {words.number(part.correction)}" if part.correction != 1 else ""
    share: list[Component | str] = []
    take: list[Component | str] = []
    if line is not None:
        diluted = f" of 1:{line.dilution}" if line.dilution > NO_DILUTION else ""
        error = f"{line.share_error:+.1%}".replace("-", fmt.MINUS)
        achieved = f"rounded {line.achieved_share:.2%}, {error}"
        share = [f"{line.share:.2%}", _small(achieved)]
        take = [f"{shown(line.volume_ul)}{diluted}", _small(f"{words.number(line.exact_ul)} exact")]
    href = f"/samples/{quote(part.barcode, safe='')}"
    return html.Tr(
        [
            html.Td(
                [
                    *mark,
                    html.A(part.barcode, href=href, className="mono"),
                    *([members.remove_button(part.barcode)] if may_remove and is_single else []),
                    _small(name),
                ]
            ),
            html.Td([", ".join(part.request_codes), _small(", ".join(part.project_codes))]),
            html.Td([reads, _small(correction)], className="n num"),
            html.Td(
                [words.number(part.molarity_nm) or "unknown", _small(part.told)], className="n num"
            ),
            html.Td(share, className="n num"),
            html.Td(take, className="n num"),
            html.Td(words.number(part.available_ul) or "unknown", className="n num"),
        ]
    )


def _rest(view: PoolView) -> list[html.Tr]:
    if view.recipe is None:
        return []
    recipe = view.recipe
    rest = (
        ("Buffer", words.number(recipe.exact_buffer_ul), recipe.buffer_ul),
        ("PhiX", "", recipe.phix_ul),
    )
    rows = [
        _sum_row(name, [shown(volume), _small(f"{exact} exact" if exact else "")])
        for name, exact, volume in rest
        if volume > 0
    ]
    most = f"{words.number(recipe.achieved_nm)} nM, {words.number(recipe.most_nm)} nM at most"
    return [*rows, _sum_row("Together", [shown(view.target_ul)], most, is_sum=True)]


def _sum_row(
    name: str, volume: list[Component | str], said: str = "", *, is_sum: bool = False
) -> html.Tr:
    return html.Tr(
        [
            html.Td(name, colSpan=2),
            html.Td(said, colSpan=3, className="n num"),
            html.Td(volume, className="n num"),
            html.Td(""),
        ],
        className="pl-rest is-sum" if is_sum else "pl-rest",
    )


def _finding(found: Finding, *, may_change: bool) -> html.Li:
    tone, name = (
        (Tone.CRIT, "x-octagon-fill")
        if found.is_error
        else (Tone.WARN, "exclamation-triangle-fill")
    )
    fixes = [_fix(each) for each in found.fixes] if may_change else []
    return html.Li(
        [icon(name, tone), html.Span(found.sentence), html.Span(fixes, className="row-x g6")]
    )


def _fix(fix: Fix) -> Component:
    if fix.dilution is not None:
        key, label = ids.fix(fix.name, "dilution", str(fix.dilution)), f"Dilute 1:{fix.dilution}"
    elif fix.target_ul is not None:
        label = f"Make {shown(fix.target_ul)} µL"
        key = ids.fix(fix.name, "target_ul", str(fix.target_ul))
    else:
        label = f"Ask for {words.number(fix.target_nm)} nM"
        key = ids.fix(fix.name, "target_nm", str(fix.target_nm))
    return button(label, id=key, size="sm")


def _counted(found: Sequence[Finding]) -> str:
    errors = sum(each.is_error for each in found)
    warnings = len(found) - errors
    told = [fmt.plural(errors, "error", "errors")] if errors else []
    told += [fmt.plural(warnings, "warning", "warnings")] if warnings else []
    return ", ".join(told)


def _small(text: str) -> html.Span:
    return html.Span(text, className="sm t3 pl-small")


def _scrolled(table: Sequence[Component], name: str) -> html.Div:
    return html.Div(
        html.Table(table, className="tbl flush plain"),
        className="tbl-x",
        tabIndex="0",
        role="region",
        **aria(label=name),
    )
