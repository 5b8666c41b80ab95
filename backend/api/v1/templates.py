"""Templates of sample lists: what they say, their workbooks, and making, changing, ending them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import definition_queries
from backend.templates.adapters.template_file import write_template
from backend.templates.definition_views import VersionView
from backend.templates.ids import TemplateKind, VersionState
from backend.templates.service import defining

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAYS = "Columns in their order, and rules between them: as `GET /api/v1/templates/{key}` has them."


class VersionQuery(ApiInput):
    """Which version."""

    version: int | None = Field(
        default=None, ge=1, description="The newest that is handed out where none is named."
    )


class NewTemplateIn(ApiInput):
    """A template; its first version is a draft."""

    key: str = Field(max_length=60)
    name: str = Field(max_length=120)
    kind: TemplateKind = TemplateKind.SAMPLE_INTAKE
    definition: dict[str, Any] = Field(description=_SAYS)


class DraftIn(ApiInput):
    """What the next version says."""

    definition: dict[str, Any] = Field(description=_SAYS)


class PublicationIn(ApiInput):
    """What is new in the version."""

    note: str = Field(max_length=500)


class DeprecationIn(ApiInput):
    """A version that is handed out no more, and why."""

    version: int = Field(ge=1)
    reason: str = Field(max_length=500)


class CloneIn(ApiInput):
    """The other template's key and name."""

    key: str = Field(max_length=60)
    name: str = Field(max_length=120)


class VersionLineOut(ApiOutput):
    """One version in a template's history."""

    number: int
    state: VersionState
    columns: int
    note: str
    published_at: datetime | None
    published_by_name: str | None
    deprecation_reason: str | None
    imports: int


class TemplateLineOut(ApiOutput):
    """A template with its versions, newest first."""

    key: str
    name: str
    kind: TemplateKind
    versions: list[VersionLineOut]


class SampleTemplatesOut(ApiOutput):
    """Every template, by name."""

    items: list[TemplateLineOut]


class VersionOut(ApiOutput):
    """A version with what it says; ``stamp`` is what its workbook carries."""

    template_key: str
    template_name: str
    kind: TemplateKind
    number: int
    state: VersionState
    note: str
    stamp: str
    definition: dict[str, Any]


def list_templates(call: Call) -> SampleTemplatesOut:
    """Return every template."""
    with reading() as session:
        found = definition_queries.list_templates(session, call.caller)
    return SampleTemplatesOut(items=[TemplateLineOut.model_validate(each) for each in found])


def get_version(call: Call) -> VersionOut:
    """Return a version."""
    asked = call.asked(VersionQuery)
    with reading() as session:
        found = definition_queries.get_version(
            session, call.caller, call.path["key"], asked.version
        )
    return _out(found)


def workbook(call: Call) -> Answer:
    """Return the workbook that senders fill in."""
    asked = call.asked(VersionQuery)
    with reading() as session:
        found = definition_queries.get_version(
            session, call.caller, call.path["key"], asked.version
        )
    name = f"{found.template_key}-v{found.number}.xlsx"
    return file_answer(write_template(found), WORKBOOK, name)


def create(call: Call) -> object:
    """Make a template."""
    sent = call.sent(NewTemplateIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: _out(
                defining.create_template(
                    session,
                    call.caller,
                    key=sent.key,
                    name=sent.name,
                    kind=sent.kind,
                    definition=defining.definition_of(sent.definition),
                )
            ),
        )


def set_draft(call: Call) -> VersionOut:
    """Set what the draft says; begins one where there is none."""
    definition = defining.definition_of(call.sent(DraftIn).definition)
    with writing() as session:
        defining.open_draft(session, call.caller, key=call.path["key"])
        saved = defining.save_draft(
            session, call.caller, key=call.path["key"], definition=definition
        )
    return _out(saved)


def publish(call: Call) -> object:
    """Hand the draft out from now on."""
    sent = call.sent(PublicationIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: _out(
                defining.publish(session, call.caller, key=call.path["key"], note=sent.note)
            ),
        )


def deprecate(call: Call) -> object:
    """Take a version out of use."""
    sent, key = call.sent(DeprecationIn), call.path["key"]
    with writing() as session:

        def make() -> VersionOut:
            defining.deprecate(
                session, call.caller, key=key, number=sent.version, reason=sent.reason
            )
            return _out(definition_queries.get_version(session, call.caller, key, sent.version))

        return once(session, call, make)


def clone(call: Call) -> object:
    """Make another template of the newest version."""
    sent = call.sent(CloneIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: _out(
                defining.clone_template(
                    session,
                    call.caller,
                    key=call.path["key"],
                    new_key=sent.key,
                    name=sent.name,
                )
            ),
        )


def _out(version: VersionView) -> VersionOut:
    return VersionOut(
        template_key=version.template_key,
        template_name=version.template_name,
        kind=version.kind,
        number=version.number,
        state=version.state,
        note=version.note,
        stamp=version.stamp,
        definition=version.definition.model_dump(mode="json"),
    )


_TAG = "Templates"
_MANAGE = Permission.TEMPLATES_MANAGE
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/templates",
        handler=list_templates,
        access=Permission.SAMPLES_VIEW,
        summary="Templates of sample lists with their versions",
        tag=_TAG,
        answer=SampleTemplatesOut,
    ),
    Route(
        method="POST",
        path="/api/v1/templates",
        handler=create,
        access=_MANAGE,
        summary="Make a template; its first version is a draft",
        tag=_TAG,
        body=NewTemplateIn,
        answer=VersionOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/templates/{key}",
        handler=get_version,
        access=Permission.SAMPLES_VIEW,
        summary="What a version says, by default the one that is handed out",
        tag=_TAG,
        query=VersionQuery,
        answer=VersionOut,
    ),
    Route(
        method="GET",
        path="/api/v1/templates/{key}/workbook",
        handler=workbook,
        access=Permission.SAMPLES_VIEW,
        summary="The workbook of a version, to be filled in",
        tag=_TAG,
        query=VersionQuery,
        answer=None,
        files=(WORKBOOK,),
    ),
    Route(
        method="PUT",
        path="/api/v1/templates/{key}/draft",
        handler=set_draft,
        access=_MANAGE,
        summary="Set what the next version says",
        tag=_TAG,
        body=DraftIn,
        answer=VersionOut,
    ),
    Route(
        method="POST",
        path="/api/v1/templates/{key}/publication",
        handler=publish,
        access=_MANAGE,
        summary="Publish the draft; it never changes again",
        tag=_TAG,
        body=PublicationIn,
        answer=VersionOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/templates/{key}/deprecation",
        handler=deprecate,
        access=_MANAGE,
        summary="Take a published version out of use; lists made of it still import",
        tag=_TAG,
        body=DeprecationIn,
        answer=VersionOut,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/templates/{key}/clones",
        handler=clone,
        access=_MANAGE,
        summary="Make another template whose draft says the same",
        tag=_TAG,
        body=CloneIn,
        answer=VersionOut,
        status=201,
        once=True,
    ),
)
