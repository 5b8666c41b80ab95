"""Which version of a template a person means: its key alone, or KEY@VERSION."""

from backend.core.errors import InvalidInput
from backend.core.sessions import ReadSession
from backend.templates import definition_queries
from backend.templates.definition_views import TemplateView, VersionView
from backend.templates.errors import TemplateNotFound, TemplateNotInUse
from backend.templates.ids import VersionState


def version_named(session: ReadSession, named: str) -> VersionView:
    """Return the version that is named, of a key alone the one that senders are given now.

    Raises:
        InvalidInput: the text is neither KEY nor KEY@VERSION.
        TemplateNotFound: no such template, or no such version of it; the others are named.
        TemplateNotInUse: it is a draft still, or was taken out of use.
    """
    key, at, number = named.strip().partition("@")
    if at and not (number.isascii() and number.isdecimal()):
        raise InvalidInput(
            f"“{named}” names no version. Write the template as KEY or KEY@VERSION, such as "
            "blood-intake@2.",
            fields={"template": "Write KEY or KEY@VERSION."},
        )
    template = definition_queries.find_template(session, key)
    if template is None:
        raise TemplateNotFound(f"“{key}”", definition_queries.keys_in_use(session))
    if at:
        _refuse_version(template, int(number))
    found = (
        definition_queries.find_version(session, key, int(number))
        if at
        else definition_queries.newest_published(session, key)
    )
    if found is None:
        raise TemplateNotInUse(_not_in_use(template))
    return found


def _refuse_version(template: TemplateView, number: int) -> None:
    line = next((each for each in template.versions if each.number == number), None)
    instead = f" Use version {template.published.number}." if template.published else ""
    if line is None:
        known = [str(each.number) for each in reversed(template.versions)]
        raise TemplateNotFound(f"“{template.key}” version {number}", known)
    if line.state is VersionState.DRAFT:
        raise TemplateNotInUse(
            f"Version {number} of the template “{template.key}” is a draft. Publish it first."
            f"{instead}"
        )
    if line.state is VersionState.DEPRECATED:
        raise TemplateNotInUse(
            f"Version {number} of the template “{template.key}” is not in use any more: "
            f"{(line.deprecation_reason or 'no reason given').removesuffix('.')}.{instead}"
        )


def _not_in_use(template: TemplateView) -> str:
    newest = template.versions[0]
    if newest.state is VersionState.DRAFT:
        return f"The template “{template.key}” is a draft. Publish it first."
    why = (newest.deprecation_reason or "no reason given").removesuffix(".")
    return (
        f"The template “{template.key}” is not in use any more: {why}. "
        "Choose another, or publish a version of it."
    )
