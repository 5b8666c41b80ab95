"""What was signed of a sample: meaning, signer, time, and whether it stands or what voided it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.auth.views import SignatureView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.components.tones import Tone


def standing_at(signatures: Sequence[SignatureView], at: datetime) -> list[SignatureView]:
    """Return the signatures that had been given by ``at``; what was voided later stood then."""
    return [
        each
        if each.voided_at is None or each.voided_at <= at
        else replace(each, voided_at=None, voided_by_name=None, void_reason=None)
        for each in signatures
        if each.signed_at <= at
    ]


def signature_table(signatures: Sequence[SignatureView], *, zone: ZoneInfo) -> list[Component]:
    """Draw every signature, newest first; nothing where nobody has signed."""
    if not signatures:
        return []
    heads = [html.Th(word, scope="col") for word in ("Signed", "Meaning", "By", "State")]
    rows = [_row(each, zone=zone) for each in signatures]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="tbl flush plain")
    return [
        html.H3("Signatures", className="sd-signed"),
        html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label="Signatures")),
    ]


def _row(signature: SignatureView, *, zone: ZoneInfo) -> html.Tr:
    digest = f"SHA-256 of what was signed: {signature.record_digest}"
    return html.Tr(
        [
            html.Td(
                fmt.moment(signature.signed_at, zone),
                className="t2 num",
                title=fmt.tooltip_time(signature.signed_at),
            ),
            html.Td(signature.meaning.capitalize(), className="said", title=digest),
            html.Td(signature.signer_name, className="t2"),
            html.Td(_state(signature, zone=zone), className="said"),
        ]
    )


def _state(signature: SignatureView, *, zone: ZoneInfo) -> html.Span:
    if signature.voided_at is None:
        return html.Span([icon("check-circle-fill", Tone.OK), "Valid"], className="st")
    said = (
        f"Voided {fmt.moment(signature.voided_at, zone)} by {signature.voided_by_name}: "
        f"{signature.void_reason}"
    )
    return html.Span([icon("x-circle", Tone.OFF), said], className="st st-wrap")
