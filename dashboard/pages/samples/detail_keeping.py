"""Regions of a sample's page: its relatives, its volume ledger, quality control, consent."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.auth.views import SignatureView
from backend.core.principal import Permission, Principal
from backend.samples import rules
from backend.samples.ids import QcVerdict, VolumeCause
from backend.samples.views import ConsentView, JudgementView, VolumeLine
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_words import verdict_words

_SHOWN = 8
_MOVED: dict[VolumeCause, str] = {
    VolumeCause.REGISTERED: "Registered",
    VolumeCause.ALIQUOT: "Aliquot",
    VolumeCause.DERIVATIVE: "Extracted",
    VolumeCause.POOL: "Pooled",
    VolumeCause.USE: "Used",
    VolumeCause.CORRECTION: "Corrected",
    VolumeCause.RETURN: "Put back",
    VolumeCause.DISPOSAL: "Discarded",
}


def ledger(facts: SampleFacts, principal: Principal, *, zone: ZoneInfo) -> html.Section:
    """Draw the newest lines of the volume ledger, and what is left."""
    aside = _act(principal, Permission.SAMPLES_EDIT, "Use or correct", ids.VOLUME_DIALOG)
    if not facts.ledger:
        said = "No volume was ever recorded. Correct it to begin its ledger."
        return panel("Volume", html.P(said, className="t3"), aside=aside, class_name="bt")
    newest = list(reversed(facts.ledger))[:_SHOWN]
    rows = [_line(line, zone=zone) for line in newest]
    heads = html.Tr([html.Th("What happened", scope="col"), html.Th("Volume", scope="col")])
    table = html.Table([html.Thead(heads), html.Tbody(rows)], className="tbl flush plain")
    hidden = len(facts.ledger) - len(newest)
    more = [html.P(f"{fmt.plural(hidden, 'older line', 'older lines')}.", className="t3")]
    return panel(
        "Volume",
        html.Div(table, className="tbl-x", tabIndex="0"),
        *(more if hidden else []),
        meta=_left(facts.ledger[-1].balance_ul),
        aside=aside,
        class_name="bt sd-events",
    )


def quality(facts: SampleFacts, principal: Principal, *, zone: ZoneInfo) -> html.Section:
    """Draw the judgement that stands, what it rests on, and who signed against the thresholds."""
    acts = [
        *_acts(principal, Permission.SAMPLES_EDIT, "Measure", ids.MEASURE_DIALOG),
        *_acts(principal, Permission.SAMPLES_EDIT, "QC verdict", ids.VERDICT_DIALOG),
        *_acts(principal, Permission.SAMPLES_OVERRIDE_QC, "Overrule", ids.OVERRULE_DIALOG),
        *(
            [button("Thresholds", size="sm", kind="ghost", href="/admin/rules")]
            if principal.may(Permission.SAMPLES_CONFIGURE)
            else []
        ),
    ]
    parts: list[Component] = [html.Div(acts, className="row-x")] if acts else []
    if not facts.judgements:
        known = QcVerdict(facts.sample.row.qc_verdict)
        said = (
            "Nobody has judged it yet."
            if known is QcVerdict.NONE
            else "The verdict came with the sample: what it rests on is not recorded here."
        )
        return panel("Quality control", html.P(said, className="t3"), *parts, class_name="bt")
    stands = facts.judgements[0]
    mark, words = verdict_words(stands.verdict)
    if stands.outcome is not None and stands.verdict is QcVerdict.NONE:
        words = "Pending: a required value lacks"
    lines = [html.Li(finding.said) for finding in stands.findings]
    signed = [
        _signature(each.signature, zone=zone)
        for each in facts.judgements
        if each.signature is not None
    ]
    return panel(
        "Quality control",
        html.P([html.Span([mark, words], className="st")]),
        html.Ul(lines, className="guards") if lines else html.Span(),
        *([html.P(f"“{stands.reason}”", className="t2")] if stands.reason else []),
        *signed,
        *parts,
        meta=_judged_by(stands),
        class_name="bt",
    )


def consent(facts: SampleFacts, principal: Principal) -> html.Section:
    """Draw the consents that bind the sample, its ancestors' included."""
    acts = [
        *_acts(principal, Permission.SAMPLES_EDIT, "Tie a consent", ids.CONSENT_DIALOG),
        *(
            _acts(principal, Permission.SAMPLES_HOLD, "Withdraw", ids.WITHDRAW_DIALOG)
            if any(each.withdrawn_at is None for each in facts.consents)
            else []
        ),
    ]
    known = [_consent(each) for each in facts.consents]
    nothing: list[Component] = [html.P("No consent is tied to it.", className="t3")]
    acting = [html.Div(acts, className="row-x")] if acts else []
    return panel("Consent", *(known or nothing), *acting, class_name="bt")


