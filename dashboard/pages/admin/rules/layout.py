"""The laboratory's own rules: thresholds, handling, barcodes, lead times, price of energy.

An address of its own and not a tab of Admin: who answers for projects sets them, too.
"""

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.transaction import reading
from backend.samples import expiry_leads, handling, issuing, qc_queries
from backend.samples.ids import MaterialType
from backend.telemetry import electricity
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.admin.rules import codes, energy, expiry, ids, thresholds
from dashboard.pages.admin.rules import handling as handling_parts
from dashboard.session import current_principal

_TABS = (
    ("thresholds", "Thresholds", Permission.SAMPLES_CONFIGURE),
    ("handling", "Handling", Permission.SAMPLES_CONFIGURE),
    ("barcodes", "Barcodes", Permission.LABELS_CONFIGURE),
    ("expiry", "Expiry", Permission.SAMPLES_CONFIGURE),
    ("energy", "Energy", Permission.STORAGE_CONFIGURE),
)
_LONGEST = 80
"""Characters of an analysis, as samples take them."""


def layout(tab: str = "thresholds", material: str = "", analysis: str = "", **_: str) -> Page:
    """Draw the tab that the address names; an unknown one is the first."""
    principal = current_principal()
    chosen = MaterialType(material) if material in set(MaterialType) else None
    if tab == "barcodes" and principal.may(Permission.LABELS_CONFIGURE):
        return _tabbed(tab, [html.Div(series_list(), id=ids.SERIES), *_code_forms()], principal)
    if tab == "handling":
        parts: list[Component] = [html.Div(handling_list(), id=ids.HANDLING)]
        if chosen is not None:
            parts.append(_handling_form(chosen))
        return _tabbed(tab, parts, principal)
    if tab == "energy" and principal.may(Permission.STORAGE_CONFIGURE):
        return _tabbed(tab, [html.Div(energy_body(), id=ids.ENERGY)], principal)
    if tab == "expiry":
        return _tabbed(tab, [_leads()], principal)
    if chosen is not None:
        return _draft_page(chosen, analysis.strip().lower()[:_LONGEST], principal)
    return _tabbed("thresholds", _in_force(), principal)


def thresholds_body(material: MaterialType, analysis: str) -> list[Component]:
    """Return the draft and the versions of a material as the rows say now."""
    with reading() as session:
        every = qc_queries.thresholds(session, current_principal(), every_version=True)
    versions = [
        each
        for each in every
        if each.material_type is material and each.application.lower() == analysis
    ]
    older = thresholds.history(versions, zone=lab_zone())
    return [*thresholds.draft(material, analysis, versions), *([older] if older else [])]


def handling_list() -> Component:
    """Return the rules of handling as the rows say now."""
    with reading() as session:
        found = handling.policies(session, current_principal())
    return handling_parts.listed(found, zone=lab_zone())


def energy_body() -> list[Component]:
    """Return the versions of the price of electricity and the form of the next."""
    with reading() as session:
        prices = electricity.list_prices(session, current_principal())
    return [energy.listed(prices, zone=lab_zone()), energy.form(prices)]


def series_list() -> Component:
    """Return the series of codes as the rows say now."""
    with reading() as session:
        series, following = issuing.list_series(session), issuing.next_numbers(session)
    return codes.listed(series, following)


def _in_force() -> list[Component]:
    with reading() as session:
        sets = qc_queries.thresholds(session, current_principal())
    return [thresholds.in_force(sets, zone=lab_zone()), thresholds.begin()]


def _draft_page(material: MaterialType, analysis: str, principal: Principal) -> Page:
    return page(
        title=f"Thresholds: {thresholds.what_of(material, analysis)}",
        breadcrumb=[*_above(principal), Crumb("Rules of the laboratory", "/admin/rules")],
        children=[html.Div(thresholds_body(material, analysis), id=ids.THRESHOLDS)],
    )


def _handling_form(material: MaterialType) -> Component:
    with reading() as session:
        rules = handling.policy_of(session, material)
    return handling_parts.form(material, rules)


def _code_forms() -> list[Component]:
    with reading() as session:
        accepted = issuing.foreign_codes(session)
    return [codes.form(), codes.foreign(accepted)]


def _leads() -> Component:
    with reading() as session:
        return expiry.form(expiry_leads.lead_days(session))


def _above(principal: Principal) -> list[Crumb]:
    return [Crumb("Admin", "/admin")] if principal.may(Permission.USERS_MANAGE) else []


def _tabbed(selected: str, children: list[Component], principal: Principal) -> Page:
    tabs = [
        Tab(label, f"/admin/rules?tab={key}", selected=key == selected)
        for key, label, permission in _TABS
        if principal.may(permission)
    ]
    return page(
        title="Rules of the laboratory",
        breadcrumb=_above(principal),
        tabs=tabs,
        children=children,
    )
