"""The laboratory's own rules: drafted, counted and published by who may, and kept when refused."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.samples import expiry_leads, handling, issuing, qc_queries, service
from backend.samples.ids import MaterialType, Metric
from backend.samples.qc_schemas import Measured, ThresholdIn, ThresholdsIn
from backend.samples.views import ThresholdsView
from dashboard import gate
from dashboard.pages.admin.rules import ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY, make_sample

SignedIn = Callable[..., FlaskClient]

INVESTIGATOR, ADMINISTRATOR = Role.PRINCIPAL_INVESTIGATOR, Role.ADMINISTRATOR
STRICT = {("din", "asked"): "required", ("din", "fail_low"): "5", ("din", "warn_low"): "7,5"}


def page_of(client: FlaskClient, search: str) -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/admin/rules"), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_data(as_text=True)


def press(client: FlaskClient, output: str, button: Any, *state: tuple[str, str, Any]) -> Any:
    body = callback_request(output, inputs=[(button, "n_clicks", 1)], state=list(state))
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def draft(
    material: MaterialType, version: int, typed: dict[tuple[str, str], str], reason: str = "Run 12"
) -> list[tuple[str, str, Any]]:
    which = {"material": material.value, "analysis": "", "version": version}
    fields: list[tuple[str, str, Any]] = []
    for metric in Metric:
        chosen = typed.get((metric.value, "asked"), "no")
        fields.append((ids.asked(metric.value), "value", chosen))
        fields += [
            (ids.edge(metric.value, edge), "value", typed.get((metric.value, edge), ""))
            for edge in ids.EDGES
        ]
    return [(ids.WHICH, "data", which), (ids.REASON, "value", reason), *fields]


def publish(material: MaterialType) -> None:
    limit = ThresholdIn(metric=Metric.DIN, fail_low=Decimal(3))
    given = ThresholdsIn(material_type=material, thresholds=(limit,), reason="Begin")
    with writing() as session:
        service.publish_thresholds(session, EVERYBODY, given=given)


def versions(material: MaterialType) -> list[ThresholdsView]:
    with reading() as session:
        every = qc_queries.thresholds(session, EVERYBODY, every_version=True)
    return [each for each in every if each.material_type is material]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("", "Draft thresholds"),
        ("?tab=thresholds&material=serum", "Draft version 1"),
        ("?tab=handling&material=serum", "Change Serum"),
        ("?tab=barcodes", "Series of barcodes"),
        ("?tab=expiry", "Notices of expiry"),
        ("?tab=energy", "Price of electricity"),
    ],
)
def test_every_part_is_drawn(signed_in: SignedIn, search: str, said: str) -> None:
    assert said in page_of(signed_in(ADMINISTRATOR), search)


def test_who_sets_up_no_labels_is_shown_no_barcodes(signed_in: SignedIn) -> None:
    drawn = page_of(signed_in(INVESTIGATOR), "?tab=barcodes")

    assert "Thresholds in force" in drawn
    assert "Series of barcodes" not in drawn
    assert "tab=barcodes" not in drawn


def test_a_price_is_set_in_versions_and_a_refused_one_changes_nothing(
    signed_in: SignedIn,
) -> None:
    client = signed_in(ADMINISTRATOR)
    output = f"..{ids.ENERGY}.children...{ids.PRICE_PROBLEMS}.children.."

    def save(price: str, version: int) -> Any:
        typed = [
            (ids.PRICE_VERSION, "data", version),
            (ids.PRICE, "value", price),
            (ids.CURRENCY, "value", "eur"),
            (ids.PRICE_REASON, "value", "Contract of 2026"),
        ]
        return press(client, output, ids.PRICE_SAVE, *typed)

    refused = save("cheap", 0)
    drawn = save("0,32", 0)
    late = save("0.40", 0)

    assert "The price of a kWh is a number above 0" in str(refused[ids.PRICE_PROBLEMS])
    assert ids.ENERGY not in refused
    assert "0.32\xa0EUR a kWh holds" in str(drawn[ids.ENERGY]).replace("\\xa0", "\xa0")
    assert "Version 1 of the price was set meanwhile." in str(late[ids.PRICE_PROBLEMS])


def test_who_does_not_set_up_storage_is_shown_no_price(signed_in: SignedIn) -> None:
    drawn = page_of(signed_in(INVESTIGATOR), "?tab=energy")

    assert "Thresholds in force" in drawn
    assert "tab=energy" not in drawn


def test_a_draft_is_counted_and_then_published_as_the_next_version(signed_in: SignedIn) -> None:
    material = MaterialType.PLASMA
    publish(material)
    with writing() as session:
        sample = make_sample(session, material_type=material, temperature_class="-80").id
        value = Measured(metric=Metric.DIN, value=Decimal(6), method="TapeStation")
        service.record_measurements(session, EVERYBODY, sample_id=sample, measured=[value])
    client = signed_in(ADMINISTRATOR)
    typed = draft(material, 1, STRICT)

    counted = press(
        client, f"..{ids.EFFECT}.children...{ids.PROBLEMS}.children..", ids.COUNT, *typed
    )
    before = len(versions(material))
    published = press(client, f"{ids.THRESHOLDS}.children", ids.PUBLISH, *typed)

    assert "1 of 1 verdict would differ." in str(counted[ids.EFFECT])
    assert "Passed with a warning" in str(counted[ids.EFFECT])
    assert (before, len(versions(material))) == (1, 2)
    newest = versions(material)[0]
    assert (newest.version, newest.reason, newest.limits[0].warn_low) == (
        2,
        "Run 12",
        Decimal("7.5"),
    )
    assert "Draft version 3" in str(published[ids.THRESHOLDS])


@pytest.mark.parametrize(
    ("typed", "reason", "said"),
    [
        ({}, "Run 12", "Nothing is asked yet"),
        (STRICT, " ", "Write why the thresholds change"),
        ({**STRICT, ("din", "fail_low"): "8"}, "Run 12", "must rise"),
        ({**STRICT, ("din", "fail_low"): "much"}, "Run 12", "must be a number"),
        ({**STRICT, ("din", "fail_low"): "5.00001"}, "Run 12", "four digits"),
        ({**STRICT, ("rin", "fail_low"): "5"}, "Run 12", "RIN has limits and is not asked"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_and_what_was_typed_stays(
    signed_in: SignedIn, typed: dict[tuple[str, str], str], reason: str, said: str
) -> None:
    material = MaterialType.SALIVA

    answer = press(
        signed_in(INVESTIGATOR),
        f"{ids.THRESHOLDS}.children",
        ids.PUBLISH,
        *draft(material, 0, typed, reason),
    )

    assert said in str(answer[ids.PROBLEMS])
    assert ids.THRESHOLDS not in answer
    assert versions(material) == []


def test_what_somebody_else_published_is_not_written_over(signed_in: SignedIn) -> None:
    material = MaterialType.TISSUE
    publish(material)

    answer = press(
        signed_in(INVESTIGATOR),
        f"{ids.THRESHOLDS}.children",
        ids.PUBLISH,
        *draft(material, 0, STRICT),
    )

    assert "Version 1 was published meanwhile" in str(answer[ids.PROBLEMS])
    assert len(versions(material)) == 1


def save_handling(client: FlaskClient, thaws: str, keep: str) -> Any:
    return press(
        client,
        f"{ids.HANDLING}.children",
        ids.HANDLING_SAVE,
        (ids.HANDLING_WHICH, "data", "urine"),
        (ids.THAWS, "value", thaws),
        (ids.GOOD_FOR, "value", ""),
        (ids.KEEP_FOR, "value", keep),
        (ids.WITNESSED, "value", ["yes"]),
    )


def test_rules_of_handling_are_set_whole_or_not_at_all(signed_in: SignedIn) -> None:
    client = signed_in(INVESTIGATOR)

    refused = save_handling(client, "3", "for ever")
    with reading() as session:
        nothing = handling.policy_of(session, MaterialType.URINE)
    save_handling(client, "3", "3650")

    assert "Kept for must be 1 to 365,000" in str(refused[ids.HANDLING_PROBLEMS])
    assert nothing.thaw_limit is None
    with reading() as session:
        rules = handling.policy_of(session, MaterialType.URINE)
    assert (rules.thaw_limit, rules.good_for_days, rules.keep_for_days) == (3, None, 3650)
    assert rules.disposal_witnessed


def add_series(client: FlaskClient, prefix: str, digits: str = "6") -> Any:
    return press(
        client,
        f"{ids.SERIES}.children",
        ids.SERIES_ADD,
        (ids.PREFIX, "value", prefix),
        (ids.DIGITS, "value", digits),
        (ids.START_AT, "value", "41"),
        (ids.MATERIALS, "value", ["blood"]),
    )


def press_act(client: FlaskClient, prefix: str) -> Any:
    button = ids.series_act(prefix)
    body = callback_request(f"{ids.SERIES}.children@", inputs=[], state=[])
    body["inputs"] = [[{"id": button, "property": "n_clicks", "value": 1}]]
    body["changedPropIds"] = [
        f"{json.dumps(button, sort_keys=True, separators=(',', ':'))}.n_clicks"
    ]
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def test_a_series_is_made_and_closed_and_never_changed(signed_in: SignedIn) -> None:
    client = signed_in(ADMINISTRATOR)

    wrong = add_series(client, "1x", "3")
    made = add_series(client, "rlx")
    again = add_series(client, "RLX", "8")
    closed = press_act(client, "RLX")

    assert "capitals and digits" in str(wrong[ids.SERIES_PROBLEMS])
    assert "RLX-000041" in str(made[ids.SERIES])
    assert "There is a series RLX already" in str(again[ids.SERIES_PROBLEMS])
    assert "Open again" in str(closed[next(iter(closed))])
    with reading() as session:
        (series,) = [e.series for e in issuing.list_series(session) if e.series.prefix == "RLX"]
    assert (series.digits, series.material_types, series.is_active) == (
        6,
        (MaterialType.BLOOD,),
        False,
    )


def test_lead_times_are_typed_with_commas(signed_in: SignedIn) -> None:
    client = signed_in(INVESTIGATOR)

    def save(typed: str) -> Any:
        return press(
            client,
            f"..{ids.LEADS}.value...{ids.LEADS_REASON}.value...{ids.LEADS_PROBLEMS}.children..",
            ids.LEADS_SAVE,
            (ids.LEADS, "value", typed),
            (ids.LEADS_REASON, "value", "SOP 4"),
        )

    refused, saved = save("30, soon"), save("7, 60,30")

    assert "1 to 730 days" in str(refused[ids.LEADS_PROBLEMS])
    assert saved[ids.LEADS]["value"] == "60, 30, 7"
    with reading() as session:
        assert expiry_leads.lead_days(session) == [60, 30, 7]
