/* The grid of samples: cells, row keys, opening a row, refreshing without losing the place. */
(function (ts) {
  "use strict";
  var GRID = "samples-grid";
  var renderers = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  var wired = null;
  var due = null;

  function el(tag, props) {
    return window.React.createElement.apply(null, [tag, props].concat(Array.prototype.slice.call(arguments, 2)));
  }

  function mark(name, tone, label) {
    return el("i", { className: "bi bi-" + name + " i-" + tone, role: "img", "aria-label": label, title: label, key: name });
  }

  function status(value) {
    return el("span", { className: "st st-" + value.tone, key: "st" },
      el("i", { className: "bi bi-" + value.icon, "aria-hidden": true }), value.word);
  }

  function place(value) {
    if (!value) return el("span", { className: "t3", key: "at" }, "Not placed");
    var parts = [];
    value.parts.forEach(function (part, index) {
      if (index) parts.push(el("i", { key: "s" + index }, "/"));
      parts.push(part);
    });
    return el("span", { className: "loc", title: value.title, key: "at" },
      el("span", { className: "mono el" }, parts),
      value.alarm ? mark("exclamation-octagon-fill", "crit", "freezer alarm") : null);
  }

  renderers.sampleStatus = function (params) {
    if (!params.value) return null;
    var holds = params.value.holds;
    var expired = params.value.expired;
    return el("span", { className: "row-x g6" }, status(params.value), holds ? mark("pause-circle-fill", "warn", "On hold: " + holds) : null,
      expired ? mark("exclamation-triangle-fill", "warn", "Expired, good until " + expired) : null);
  };

  renderers.sampleLocation = function (params) { return params.data ? place(params.value) : null; };

  renderers.sampleCard = function (params) {
    var row = params.data;
    if (!row) return null;
    return el("div", { className: "samp-card" },
      el("div", { className: "row-x" }, el("a", { href: row.href, className: "mono" }, row.barcode), el("span", { className: "sp" }), status(row.status)),
      el("div", { className: "row-x t2" }, el("span", { className: "el sp" }, row.name + " · " + row.type), el("span", { className: "num" }, row.volume ? row.volume + " µL" : "")),
      el("div", { className: "row-x t2" }, place(row.location), el("span", { className: "sp" }), el("span", { className: "num" }, row.registered)));
  };

  function api() {
    try { return window.dash_ag_grid.getApi ? window.dash_ag_grid.getApi(GRID) : null; } catch (missing) { return null; }
  }

  function showRange() {
    var grid = api(), place = document.getElementById("samples-range");
    if (!grid || !place) return;
    if (!grid.getDisplayedRowCount()) { place.textContent = ""; return; }
    var seen = grid.getVerticalPixelRange(), high = grid.getDisplayedRowAtIndex(0).rowHeight || 32;
    var first = Math.floor(seen.top / high) + 1, last = Math.min(Math.floor(seen.bottom / high), grid.getDisplayedRowCount());
    var total = grid.isLastRowIndexKnown() ? grid.getDisplayedRowCount().toLocaleString("en-GB") : "a list still being counted";
    place.textContent = first > 0 ? "Rows " + first.toLocaleString("en-GB") + " to " + last.toLocaleString("en-GB") + " of " + total : "";
  }

  /* On a phone a sample is a card, in the same windows. */
  function fit(grid) {
    // A grid on its way out still tells of its rows, with no columns left.
    var card = grid.isDestroyed() ? null : grid.getColumn("card");
    if (!card) return;
    var phone = window.matchMedia("(max-width: 640px)").matches;
    if (phone === card.isVisible()) return;
    grid.setColumnsVisible(grid.getColumns().map(function (c) { return c.getColId(); }).filter(function (id) {
      return id !== "card" && id.indexOf("ag-Grid") !== 0;
    }), !phone);
    grid.setColumnsVisible(["card"], phone);
    grid.setGridOption("rowHeight", phone ? 84 : undefined);
    grid.setGridOption("headerHeight", phone ? 0 : undefined);
    // Heights of windows are fixed; those that are there were made for the other height.
    grid.purgeInfiniteCache();
  }

  function sorted(grid) {
    var column = grid.getColumnState().find(function (state) { return state.sort; });
    if (!column || !location.pathname.match(/^\/samples\/?$/)) return;
    var query = new URLSearchParams(location.search);
    var wish = (column.sort === "desc" ? "-" : "") + column.colId;
    if (wish === "-registered") query.delete("sort"); else query.set("sort", wish);
    var text = query.toString().replace(/%3A/g, ":").replace(/%2C/g, ",");
    var address = location.pathname + (text ? "?" + text : "");
    if (address !== location.pathname + location.search) ts.go(address);
  }

  function open(event) {
    if (event.data && event.data.href) ts.go(event.data.href);
  }

  function keys(event) {
    var key = event.event.key, grid = event.api, row = event.rowIndex;
    if (key === "Enter") { open(event); return; }
    if (key === "x" && event.node.data) { event.node.setSelected(!event.node.isSelected()); return; }
    if (key === "f" || key === "e") { document.querySelector('[data-key="' + key + '"]').click(); event.event.preventDefault(); return; }
    if (key !== "j" && key !== "k" && key !== "J" && key !== "K") return;
    var next = Math.min(Math.max(row + (key.toLowerCase() === "j" ? 1 : -1), 0), grid.getDisplayedRowCount() - 1);
    if (event.event.shiftKey) {
      [row, next].forEach(function (index) { var node = grid.getDisplayedRowAtIndex(index); if (node && node.data) node.setSelected(true); });
    }
    grid.ensureIndexVisible(next);
    grid.setFocusedCell(next, event.column);
  }

  function wire() {
    var host = document.getElementById(GRID), grid = host && api();
    if (!grid || wired === grid) return;
    wired = grid;
    var table = host.querySelector("[role=grid], [role=treegrid]");
    if (table) table.setAttribute("aria-label", "Samples");
    // The grid takes a height once its first window is there, not before.
    if (grid.getDisplayedRowCount()) fit(grid);
    grid.addEventListener("modelUpdated", function () { fit(grid); });
    grid.addEventListener("cellClicked", function (event) {
      var target = event.event.target;
      if (event.column.getColId().indexOf("ag-Grid") === 0 || (target.closest && target.closest("a, button, input"))) return;
      if (String(window.getSelection())) return;
      open(event);
    });
    grid.addEventListener("cellKeyDown", keys);
    grid.addEventListener("sortChanged", function () { sorted(grid); });
    grid.addEventListener("modelUpdated", showRange);
    grid.addEventListener("bodyScroll", showRange);
    grid.addEventListener("viewportChanged", showRange);
    showRange();
  }

  new MutationObserver(function () { if (document.getElementById(GRID)) wire(); })
    .observe(document.documentElement, { childList: true, subtree: true });

  window.addEventListener("resize", function () { var grid = document.getElementById(GRID) && api(); if (grid && grid.getDisplayedRowCount()) fit(grid); });

  /* From outside the grid: j and k step into it, Esc and the cross give the selection up. */
  document.addEventListener("keydown", function (event) {
    if (!/^[jk]$/.test(event.key) || event.metaKey || event.ctrlKey || event.altKey) return;
    if (!document.getElementById(GRID) || ts.isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.target.closest && event.target.closest(".ag-root-wrapper")) return;
    var grid = api();
    if (!grid || !grid.getDisplayedRowCount()) return;
    event.preventDefault();
    grid.setFocusedCell(Math.max(grid.getFirstDisplayedRowIndex(), 0), grid.getAllDisplayedColumns()[1]);
  }, true);

  document.addEventListener("keydown", function (event) {
    var grid = event.key === "Escape" && document.getElementById(GRID) && !document.querySelector("dialog[open]") && api();
    if (grid && grid.getSelectedNodes().length && event.target.closest(".ag-root-wrapper")) { grid.deselectAll(); event.preventDefault(); }
  }, true);

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-clear-selection]")) return;
    var grid = document.getElementById(GRID) && api();
    if (grid) grid.deselectAll();
  });

  /* A row of the filter builder that goes takes the focus with it: the next thing to press has it. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("#samples-filter-rows .fb-row > .ib");
    if (button) window.setTimeout(function () { document.getElementById("samples-filter-add").focus(); }, 0);
  });

  window.dash_clientside.samples = {
    /* Many commits in a second are one question; the rows stay until the new ones are there. */
    refresh: function () {
      window.clearTimeout(due);
      due = window.setTimeout(function () {
        var grid = document.getElementById(GRID) && api();
        if (grid) grid.refreshInfiniteCache();
      }, 400);
      return window.dash_clientside.no_update;
    },
    /* Only between has a second end. */
    isSingle: function (way) { return way !== ".."; },
    close: function (told) {
      var dialog = told && told.close && document.getElementById(told.close);
      if (dialog && dialog.open) dialog.close();
      return window.dash_clientside.no_update;
    },
  };
})(window.tracseq);
