"""Reference data: kinds at the left, the entries of one, and each with its versions."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.samples import qc_queries
from backend.samples.ids import MaterialType
from backend.sequencing.reference import queries
from backend.sequencing.reference.content import AssayContent, Content, IndexKitContent
from backend.sequencing.reference.ids import SETTINGS, ReferenceKind
from backend.sequencing.reference.views import ReferenceView
from backend.sequencing.reference.words import KINDS
from dashboard.components.button import button
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.reference_data import detail, form, ids, kit_form, listing
from dashboard.pages.reference_data.address import PATH, address
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_FIRST = ReferenceKind.FLOW_CELL


def layout(kind: str = "", key: str = "", view: str = "") -> Page:
    """Draw the entries of a kind, one entry, or a form; an unknown kind is the flow cells."""
    chosen = ReferenceKind(kind) if kind in set(ReferenceKind) else _FIRST
    if view in {"new", "edit", "import"}:
        _require()
        return _form_page(chosen, key, view)
    return _entry_page(chosen, key) if key else _kind_page(chosen)


def _kind_page(kind: ReferenceKind) -> Page:
    principal = current_principal()
    with reading() as session:
        found = {each: queries.list_entries(session, principal, each) for each in ReferenceKind}
    counts = {each: sum(one.is_active for one in every) for each, every in found.items()}
    return page(
        title="Reference data",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs(PATH),
        actions=_actions(kind),
        children=[
            html.Div(
                [
                    listing.kinds(kind, counts),
                    html.Div(
                        listing.entries(kind, found[kind], zone=lab_zone()), className="rd-main"
                    ),
                ],
                className="rd",
            )
        ],
    )


def _entry_page(kind: ReferenceKind, key: str) -> Page:
    principal = current_principal()
    with reading() as session:
        versions = queries.list_versions(session, principal, kind, key)
        names = {
            (each, named): name
            for each in ReferenceKind
            for named, name in queries.names(session, each).items()
        }
        judge = _judge(session, versions[0].content)
    view = versions[0]
    children: list[Component] = [detail.facts(view, names, zone=lab_zone()), *judge]
    if isinstance(view.content, IndexKitContent):
        children.append(detail.wells(view.content))
    children.append(detail.history(versions, zone=lab_zone()))
    if _may():
        children.append(detail.retire_dialog(view))
    return page(
        title=view.name,
        breadcrumb=_above(kind),
        actions=_entry_actions(view),
        children=children,
    )


def _judge(session: ReadSession, content: Content) -> list[Component]:
    """Draw which published thresholds judge the libraries of an assay now."""
    if not isinstance(content, AssayContent):
        return []
    labels = [
        qc_queries.label_in_force(session, MaterialType.LIBRARY, analysis)
        for analysis in (content.thresholds, None)
    ]
    return [detail.judge(content.thresholds, *labels)]


def _form_page(kind: ReferenceKind, key: str, view: str) -> Page:
    if view == "import":
        title, body = "Import an index kit", kit_form.form()
        return page(title=title, breadcrumb=_above(ReferenceKind.INDEX_KIT), children=[body])
    with reading() as session:
        standing = queries.current_of(session, kind, key) if key else None
        options = _options(session)
    title = f"Change {standing.name}" if standing else f"New {KINDS[kind].one}"
    above = _above(kind)
    if standing:
        above.append(Crumb(standing.name, address(kind, key)))
    return page(title=title, breadcrumb=above, children=[form.form(kind, standing, options)])


def _options(session: ReadSession) -> dict[ReferenceKind, Sequence[ReferenceView]]:
    kinds = (ReferenceKind.CHEMISTRY, ReferenceKind.PLATFORM, ReferenceKind.FLOW_CELL)
    return {each: queries.current(session, each) for each in kinds}


def _actions(kind: ReferenceKind) -> list[Component]:
    if not _may() or kind in SETTINGS:
        return []
    add = button(f"New {KINDS[kind].one}", href=address(kind, view="new"), icon="plus-lg")
    if kind is not ReferenceKind.INDEX_KIT:
        return [add]
    return [add, button("Import a kit", href=address(kind, view="import"), kind="primary")]


def _entry_actions(view: ReferenceView) -> list[Component]:
    if not _may():
        return []
    change = button("Change", href=address(view.kind, view.key, "edit"), kind="primary")
    if view.kind in SETTINGS:
        return [change]
    label = "Retire" if view.is_active else "Offer again"
    return [button(label, opens=ids.RETIRE_DIALOG), change]


def _above(kind: ReferenceKind) -> list[Crumb]:
    above = [Crumb("Sequencing", "/sequencing"), Crumb("Reference data", PATH)]
    # Of settings there is one entry: its list would only lengthen the way.
    return above if kind in SETTINGS else [*above, Crumb(KINDS[kind].many, address(kind))]


def _may() -> bool:
    return current_principal().may(Permission.SEQUENCING_CONFIGURE)


def _require() -> None:
    if not _may():
        raise PermissionDenied("You may not change reference data. Ask an administrator.")
