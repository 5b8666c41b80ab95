"""Dialogs of what is drawn from a sample, made from it, measured, agreed to and thrown away."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.samples.ids import Metric, QcVerdict
from backend.samples.qc_rules import NAMES, UNITS
from backend.samples.rules import MATERIAL_NAME, ZONE_NAME, shown_day
from dashboard import format as fmt
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_dialogs import answers, reason
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_words import VERDICTS

_ALL_THE_SAME = "Draw although nobody knows how much it holds"


def act_dialogs(facts: SampleFacts, principal: Principal) -> list[html.Dialog]:
    """Draw the dialogs; all of them always stand there for callbacks."""
    return [
        _aliquot(facts),
        _extract(facts),
        _volume(facts),
        _thaw(),
        _expiry(facts),
        _consent(),
        _withdraw(facts),
        _measure(),
        _verdict(principal),
        _overrule(principal),
        _discard(facts),
    ]


def withdraw_options(facts: SampleFacts) -> list[dict[str, str]]:
    """Return the consents that bind the sample and still hold."""
    return [
        {"value": view.reference, "label": f"{view.reference}: {view.scope}"}
        for view in facts.consents
        if view.withdrawn_at is None
    ]


def holds_sentence(facts: SampleFacts) -> str:
    """Say how much is in the tube."""
    held = fmt.volume(facts.sample.row.volume_ul)
    return f"It holds {held}." if held else "Nobody knows how much it holds."


def is_known(facts: SampleFacts) -> bool:
    """Say whether the tube's volume is known."""
    return facts.sample.row.volume_ul is not None


def takes_second(facts: SampleFacts) -> bool:
    """Say whether discarding the sample takes a second person's signature."""
    return facts.standing.lacks_witness or facts.standing.retained_until is not None


def discard_sentence(facts: SampleFacts) -> str:
    """Say what stays when the sample is discarded, and who signs."""
    if not takes_second(facts):
        return "Record, custody and history stay."
    kept = facts.standing.retained_until
    until = (
        f" It should be kept until {shown_day(kept)}: who manages projects signs." if kept else ""
    )
    who = "A second person signs with their own address and password."
    return f"Record, custody and history stay. {who}{until}"


def _aliquot(facts: SampleFacts) -> html.Dialog:
    return dialog(
        ids.ALIQUOT_DIALOG,
        "Make aliquots",
        error_summary({}, id=ids.ALIQUOT_PROBLEMS),
        html.P(holds_sentence(facts), id=ids.HOLDS["aliquot"], className="t2"),
        form_field(
            "Number of tubes",
            dbc.Input(id=ids.ALIQUOT_COUNT, type="number", min=1, max=96, value=1),
        ),
        form_field("Volume of each", _number(ids.ALIQUOT_VOLUME), unit="µL"),
        *_unknown(facts, ids.ALIQUOT_UNKNOWN, ids.UNKNOWN_BOXES["aliquot"]),
        answers("Make none", "Make aliquots", ids.ALIQUOT_SEND),
    )


def _extract(facts: SampleFacts) -> html.Dialog:
    materials = [
        {"value": material.value, "label": name}
        for material, name in MATERIAL_NAME.items()
        if material.value != facts.sample.row.material_type
    ]
    zones = [{"value": zone.value, "label": name} for zone, name in ZONE_NAME.items()]
    return dialog(
        ids.EXTRACT_DIALOG,
        "Register an extract",
        error_summary({}, id=ids.EXTRACT_PROBLEMS),
        html.P(holds_sentence(facts), id=ids.HOLDS["extract"], className="t2"),
        form_field("Type", dbc.Select(id=ids.EXTRACT_MATERIAL, options=materials, value="gdna")),
        form_field("Kept at", dbc.Select(id=ids.EXTRACT_ZONE, options=zones, value="-20")),
        form_field("Used", _number(ids.EXTRACT_USED), unit="µL", optional=True),
        form_field("Obtained", _number(ids.EXTRACT_VOLUME), unit="µL", optional=True),
        form_field(
            "Concentration", _number(ids.EXTRACT_CONCENTRATION), unit="ng/µL", optional=True
        ),
        answers("Register none", "Register extract", ids.EXTRACT_SEND),
    )


