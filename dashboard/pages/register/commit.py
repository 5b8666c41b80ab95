"""The choice beside the Register button, and what the button says."""

from dash import html
from dash.development.base_component import Component

from backend.templates.ids import LONGEST_REASON, CommitMode
from backend.templates.reading.batch import RowState
from backend.templates.views import DraftView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data


def commit_choice(errors: int) -> Component:
    """Draw what is to become of the good rows while others have errors; nothing is preselected."""
    options = [
        html.Option(f"{fmt.count(errors)} with errors: choose", value=""),
        html.Option("Register the good rows, keep the others", value=CommitMode.VALID_ROWS.value),
        html.Option("All rows or none", value=CommitMode.ALL_OR_NOTHING.value),
    ]
    return html.Select(
        options,
        key="commit",
        className="form-select sm",
        **data(commit=""),
        **aria(label="When rows have errors"),
    )


def reason_field(changed: int) -> Component:
    """Draw where a person says why registered samples are changed; the audit trail keeps it."""
    samples = "a sample is" if changed == 1 else f"{fmt.count(changed)} samples are"
    return html.Textarea(
        key="reason",
        rows=1,
        maxLength=LONGEST_REASON,
        placeholder=f"Why {samples} changed",
        className="form-control sm",
        **data(reason=""),
        **aria(label=f"Why {samples} changed"),
    )


def register_label(view: DraftView | None) -> str:
    """Return what the one button does, in figures."""
    new = view.ready if view else 0
    changed = view.count(RowState.UPDATE) if view else 0
    rows = f"{fmt.count(new)} {'row' if new == 1 else 'rows'}"
    if not changed:
        return f"Register {rows}"
    if new:
        return f"Register {rows}, change {fmt.count(changed)}"
    return f"Change {fmt.count(changed)} {'sample' if changed == 1 else 'samples'}"
