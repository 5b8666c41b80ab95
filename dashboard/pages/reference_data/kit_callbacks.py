"""An index kit from files: looked at when they are dropped, kept when a person says so."""

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing.reference import service
from backend.sequencing.reference.kit_files import KitFile, KitReading, read_kit
from backend.sequencing.reference.umi_lines import umis_in
from backend.sequencing.reference.views import ReferenceView
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.reference_data import ids, kit_form
from dashboard.pages.reference_data.callbacks import show
from dashboard.pages.register.receiving import decoded
from dashboard.session import current_principal

_CONFIGURE = Permission.SEQUENCING_CONFIGURE
_FILES = (State(ids.KIT_FILE, "contents"), State(ids.KIT_FILE, "filename"))
_FIELDS = {
    "name": ids.KIT_NAME,
    "key": ids.KIT_NAME,
    "source": ids.KIT_SOURCE,
    "adapter_read1": ids.KIT_ADAPTER_1,
    "adapter_read2": ids.KIT_ADAPTER_2,
    "umis": ids.KIT_UMIS,
}


@page_callback(
    _CONFIGURE,
    Output(ids.KIT_FOUND, "children"),
    Input(ids.KIT_FILE, "contents"),
    # A renamed file has another name only.
    Input(ids.KIT_FILE, "filename"),
    Input(ids.KIT_REVERSED, "value"),
    prevent_initial_call=True,
)
def look(
    contents: Sequence[str] | None, names: Sequence[str] | None, chosen: str | None
) -> list[Component]:
    """Say what the files hold; nothing is kept."""
    if not contents:
        return kit_form.nothing_chosen()
    try:
        files = _files(contents, names)
    except AppError as refusal:
        return [html.P(refusal.message, className="err", role="alert")]
    # Whoever makes it is asked for when it is kept.
    reading = read_kit(files, maker="-", i5_is_reversed=kit_form.is_reversed(chosen))
    return kit_form.found(reading)


@page_callback(
    _CONFIGURE,
    Output(ids.KIT_FOUND, "children", allow_duplicate=True),
    Output(ids.KIT_PROBLEMS, "children"),
    Input(ids.KIT_KEEP, "n_clicks"),
    *_FILES,
    State(ids.KIT_REVERSED, "value"),
    State(ids.KIT_NAME, "value"),
    State(ids.KIT_MAKER, "value"),
    State(ids.KIT_SOURCE, "value"),
    State(ids.KIT_ADAPTER_1, "value"),
    State(ids.KIT_ADAPTER_2, "value"),
    State(ids.KIT_UMIS, "value"),
    prevent_initial_call=True,
    running=[(Output(ids.KIT_KEEP, "disabled"), True, False)],
)
def keep(
    presses: int | None,
    contents: Sequence[str] | None,
    names: Sequence[str] | None,
    chosen: str | None,
    *typed: str | None,
) -> tuple[Any, Any]:
    """Keep the kit and show it, or say what keeps it from that."""
    if not presses:
        return no_update, no_update
    name, maker, source, *carried = ((each or "").strip() for each in typed)
    if not contents:
        return no_update, error_summary({ids.KIT_NAME: "Choose a file first."}).children
    if not maker:
        said = "Say who makes the kit, in at most 60 letters."
        return no_update, error_summary({ids.KIT_MAKER: said}).children
    try:
        reading, kept = _import(
            contents, names, chosen, carried, name=name, maker=maker, source=source
        )
    except AppError as refusal:
        said_at = {
            _FIELDS.get(field, ids.KIT_NAME): sentence for field, sentence in refusal.fields.items()
        }
        return no_update, error_summary(said_at or {ids.KIT_NAME: refusal.message}).children
    if kept is not None:
        toast(f"{kept.name} is kept as version {kept.number}")
        show(kept)
    return kit_form.found(reading), []


def _import(
    contents: Sequence[str],
    names: Sequence[str] | None,
    chosen: str | None,
    carried: Sequence[str],
    *,
    name: str,
    maker: str,
    source: str,
) -> tuple[KitReading, ReferenceView | None]:
    files = _files(contents, names)
    read1, read2, umis = carried
    carries = {
        "adapter_read1": read1,
        "adapter_read2": read2,
        "umis": umis_in(umis.splitlines()),
    }
    with writing() as session:
        return service.import_index_kit(
            session,
            current_principal(),
            files=files,
            name=name,
            maker=maker,
            source=source,
            i5_is_reversed=kit_form.is_reversed(chosen),
            carries=carries,
        )


def _files(contents: Sequence[str], names: Sequence[str] | None) -> list[KitFile]:
    named = names or [""] * len(contents)
    return [KitFile(name, decoded(each)) for name, each in zip(named, contents, strict=True)]
