"""The sample sheet of a run: as it would be released now, and the versions that are kept."""

import re
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.released import queries
from backend.sequencing.released.sheet_making import Draft
from backend.sequencing.released.views import ReleaseView, RunPlan
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.difference import compare
from backend.sequencing.sheets.values import Dialect
from backend.templates.reading.values import Severity
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.library_kits import words as kit_words
from dashboard.pages.run_plans import words
from dashboard.pages.sequencing.tabs import tabs
from dashboard.pages.sheets import drawing
from dashboard.session import current_principal

_NOW = "now"
_PAIR = re.compile(rf"([0-9]{{1,6}})-([0-9]{{1,6}}|{_NOW})")
_MOST_LINES = 400
_HEADS = ("Version", "Stands", "Signed by", "On", "Meaning", "SHA-256", "")


def sheet_page(run: str, *, wanted: str, compared: str) -> Page:
    """Draw the sheet of a run in a dialect; ``compared`` is ``1-2`` or ``1-now``."""
    principal = current_principal()
    dialect = Dialect(wanted) if wanted in set(Dialect) else None
    with reading() as session:
        plan = queries.get_plan(session, principal, run)
        draft = queries.draft_sheet(session, principal, run, dialect=dialect)
        difference = _difference(session, principal, plan, draft, compared)
    drawn: list[Component] = [difference] if difference else []
    if draft is None:
        why = "No sample sheet is known for this make of sequencer."
        drawn.append(empty_state("There is no sheet", why, icon="file-earmark-arrow-up"))
    else:
        drawn += _draft(plan, draft)
    return page(
        title="Sample sheet",
        breadcrumb=[
            Crumb("Sequencing", "/sequencing"),
            Crumb("Run plans", words.PATH),
            Crumb(plan.code, f"{words.PATH}/{plan.code}"),
        ],
        tabs=tabs(words.PATH),
        actions=[_download(plan, draft)] if draft else [],
        children=[*drawn, *_kept(plan, lab_zone())],
    )


def _download(plan: RunPlan, draft: Draft) -> Component:
    address = f"/files/run-sheets/{plan.code}.csv?as={draft.dialect.value}"
    return button("Download this draft", href=address, icon="download", download="")


def _draft(plan: RunPlan, draft: Draft) -> list[Component]:
    seen = draft.seen
    errors, warnings = seen.count(Severity.ERROR), seen.count(Severity.WARNING)
    said = f"{fmt.plural(errors, 'error', 'errors')}, {fmt.plural(warnings, 'warning', 'warnings')}"
    lines = draft.content.decode().splitlines()
    text = "\n".join(lines[:_MOST_LINES])
    more = len(lines) - _MOST_LINES
    parts: list[Component] = [
        panel(
            "As it would be released now",
            *_dialects(plan, draft),
            *(html.P(note, className="t2") for note in draft.notes),
            html.P(html.A("Index kits", href=kit_words.href(run=plan.code)), className="t2"),
            html.Pre(
                text,
                className="rp-sheet mono",
                tabIndex="0",
                role="region",
                **aria(label="Sample sheet"),
            ),
            *([html.P(f"And {fmt.count(more)} more lines.", className="t3")] if more > 0 else []),
            meta=f"{drawing.DIALECTS[draft.dialect]}, {said}",
        )
    ]
    if seen.findings:
        found = drawing.findings_table(seen.findings)
        parts.append(panel("Findings", found, class_name="bt", meta=fmt.count(len(seen.findings))))
    return parts


def _dialects(plan: RunPlan, draft: Draft) -> list[Component]:
    offered = plan.platform.dialects if plan.platform else ()
    if len(offered) < 2:  # noqa: PLR2004 nothing to choose from
        return []
    links = [
        html.A(
            drawing.DIALECTS[each],
            href=f"{words.PATH}/{plan.code}?show=sheet&as={each.value}",
            className="on" if each is draft.dialect else "",
            **aria(current="true" if each is draft.dialect else None),
        )
        for each in offered
    ]
    return [html.Div(links, className="in-nav")]


def _kept(plan: RunPlan, zone: ZoneInfo) -> list[Component]:
    if not plan.releases:
        return []
    rows = [_row(plan, each, zone) for each in plan.releases]
    head = html.Thead(html.Tr([html.Th(word or "Acts", scope="col") for word in _HEADS]))
    table = html.Table([head, html.Tbody(rows)], className="tbl rp-kept")
    label = aria(label="Kept sheets")
    shown = html.Div(table, className="tbl-x", tabIndex="0", role="region", **label)
    return [panel("Kept sheets", shown, meta=fmt.count(len(rows)), class_name="bt")]


def _row(plan: RunPlan, release: ReleaseView, zone: ZoneInfo) -> html.Tr:
    base = f"{words.PATH}/{plan.code}?show=sheet&diff="
    acts: list[Component] = [
        html.A(
            "Download",
            href=f"/files/run-sheets/{release.file_name}",
            download="",
            **aria(label=f"Download v{release.number}"),
        ),
        html.A(
            "Compare with now",
            href=f"{base}{release.number}-{_NOW}",
            **aria(label=f"Compare with now: v{release.number}"),
        ),
    ]
    if release.number > 1:
        before = release.number - 1
        acts.append(html.A(f"Compare with v{before}", href=f"{base}{before}-{release.number}"))
    return html.Tr(
        [
            html.Td(f"v{release.number}", className="num"),
            html.Td("stands" if release.stands else release.void_reason, className="sck-said"),
            html.Td(release.released_by_name),
            html.Td(fmt.moment(release.released_at, zone), className="num"),
            html.Td(release.meaning, className="sck-said"),
            html.Td(html.Code(release.sha256[:12], title=release.sha256)),
            html.Td(html.Div(acts, className="row-x g12")),
        ]
    )


def _difference(
    session: ReadSession,
    principal: Principal,
    plan: RunPlan,
    draft: Draft | None,
    compared: str,
) -> Component | None:
    pair = _PAIR.fullmatch(compared)
    if pair is None:
        return None
    first, before = queries.kept_sheet(session, principal, plan.code, int(pair[1]))
    if pair[2] == _NOW:
        after = draft.content if draft else b""
        name = "now"
    else:
        second, after = queries.kept_sheet(session, principal, plan.code, int(pair[2]))
        name = f"v{second.number}"
    one, two = examine(before).sheet, examine(after).sheet
    if one is None or two is None:
        return None
    return drawing.differences(compare(one, two), f"v{first.number}", to=name)
