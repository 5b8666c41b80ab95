"""The time before storage and the SPREC code that follows from it."""

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples import preanalytics, queries
from backend.samples.errors import PreanalyticalNotFound


class ElementOut(ApiOutput):
    """One element of the code; ``?`` where no letter is confirmed."""

    name: str
    code: str
    meaning: str
    inputs: str
    rule: str


class PreanalyticalOut(ApiOutput):
    """The code that counts, the derived one with its reasons, and whose record it is."""

    code: str
    sprec_version: str
    derived_code: str
    elements: list[ElementOut]
    version: int
    override_reason: str | None
    override_by_name: str | None
    inherited_from: str | None


def read_preanalytical(call: Call) -> PreanalyticalOut:
    """Return a sample's code, its own or its ancestor's."""
    with reading() as session:
        barcode = call.path["barcode"]
        key = queries.sample_id_of(session, call.caller, barcode)
        view = preanalytics.preanalytical_of(session, call.caller, key)
    if view is None:
        raise PreanalyticalNotFound(barcode)
    return PreanalyticalOut(
        code=view.code,
        sprec_version=view.sprec.version,
        derived_code=view.sprec.code,
        elements=[ElementOut.model_validate(each) for each in view.sprec.elements],
        version=view.version,
        override_reason=view.override_reason,
        override_by_name=view.override_by_name,
        inherited_from=view.inherited_from,
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/samples/{barcode}/preanalytical",
        handler=read_preanalytical,
        access=Permission.SAMPLES_VIEW,
        summary="What a sample went through before storage, as SPREC with its derivation",
        tag="Samples",
        answer=PreanalyticalOut,
    ),
)
