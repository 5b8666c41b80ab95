"""The limits that runs are held to: all of them with their versions, and the form of one."""

from collections.abc import Sequence
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.errors import NotFound
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.run_folders.limit_changes import FIGURES, key_of, name_of
from backend.sequencing.run_folders.limits import MODELS, SOURCE, RunLimit
from backend.sequencing.runs import limit_changes, limit_sets
from backend.sequencing.runs.limit_changes import LimitVersion
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.runs import ids, parts, words
from dashboard.session import current_principal

_UP = [Crumb("Sequencing", "/sequencing"), Crumb("Run QC", words.PATH)]
_PAIRS = (
    ("Clusters passing filter, M", "clusters_pf"),
    ("Q30, %", "q30"),
    ("Error rate, %", "error"),
    ("Undetermined, %", "undetermined"),
)
_NEW = "new"
_COLUMNS = 3


def draw(chosen: str) -> Page:
    """Draw all limits, or with ``chosen`` the form of one, ``new`` for one more.

    Raises:
        NotFound: no limit is called so.
    """
    with reading() as session:
        version, limits = limit_sets.limits_in_force(session)
        versions = limit_changes.list_versions(session, current_principal())
    may = current_principal().may(Permission.SEQUENCING_CONFIGURE)
    if chosen and may:
        return _form_page(version, limits, chosen)
    actions = []
    if may:
        at = f"{words.LIMITS}&limit={_NEW}"
        actions.append(button("Add a limit", href=at, kind="primary", icon="plus-lg"))
    return page(
        title="Limits of runs",
        breadcrumb=_UP,
        actions=actions,
        children=[
            panel("In force", _table(limits, may=may), meta=_said(version)),
            panel("Versions", _history(versions), class_name="bt"),
        ],
    )


def _said(version: int) -> str:
    held = f"version {version}" if version else f"as delivered: {SOURCE}"
    return f"{held}; runs that were read keep their verdicts"


def _table(limits: Sequence[RunLimit], *, may: bool) -> Component:
    heads = [("Make and read", False), *((name, True) for name, _ in _PAIRS)]
    heads.append(("Reads of a library, M", True))
    rows = []
    for each in limits:
        name: Component | str = name_of(each)
        if may:
            at = f"{words.LIMITS}&limit={quote(key_of(each), safe='')}"
            name = html.A(name, href=at)
        figures = [_pair(each, field) for _, field in _PAIRS]
        figures.append(_shown(each.library_reads_fail))
        cells = [html.Td(figure, className="n") for figure in figures]
        rows.append(html.Tr([html.Th(name, scope="row"), *cells]))
    told = (
        "A pair is where a warning begins and where a lane fails; one figure only warns. Reads of "
        "a library are of a lane with one: with n of them each fails below an nth."
    )
    return html.Div([html.P(told, className="t2 lf"), parts.table(heads, rows, "Limits")])


def _pair(limit: RunLimit, field: str) -> str:
    warn, fail = getattr(limit, f"{field}_warn"), getattr(limit, f"{field}_fail")
    if fail is None:
        return _shown(warn)
    return f"{_shown(warn) or 'none'} / {_shown(fail)}"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _history(versions: Sequence[LimitVersion]) -> Component:
    if not versions:
        return html.P("Nobody has changed them: they hold as delivered.", className="lf t2")
    heads = (("Version", True), ("What changed", False), ("Why", False), ("Published", False))
    rows = [
        html.Tr(
            [
                html.Td(str(each.version), className="n"),
                html.Td([html.Div(said) for said in each.changes] or "nothing", className="said"),
                html.Td(f"{each.reason} ({each.source})", className="said"),
                html.Td(
                    f"{each.published_by_name}, {fmt.moment(each.published_at, lab_zone())}",
                    className="t2",
                ),
            ]
        )
        for each in versions
    ]
    return parts.table(heads, rows, "Versions")


def _form_page(version: int, limits: Sequence[RunLimit], chosen: str) -> Page:
    opened = next((each for each in limits if key_of(each) == chosen), None)
    if opened is None and chosen != _NEW:
        raise NotFound("There is no such limit. Choose one from the list.")
    acts = [
        button("Put in force", id=ids.LIMIT_SEND, kind="primary"),
        button("Take it out", id=ids.LIMIT_DROP, kind="danger-o", hidden=opened is None),
        button("Back to the limits", href=words.LIMITS, kind="ghost"),
    ]
    return page(
        title=name_of(opened) if opened else "New limit",
        breadcrumb=[*_UP, Crumb("Limits of runs", words.LIMITS)],
        children=[
            dcc.Store(
                id=ids.LIMIT_WHICH,
                data={"version": version, "key": key_of(opened) if opened else ""},
            ),
            html.Div(
                [
                    error_summary({}, id=ids.LIMIT_PROBLEMS),
                    *_fields(opened),
                    form_field(
                        "Reason",
                        dbc.Input(id=ids.LIMIT_REASON, value="", maxlength=500),
                        help_text=f"Stands with version {version + 1}. Runs that were read keep "
                        "their verdicts; the next reading is held to it.",
                    ),
                    html.Div(acts, className="row-x"),
                ],
                className="bd-form",
            ),
        ],
    )


def _fields(opened: RunLimit | None) -> list[Component]:
    makes = dict(MODELS)
    if opened is not None:
        makes.setdefault(opened.model, opened.model)
    options = [{"label": name, "value": key} for key, name in makes.items()]
    make = dbc.Select(
        id=ids.limit("model"), options=options, value=opened.model if opened else None
    )
    figures = [
        _number(opened, field, label, unit, optional=True)
        for field, (label, unit) in FIGURES.items()
    ]
    rows = [figures[at : at + _COLUMNS] for at in range(0, len(figures), _COLUMNS)]
    return [
        form_field("Make", make),
        html.Div(
            [
                _number(opened, "cycles_from", "Reads from", "cycles"),
                _number(opened, "cycles_to", "Reads to", "cycles"),
            ],
            className="bd-row",
        ),
        *(html.Div(row, className="bd-row") for row in rows),
    ]


def _number(
    opened: RunLimit | None, field: str, label: str, unit: str, *, optional: bool = False
) -> Component:
    value = getattr(opened, field) if opened else None
    control = dbc.Input(
        id=ids.limit(field), type="number", min=0, step="any", value=_shown(value) or None
    )
    return form_field(label, control, unit=unit, optional=optional)
