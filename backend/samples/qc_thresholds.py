"""Publishing thresholds. Exported by service.py.

A set is published whole and never changed: the next one takes its place for judgements to come,
and those made keep the version that they rest on.
"""

from sqlalchemy.exc import IntegrityError

from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import qc_queries, qc_rules
from backend.samples.errors import RegistrationRefused
from backend.samples.events import ThresholdsPublished
from backend.samples.qc_models import QcThreshold, QcThresholdSet
from backend.samples.qc_rules import Limits
from backend.samples.qc_schemas import ThresholdsIn
from backend.samples.views import ThresholdsView


def publish_thresholds(
    session: WriteSession,
    principal: Principal,
    *,
    given: ThresholdsIn,
    replaces: int | None = None,
) -> ThresholdsView:
    """Put a set of thresholds in force, as the next version of its material and application.

    ``replaces`` is the version that a person drafted from, 0 for none: another one in force by
    now is not written over unseen.

    Raises:
        RegistrationRefused: limits that contradict each other; each is named at its metric.
        Conflict: somebody published another version meanwhile.
    """
    principal.require(Permission.SAMPLES_CONFIGURE)
    refuse_faults(given)
    application = given.application.lower()
    newest = qc_queries.newest_version(session, given.material_type, application)
    if replaces is not None and replaces != newest:
        raise Conflict(
            f"Version {newest} was published meanwhile. Load the page again to see it; what you "
            "typed stands here until then."
        )
    version = newest + 1
    made = QcThresholdSet(
        material_type=given.material_type,
        application=application,
        version=version,
        reason=given.reason,
        published_by=principal.user_id,
        published_by_name=principal.name,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise Conflict(
            "Somebody published thresholds at this moment. Look at them first."
        ) from error
    session.add_all(QcThreshold(set_id=made.id, **each.model_dump()) for each in given.thresholds)
    event = ThresholdsPublished(
        aggregate_id=made.id,
        material_type=given.material_type.value,
        application=application,
        version=version,
    )
    events_service.record(
        session, principal, event, new=given.model_dump(exclude={"reason"}), reason=given.reason
    )
    session.refresh(made)
    return qc_queries.thresholds_view(session, made)


def refuse_faults(given: ThresholdsIn) -> None:
    """Refuse limits that contradict each other.

    Raises:
        RegistrationRefused: each is named at its metric.
    """
    faults = _faults(given)
    if faults:
        raise RegistrationRefused(" ".join(faults.values()), fields=faults)


def _faults(given: ThresholdsIn) -> dict[str, str]:
    faults = {}
    seen = set()
    for each in given.thresholds:
        fault = qc_rules.limits_fault(Limits(**each.model_dump()))
        if each.metric in seen:
            fault = f"{qc_rules.NAMES[each.metric]} stands twice. Give its limits once."
        seen.add(each.metric)
        if fault:
            faults[each.metric.value] = fault
    if not any(each.is_required for each in given.thresholds):
        faults["thresholds"] = "At least one metric must be required, or nothing could be pending."
    return faults
