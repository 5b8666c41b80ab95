"""Every long table: AG Grid community, rows fetched in server-side windows.

    data_grid(ids.GRID, [column("barcode", "Barcode", pinned=True, link="/samples/{barcode}"), …],
              label="Samples")

    @page_callback(Permission.SAMPLES_VIEW,
                   Output(ids.GRID, "getRowsResponse"), Input(ids.GRID, "getRowsRequest"))
    def show_rows(request): …  → {"rowData": [...], "rowCount": 12482}

Colours are CSS variables, so light and dark need no callback (DESIGN 7).
"""

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag

GRID_THEME = {
    "function": (
        "themeQuartz.withParams({backgroundColor:'var(--ts-surface)',"
        "foregroundColor:'var(--ts-text)',accentColor:'var(--ts-accent)',"
        "borderColor:'var(--ts-line)',headerBackgroundColor:'var(--ts-surface-2)',"
        "headerTextColor:'var(--ts-text-2)',rowHoverColor:'var(--ts-hover)',"
        "selectedRowBackgroundColor:'var(--ts-selected)',fontFamily:'var(--ts-font)',"
        "fontSize:13,headerFontSize:12,headerFontWeight:500,rowHeight:32,headerHeight:30,"
        "wrapperBorder:false,wrapperBorderRadius:0,browserColorScheme:'inherit'})"
    )
}
BLOCK_ROWS = 200


def column(
    field: str,
    name: str,
    *,
    width: int | None = None,
    numeric: bool = False,
    mono: bool = False,
    pinned: bool = False,
    sortable: bool = True,
    renderer: str | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """Return a column; the unit stands in ``name``, the cell carries the number alone.

    ``renderer`` is a function of assets/grid.js: ``"barcodeLink"``, ``"sampleStatus"``, ….
    """
    classes = [name_ for name_, on in (("n", numeric), ("mono", mono)) if on]
    definition: dict[str, Any] = {
        "field": field,
        "headerName": name,
        "sortable": sortable,
        "cellClass": classes,
    }
    if width:
        definition["width"] = width
    if numeric:
        definition["type"] = "rightAligned"
    if pinned:
        definition["pinned"] = "left"
    if renderer:
        definition["cellRenderer"] = renderer
    return definition | extra


def data_grid(
    id: str,
    columns: Sequence[dict[str, Any]],
    *,
    label: str,
    rows: Sequence[dict[str, Any]] | None = None,
    row_key: str = "id",
    selectable: bool = False,
    options: dict[str, Any] | None = None,
    class_name: str = "ag-host",
    **extra: Any,
) -> dag.AgGrid:
    """Draw a grid. With ``rows`` they are all in the browser; without, windows are asked for."""
    grid_options: dict[str, Any] = {
        "theme": GRID_THEME,
        "suppressCellFocus": False,
        "suppressDragLeaveHidesColumns": True,
        "animateRows": False,
        "ensureDomOrder": True,
        "enableCellTextSelection": True,
        "tooltipShowDelay": 300,
        # AG Grid has no option for its accessible name: assets/grid.js takes it from here.
        "context": {"label": label},
    }
    if selectable:
        grid_options["rowSelection"] = {"mode": "multiRow", "enableClickSelection": False}
    if rows is None:
        grid_options |= {
            "cacheBlockSize": BLOCK_ROWS,
            "maxBlocksInCache": 10,
            "blockLoadDebounceMillis": 60,
            "infiniteInitialRowCount": 1,
        }
        extra["rowModelType"] = "infinite"
    else:
        extra["rowData"] = list(rows)
    return dag.AgGrid(
        id=id,
        columnDefs=list(columns),
        # Cells are texts as the server wrote them: a grid that guesses dates hides what is none.
        defaultColDef={"resizable": True, "suppressMovable": False, "cellDataType": False},
        dashGridOptions=grid_options | (options or {}),
        # Read in a sandbox that knows no String(): a call there makes every row id undefined.
        getRowId=f"params.data.{row_key}",
        className=class_name,
        style={"height": "100%"},
        **extra,
    )