def keeping(
    facts: SampleFacts, principal: Principal, *, zone: ZoneInfo, now: datetime
) -> html.Section:
    """Draw how often it was thawed and until when it is good, with the acts for both."""
    sample = facts.sample
    expires = sample.expires_on
    expired = expires is not None and expires < now.astimezone(zone).date()
    good = "No date set"
    if expires is not None:
        good = fmt.calendar_day(expires, with_year=True) + (", expired" if expired else "")
    thawed = fmt.plural(sample.freeze_thaw_count, "cycle", "cycles")
    if facts.thaw_limit is not None:
        thawed = f"{thawed} of {facts.thaw_limit}"
    too_often = facts.thaw_limit is not None and sample.freeze_thaw_count >= facts.thaw_limit
    pairs: list[Component] = [
        html.Dt("Freeze and thaw"),
        html.Dd(_warned(thawed, too_often)),
        html.Dt("Good until"),
        html.Dd(_warned(good, expired)),
    ]
    acts = [
        *_acts(principal, Permission.SAMPLES_EDIT, "Count a thaw", ids.THAW_DIALOG),
        *_acts(principal, Permission.SAMPLES_EDIT, "Set the date", ids.EXPIRY_DIALOG),
    ]
    acting = [html.Div(acts, className="row-x")] if acts else []
    return panel("Keeping", html.Dl(pairs, className="kv"), *acting, class_name="bt")


def may_discard(facts: SampleFacts, principal: Principal) -> bool:
    """Say whether the page offers to discard the sample; its guards decide in the end."""
    step = rules.BY_ACTION["dispose"]
    return facts.standing.lifecycle in step.before and principal.may(step.permission)


def _line(line: VolumeLine, *, zone: ZoneInfo) -> html.Tr:
    moved = "measured" if line.delta_ul is None else f"{_signed(line.delta_ul)} µL"
    detail: list[Component | str] = [_MOVED[line.cause]]
    if line.counterpart_barcode:
        href = f"/samples/{quote(line.counterpart_barcode, safe='')}"
        detail += [" ", html.A(line.counterpart_barcode, href=href, className="mono")]
    if line.reason:
        detail.append(html.Span(f"“{line.reason}”", className="why-said"))
    left = html.Span(f"{_left(line.balance_ul)} left", className="why-said")
    told = f"{fmt.moment(line.at, zone)}, {line.actor_name}"
    return html.Tr(
        [
            html.Td(detail, className="said", title=told),
            html.Td([moved, left], className="num"),
        ]
    )


def _consent(view: ConsentView) -> html.Div:
    until = (
        "no end" if view.expires_on is None else fmt.calendar_day(view.expires_on, with_year=True)
    )
    mark = (
        icon("check-circle", Tone.OK) if view.problem is None else icon("x-octagon-fill", Tone.CRIT)
    )
    said = f"{view.scope}, until {until}" if view.problem is None else view.problem
    return html.Div(
        [html.B([mark, f" {view.reference}"]), html.P(said, className="t2")], className="st-x"
    )


def _signature(signature: SignatureView | None, *, zone: ZoneInfo) -> html.P:
    if signature is None:
        return html.P()
    told = (
        f"Signed by {signature.signer_name}, {fmt.moment(signature.signed_at, zone)}: "
        f"{signature.meaning}. Record {signature.record_digest[:12]}…"
    )
    if signature.voided_at is None:
        return html.P([icon("pen", Tone.OK), " ", told], className="t2")
    voided = (
        f"Voided {fmt.moment(signature.voided_at, zone)} by {signature.voided_by_name}: "
        f"{signature.void_reason}"
    )
    return html.P([icon("x-circle", Tone.OFF), " ", html.S(told), " ", voided], className="t3")


def _judged_by(judgement: JudgementView) -> str:
    if judgement.is_override:
        return f"overruled by {judgement.actor_name}"
    return f"by {judgement.thresholds}" if judgement.thresholds else f"by {judgement.actor_name}"


def _act(principal: Principal, permission: Permission, label: str, opens: str) -> Component | None:
    found = _acts(principal, permission, label, opens)
    return found[0] if found else None


def _acts(
    principal: Principal, permission: Permission, label: str, opens: str
) -> Sequence[Component]:
    return [button(label, size="sm", opens=opens)] if principal.may(permission) else []


def _warned(said: str, is_bad: bool) -> Component | str:  # noqa: FBT001 -- what the words say
    if not is_bad:
        return said
    return html.Span([icon("exclamation-triangle-fill", Tone.WARN), said], className="st")


def _left(balance_ul: Decimal | None) -> str:
    return "unknown" if balance_ul is None else fmt.volume(balance_ul)


def _signed(delta_ul: Decimal) -> str:
    return f"{delta_ul.normalize():+f}".replace("-", "−")