def _volume(facts: SampleFacts) -> html.Dialog:
    kinds = [
        {"value": "use", "label": "Used up"},
        {"value": "return", "label": "Put back"},
        {"value": "correction", "label": "Measured: this is what it holds"},
    ]
    return dialog(
        ids.VOLUME_DIALOG,
        "Use or correct the volume",
        error_summary({}, id=ids.VOLUME_PROBLEMS),
        html.P(holds_sentence(facts), id=ids.HOLDS["volume"], className="t2"),
        dbc.RadioItems(id=ids.VOLUME_KIND, name=ids.VOLUME_KIND, options=kinds, value="use"),
        form_field("Volume", _number(ids.VOLUME_UL), unit="µL"),
        *_unknown(facts, ids.VOLUME_UNKNOWN, ids.UNKNOWN_BOXES["volume"]),
        reason(ids.VOLUME_REASON),
        answers("Keep the volume", "Write it down", ids.VOLUME_SEND),
    )


def _thaw() -> html.Dialog:
    return dialog(
        ids.THAW_DIALOG,
        "Count a thaw",
        error_summary({}, id=ids.THAW_PROBLEMS),
        reason(ids.THAW_REASON),
        answers("Keep the count", "Count thaw", ids.THAW_SEND),
    )


def _expiry(facts: SampleFacts) -> html.Dialog:
    expires = facts.sample.expires_on
    return dialog(
        ids.EXPIRY_DIALOG,
        "Set until when it is good",
        error_summary({}, id=ids.EXPIRY_PROBLEMS),
        form_field(
            "Good until",
            dbc.Input(id=ids.EXPIRY_ON, type="date", value=expires.isoformat() if expires else ""),
            help_text="The last day; empty where it does not go off",
            optional=True,
        ),
        reason(ids.EXPIRY_REASON),
        answers("Keep the date", "Set date", ids.EXPIRY_SEND),
    )


def _consent() -> html.Dialog:
    return dialog(
        ids.CONSENT_DIALOG,
        "Tie a consent",
        error_summary({}, id=ids.CONSENT_PROBLEMS),
        form_field(
            "Reference",
            dbc.Input(id=ids.CONSENT_REFERENCE, value="", maxlength=100),
            help_text="As on the form",
        ),
        form_field(
            "What it allows",
            dbc.Input(id=ids.CONSENT_SCOPE, value="", maxlength=500),
            help_text="Only for a reference that is not on record yet",
            optional=True,
        ),
        form_field(
            "Holds until", dbc.Input(id=ids.CONSENT_EXPIRES, type="date", value=""), optional=True
        ),
        answers("Tie none", "Tie consent", ids.CONSENT_SEND),
    )


def _withdraw(facts: SampleFacts) -> html.Dialog:
    below = fmt.plural(len(facts.below), "sample", "samples")
    said = f"Every sample under it is put on hold, and all that came from them; here {below} below."
    return dialog(
        ids.WITHDRAW_DIALOG,
        "Withdraw a consent",
        error_summary({}, id=ids.WITHDRAW_PROBLEMS),
        html.P(f"{said} This cannot be taken back.", className="t2"),
        form_field("Consent", dbc.Select(id=ids.WITHDRAW_WHICH, options=withdraw_options(facts))),
        reason(ids.WITHDRAW_REASON),
        answers("Keep the consent", "Withdraw consent", ids.WITHDRAW_SEND),
    )


