"""A label as it will be printed, of whatever a code leads to. Exported by service."""

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.labels import contents, place_labels, printing, sizes
from backend.labels.views import LabelContent, Layout
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from backend.storage import place_queries
from backend.storage import queries as storage_queries


def preview_label(
    session: ReadSession, principal: Principal, code: str, *, template: str | None, dpi: int
) -> Layout:
    """Return the label of a sample or a place as it will be printed; nothing is kept of it.

    ``code`` is a sample's barcode, or a place's barcode or path. Without a template a sample's
    label is a tube's and a place's is a box's.

    Raises:
        SampleNotFound: the code leads to nothing that the principal sees.
        TemplateNotFound: no such label.
        CodeTooLong: the code does not fit it.
    """
    principal.require(Permission.LABELS_PRINT)
    label, usual = _labelled(session, principal, code)
    (layout,) = printing.layouts_of(template or usual, [label], dpi=dpi)
    return layout


def _labelled(session: ReadSession, principal: Principal, code: str) -> tuple[LabelContent, str]:
    """Return what the label says, and the template that it has where none is named."""
    sample = samples_queries.find_by_barcode(session, principal, code)
    if sample is not None:
        return contents.of_samples(session, principal, [sample.id])[0], sizes.DEFAULT
    node = storage_queries.find_node(session, principal, code)
    if node is None:
        raise SampleNotFound(
            f"No sample of yours and no place carries the code {code.strip()}. Check the label."
        )
    (place,) = place_queries.views_of(session, [node])
    return place_labels.of_place(place), place_labels.TEMPLATE
