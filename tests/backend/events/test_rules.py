"""What an event carries is its fields, as exact JSON."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest

from backend.events import rules

KEY = UUID(int=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeWeighed:
    TYPE: ClassVar[str] = "samples.tube_weighed"
    AGGREGATE: ClassVar[str] = "sample"
    aggregate_id: UUID
    mass_g: Decimal
    at: datetime


def test_the_payload_is_every_field_but_the_key() -> None:
    event = TubeWeighed(
        aggregate_id=KEY, mass_g=Decimal("0.10"), at=datetime(2026, 1, 2, tzinfo=UTC)
    )

    payload = rules.payload_of(event)

    assert payload == {"mass_g": "0.10", "at": "2026-01-02T00:00:00+00:00"}


def test_the_topic_of_an_event_is_its_domain() -> None:
    assert rules.topic_of("samples.tube_weighed") == "samples"


def test_nested_values_become_json_and_decimals_stay_exact() -> None:
    nested = {"on": date(2026, 1, 2), "volumes": (Decimal("1.10"), None), KEY: {True}}

    assert rules.as_json(nested) == {
        "on": "2026-01-02",
        "volumes": ["1.10", None],
        str(KEY): [True],
    }


def test_a_value_without_a_json_form_is_a_defect() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        rules.as_json(object())