def _measure() -> html.Dialog:
    metrics = [
        {"value": metric.value, "label": f"{name} {UNITS[metric]}".strip()}
        for metric, name in NAMES.items()
        if metric is not Metric.VOLUME
    ]
    return dialog(
        ids.MEASURE_DIALOG,
        "Record a measurement",
        error_summary({}, id=ids.MEASURE_PROBLEMS),
        form_field("Metric", dbc.Select(id=ids.MEASURE_METRIC, options=metrics)),
        form_field("Value", _number(ids.MEASURE_VALUE)),
        form_field(
            "Method",
            dbc.Input(id=ids.MEASURE_METHOD, value="", maxlength=60),
            help_text="Such as Qubit or TapeStation",
        ),
        form_field(
            "Instrument",
            dbc.Input(id=ids.MEASURE_INSTRUMENT, value="", maxlength=60),
            optional=True,
        ),
        answers("Record nothing", "Record measurement", ids.MEASURE_SEND),
    )


def _verdict(principal: Principal) -> html.Dialog:
    # Going on after a failure is for who may overrule, so it has a dialog of its own.
    by_hand = (QcVerdict.PASS, QcVerdict.PASS_WITH_WARNING, QcVerdict.FAIL)
    options = [{"label": VERDICTS[verdict], "value": verdict.value} for verdict in by_hand]
    return dialog(
        ids.VERDICT_DIALOG,
        "Record a QC verdict",
        error_summary({}, id=ids.VERDICT_PROBLEMS),
        html.P(_signing_as(principal), className="t2"),
        form_field("Verdict", dbc.Select(id=ids.VERDICT, options=options)),
        reason(ids.VERDICT_REASON),
        _password("Your password", ids.VERDICT_PASSWORD),
        answers("Keep the verdict", "Sign and record", ids.VERDICT_SEND),
    )


def _overrule(principal: Principal) -> html.Dialog:
    options = [
        {"label": words, "value": verdict.value}
        for verdict, words in VERDICTS.items()
        if verdict is not QcVerdict.NONE
    ]
    return dialog(
        ids.OVERRULE_DIALOG,
        "Overrule quality control",
        error_summary({}, id=ids.OVERRULE_PROBLEMS),
        html.P(_signing_as(principal), className="t2"),
        form_field(
            "Verdict",
            dbc.Select(
                id=ids.OVERRULE_VERDICT, options=options, value=QcVerdict.FAIL_PROCEED.value
            ),
        ),
        reason(ids.OVERRULE_REASON),
        _password("Your password", ids.OVERRULE_PASSWORD),
        answers("Keep the verdict", "Sign and overrule", ids.OVERRULE_SEND),
    )


def _signing_as(principal: Principal) -> str:
    return f"You sign as {principal.name}. A later measurement voids the signature."


def _discard(facts: SampleFacts) -> html.Dialog:
    asked = takes_second(facts)
    return dialog(
        ids.DISCARD_DIALOG,
        "Discard the sample",
        error_summary({}, id=ids.DISCARD_PROBLEMS),
        html.P(discard_sentence(facts), id=ids.DISCARD_WHO, className="t2"),
        reason(ids.DISCARD_REASON),
        html.Div(
            [
                form_field(
                    "Address of the second person",
                    dbc.Input(id=ids.DISCARD_EMAIL, type="email", value="", autocomplete="off"),
                ),
                _password("Their password", ids.DISCARD_PASSWORD),
            ],
            id=ids.DISCARD_SECOND,
            hidden=not asked,
        ),
        answers("Keep the sample", "Discard sample", ids.DISCARD_SEND),
    )


def _unknown(facts: SampleFacts, field_id: str, box_id: str) -> Sequence[Component]:
    """Draw the box that lets a tube of unknown volume be drawn; hidden where it is known."""
    box = dbc.Checklist(id=field_id, options=[{"value": "yes", "label": _ALL_THE_SAME}], value=[])
    return [html.Div(box, id=box_id, hidden=is_known(facts))]


def _number(field_id: str) -> dbc.Input:
    return dbc.Input(id=field_id, value="", inputMode="decimal", autocomplete="off")


def _password(label: str, field_id: str) -> html.Div:
    field = dbc.Input(
        id=field_id, type="password", value="", maxlength=128, autocomplete="current-password"
    )
    return form_field(label, field)
