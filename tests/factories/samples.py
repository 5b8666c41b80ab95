"""Projects and samples of tests."""

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import service
from backend.samples.ids import MaterialType, QcVerdict, SampleId, TemperatureClass
from backend.samples.schemas import SampleRegistration
from backend.samples.views import JudgementView, ProjectView, Registered
from tests.factories.people import PASSWORD, make_user

_numbers = itertools.count(1)

EVERYBODY = Principal(
    user_id=None,
    name="Test laboratory",
    permissions=frozenset(Permission),
    origin=Origin.UI,
    request_id="factory",
)
"""May do everything and sees every project; for setting a scene, not for being tested."""


def make_project(session: WriteSession, code: str | None = None) -> ProjectView:
    """Add a project; its code is new unless given."""
    code = code or f"PROJ-{next(_numbers)}"
    return service.add_project(session, EVERYBODY, code=code, name=f"Project {code}")


def registration(project_code: str, **given: Any) -> SampleRegistration:
    """Return a fine registration; the test names what it is about."""
    values: dict[str, Any] = {
        "project_code": project_code,
        "name": f"Sample {next(_numbers)}",
        "material_type": MaterialType.GDNA,
        "temperature_class": TemperatureClass.MINUS_20,
        "volume_ul": Decimal(50),
        **given,
    }
    return SampleRegistration(**values)


def make_sample(session: WriteSession, project_code: str | None = None, **given: Any) -> Registered:
    """Register a sample, in a project of its own unless one is named."""
    code = project_code or make_project(session).code
    return service.register_sample(session, EVERYBODY, registration=registration(code, **given))


def make_samples(session: WriteSession, count: int, **given: Any) -> list[SampleId]:
    """Register several samples of one project and return their keys."""
    code = make_project(session).code
    return [make_sample(session, code, **given).id for _ in range(count)]


def judge_by_hand(
    session: WriteSession, sample_id: SampleId, verdict: QcVerdict = QcVerdict.PASS
) -> None:
    """Have a person sign a verdict of a sample."""
    user = make_user(session)
    outcome = service.record_qc_verdict(
        session,
        replace(EVERYBODY, user_id=user.id, name=user.name),
        sample_id=sample_id,
        verdict=verdict,
        reason="Gel looked fine",
        password=PASSWORD,
    )
    assert isinstance(outcome, JudgementView), outcome
