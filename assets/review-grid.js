/* The review grid of Register: what a person does becomes one action for the server; the problem
   of the focused cell stands beside it with its fix; F8 goes from problem to problem; Ctrl+V takes a
   block from a spreadsheet; Ctrl+Z takes a person's last change back and Ctrl+Y makes it again, both
   by the server, so that they outlive a reload; Ctrl+D copies the cell above. */
(function (ts) {
  "use strict";
  var GRID = "register-grid", ACTION = "register-action";
  var wanted = null;

  window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  var renderers = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  /* What the tooltip of a cell says: its problem, or the line of the form it came from. */
  window.dashAgGridFunctions.reviewTip = function (params) {
    var data = params.data || {};
    var problem = (data.problems || {})[params.colDef.field];
    if (problem) return problem.message;
    var line = (data.lines || {})[params.colDef.field];
    return line ? "From line " + line + " of the form" : "";
  };

  renderers.rowState = function (params) {
    var look = params.data && params.data.look;
    if (!look) return null;
    var make = window.React.createElement;
    return make("span", { title: look.word },
      make("i", { className: "bi bi-" + look.icon + " i-" + look.tone, "aria-hidden": true }),
      make("span", { className: "vh" }, look.word));
  };

  function api() {
    try { return window.dash_ag_grid.getApi ? window.dash_ag_grid.getApi(GRID) : null; } catch (missing) { return null; }
  }
  function host() { return document.getElementById(GRID); }
  function popover() { return document.getElementById("review-popover"); }
  function act(action) { ts.setProps(ACTION, { data: Object.assign({ at: Date.now() }, action) }); }

  function rows() {
    var all = [], grid = api();
    if (grid) grid.forEachNodeAfterFilterAndSort(function (node) { if (node.data) all.push(node); });
    return all;
  }
  function nodeOf(number) {
    return rows().find(function (node) { return node.data.number === number; }) || null;
  }
  function fieldsFrom(field) {
    var columns = api().getAllDisplayedColumns().map(function (column) { return column.getColDef(); })
      .filter(function (def) { return def.editable; }).map(function (def) { return def.field; });
    var at = columns.indexOf(field);
    return at < 0 ? columns : columns.slice(at);
  }

  /* ---- going to a cell, and from problem to problem */
  function focusCell(node, field, edit) {
    var grid = api();
    grid.ensureIndexVisible(node.rowIndex);
    grid.ensureColumnVisible(field);
    grid.setFocusedCell(node.rowIndex, field);
    if (edit) grid.startEditingCell({ rowIndex: node.rowIndex, colKey: field });
    window.setTimeout(function () { showProblem(node, field); }, 60);
  }

  function problems() {
    var order = fieldsFrom(null), list = [];
    rows().forEach(function (node) {
      order.forEach(function (field) {
        if ((node.data.marks || {})[field]) list.push({ node: node, field: field });
      });
    });
    return list;
  }

  function step(by, asked) {
    var list = problems(), grid = api();
    if (!grid) {
      // Pressed before the grid stands: it is done as soon as it does, unless the page is left.
      if (popover() && (asked || 0) < 100) window.setTimeout(function () { step(by, (asked || 0) + 1); }, 100);
      return;
    }
    var cell = grid.getFocusedCell(), order = fieldsFrom(null), next = null;
    var here = cell ? cell.rowIndex * 1000 + order.indexOf(cell.column.getColDef().field) : -1;
    var place = function (one) { return one.node.rowIndex * 1000 + order.indexOf(one.field); };
    if (by > 0) next = list.find(function (one) { return place(one) > here; });
    else next = list.slice().reverse().find(function (one) { return place(one) < here; });
    if (!next && goBeyond(by > 0 ? "after" : "before")) return;
    if (!next && !list.length) { ts.say("No problem is left."); return; }
    next = next || list[by > 0 ? 0 : list.length - 1];
    focusCell(next.node, next.field, false);
  }

  /* The next problem stands on another page of a long draft: that page is asked for first. */
  function goBeyond(side) {
    var pages = document.querySelector("[data-windowed]");
    if (!pages || !pages.dataset[side + "Row"]) return false;
    var state = pages.dataset.windowed === "all" ? "" : pages.dataset.windowed;
    wanted = { number: Number(pages.dataset[side + "Row"]), field: pages.dataset[side + "Field"], edit: false };
    show({ state: state, row: wanted.number });
    return true;
  }

  /* ---- the problem of the focused cell */
  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function hidePopover() {
    var pop = popover();
    if (pop) { pop.hidden = true; pop.removeAttribute("data-open"); pop.textContent = ""; }
    document.querySelectorAll(".eg.on").forEach(function (one) { one.classList.remove("on"); });
  }

  function showProblem(node, field) {
    var pop = popover(), problem = node && (node.data.problems || {})[field];
    hidePopover();
    if (!pop || !problem || api().getEditingCells().length) return;
    var cell = host().querySelector('[row-index="' + node.rowIndex + '"] [col-id="' + field + '"]');
    if (!cell) return;
    var parts = problem.message.split(/\. (.*)/s);
    pop.append(element("p", "sb", parts[1] ? parts[0] + "." : problem.message));
    if (parts[1]) pop.append(element("p", "t2", parts[1]));
    var line = (node.data.lines || {})[field];
    if (line) pop.append(element("p", "t3 sm", "From line " + line + " of the form."));
    pop.append(buttons(node, field, problem));
    place(pop, cell);
    markCause(problem.code, field);
    ts.say(problem.message);
  }

  function buttons(node, field, problem) {
    var row = element("div", "row-x");
    if (problem.fix !== null && problem.fix !== undefined) {
      var fix = element("button", "btn btn-sm btn-primary", "Use " + (problem.fix === "new" ? "a new barcode" : problem.fix));
      fix.type = "button";
      fix.dataset.reviewFix = "";
      fix.append(element("kbd", "kbd", "Enter"));
      fix.addEventListener("click", function () { useFix(node, field, problem.fix); });
      row.append(fix);
    }
    var edit = element("button", "btn btn-sm btn-ghost", "Edit");
    edit.type = "button";
    edit.addEventListener("click", function () { focusCell(node, field, true); });
    row.append(edit, element("span", "sp"));
    var next = element("span", "sm t3 row-x g6", "Next ");
    next.append(element("kbd", "kbd", "F8"));
    row.append(next);
    return row;
  }

  function useFix(node, field, text) {
    change([{ number: node.data.number, field: field, text: text }]);
  }

  function place(pop, cell) {
    pop.hidden = false;
    pop.setAttribute("data-open", "");
    var box = cell.getBoundingClientRect(), around = pop.parentElement.getBoundingClientRect();
    var left = Math.min(Math.max(box.left - around.left - 60, 8), Math.max(around.width - pop.offsetWidth - 8, 8));
    var below = box.bottom - around.top + 8;
    var fits = below + pop.offsetHeight < around.height;
    pop.style.left = left + "px";
    pop.style.top = (fits ? below : Math.max(box.top - around.top - pop.offsetHeight - 8, 4)) + "px";
  }

  function markCause(code, field) {
    document.querySelectorAll(".eg").forEach(function (one) {
      one.classList.toggle("on", one.dataset.causeCode === code && one.dataset.causeField === field);
    });
  }

  /* ---- changes */
  function change(edits) {
    hidePopover();
    act({ kind: "edit", edits: edits });
  }

  function fillDown() {
    var grid = api(), cell = grid.getFocusedCell();
    if (!cell || !cell.column.getColDef().editable) { ts.say("Go to the cell to copy first."); return; }
    var field = cell.column.getColDef().field, all = rows(), from = all[cell.rowIndex];
    var edits = all.slice(cell.rowIndex + 1).filter(function (node) { return !node.data[field]; })
      .map(function (node) { return { number: node.data.number, field: field, text: from.data[field] || "" }; });
    if (edits.length && from.data[field]) change(edits);
    else ts.say("There is no empty cell below.");
  }

  /* The next code of a series: S-009 gives S-010, without a figure at its end the text itself. */
  function counted(text, by) {
    var tail = /^(.*?)(\d+)$/.exec(text);
    if (!tail) return text;
    var next = String(BigInt(tail[2]) + BigInt(by));
    return tail[1] + next.padStart(tail[2].length, "0");
  }

  function fillSeries() {
    var grid = api(), cell = grid.getFocusedCell();
    if (!cell || !cell.column.getColDef().editable) { ts.say("Go to the cell to count up from first."); return; }
    var field = cell.column.getColDef().field, all = rows(), first = all[cell.rowIndex].data[field] || "";
    if (!/\d$/.test(first)) { ts.say("The cell must end in a figure to count up from."); return; }
    var edits = [];
    for (var at = cell.rowIndex + 1; at < all.length && !all[at].data[field]; at += 1) {
      edits.push({ number: all[at].data.number, field: field, text: counted(first, at - cell.rowIndex) });
    }
    if (edits.length) change(edits);
    else ts.say("The cell below is filled already.");
  }

  /* Ctrl+D, as spreadsheets have it: the focused cell takes the text of the one above. */
  function copyFromAbove() {
    var grid = api(), cell = grid.getFocusedCell();
    if (!cell || !cell.rowIndex || !cell.column.getColDef().editable) { ts.say("There is no cell above to copy."); return; }
    var field = cell.column.getColDef().field, all = rows(), node = all[cell.rowIndex];
    var text = all[cell.rowIndex - 1].data[field] || "";
    change([{ number: node.data.number, field: field, text: text }]);
    if (cell.rowIndex + 1 < all.length) grid.setFocusedCell(cell.rowIndex + 1, field);
  }

  function show(window_) { hidePopover(); ts.setProps("register-window", { data: window_ }); }

  function filter(state) {
    var grid = api();
    if (document.querySelector("[data-windowed]")) { show({ state: state, page: 0 }); return; }
    grid.setFilterModel(state ? { state: { filterType: "text", type: "equals", filter: state } } : null);
    hidePopover();
    press(state);
  }

  function press(state) {
    document.querySelectorAll("[data-review-filter]").forEach(function (one) {
      var on = one.dataset.reviewFilter === state;
      one.classList.toggle("on", on);
      one.setAttribute("aria-pressed", String(on));
    });
  }

  var ACTS = {
    fix: function (data) { act({ kind: "fix", code: data.actCode, field: data.actField }); },
    undo: function () { hidePopover(); act({ kind: "undo" }); },
    redo: function () { hidePopover(); act({ kind: "redo" }); },
    keep: function (data) { act({ kind: "keep", code: data.actCode, field: data.actField }); },
    map: function (data) { act({ kind: "map", column: Number(data.actColumn), field: data.actField }); },
    go: function (data) {
      var node = nodeOf(Number(data.actRow));
      if (node) focusCell(node, data.actField, data.actEdit === "1");
      else if (document.querySelector("[data-windowed]")) {
        wanted = { number: Number(data.actRow), field: data.actField, edit: data.actEdit === "1" };
        show({ state: "", row: Number(data.actRow) });
      }
      else { filter(""); window.setTimeout(function () { var late = nodeOf(Number(data.actRow)); if (late) focusCell(late, data.actField, data.actEdit === "1"); }, 60); }
    },
    next: function () { step(1); },
    previous: function () { step(-1); },
    add: function () { act({ kind: "add", count: 1 }); },
    fill: fillDown,
    series: fillSeries,
    window: function (data) { show({ state: data.actState || "", page: Number(data.actPage) }); },
    register: function () {
      var choice = document.querySelector("[data-commit]");
      if (choice && !choice.value) {
        ts.say("Some rows have errors. Choose what becomes of the others first.");
        choice.setAttribute("aria-invalid", "true");
        choice.focus();
        return;
      }
      var reason = document.querySelector("[data-reason]");
      if (reason && !reason.value.trim()) {
        ts.say("Write why the samples are changed; the audit trail keeps it.");
        reason.setAttribute("aria-invalid", "true");
        reason.focus();
        return;
      }
      hidePopover();
      act({ kind: "register", commit: choice ? choice.value : null, reason: reason ? reason.value : "" });
    },
  };

  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-act], [data-review-filter]");
    if (!control || !host() || control.disabled) return;
    if (control.hasAttribute("data-review-filter")) { filter(control.dataset.reviewFilter); return; }
    var doing = ACTS[control.dataset.act];
    if (doing) doing(control.dataset);
  });

  document.addEventListener("change", function (event) {
    var control = event.target;
    if (!control.dataset || !control.dataset.mapColumn) return;
    act({ kind: "map", column: Number(control.dataset.mapColumn), field: control.value });
  });

  document.addEventListener("paste", function (event) {
    if (!host() || ts.isTyping(event.target)) return;
    var text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!text.trim()) return;
    event.preventDefault();
    var grid = api(), cell = grid && grid.getFocusedCell();
    var node = cell ? rows()[cell.rowIndex] : null;
    act({
      kind: "paste", text: text, number: node ? node.data.number : null,
      fields: fieldsFrom(cell ? cell.column.getColDef().field : null),
    });
  });

  document.addEventListener("keydown", function (event) {
    if (!host()) return;
    var inGrid = host().contains(event.target);
    var pop = popover();
    var turn = !event.altKey && (event.ctrlKey || event.metaKey) && { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
    if (turn && !ts.isTyping(event.target)) {
      event.preventDefault();
      ACTS[turn]();
      return;
    }
    if (event.key === "Escape" && pop && !pop.hidden) { hidePopover(); return; }
    if (!inGrid || ts.isTyping(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
      event.preventDefault();
      copyFromAbove();
      return;
    }
    if (event.key === "Enter" && pop && !pop.hidden) {
      var fix = pop.querySelector("[data-review-fix]");
      if (fix) { event.preventDefault(); event.stopPropagation(); fix.click(); }
    }
  }, true);

  /* The focus of the grid moves by keys and pointer alike; the popover follows it. */
  document.addEventListener("focusin", function (event) {
    if (!host() || !host().contains(event.target)) return;
    var cell = event.target.closest && event.target.closest(".ag-cell");
    if (!cell) return;
    // The grid moves the focus while it draws, and must not be asked anything then.
    window.setTimeout(function () {
      var row = cell.closest("[row-index]");
      var node = row && api() ? rows()[Number(row.getAttribute("row-index"))] : null;
      if (node) showProblem(node, cell.getAttribute("col-id"));
      else hidePopover();
    }, 0);
  });

  window.dash_clientside.review = {
    go: function (href) {
      if (href) ts.go(href);
      return window.dash_clientside.no_update;
    },
    /* The draft's project is fixed; what it says otherwise is shown when it says something new,
       so that a choice made while the draft is drawn again stays. */
    context: function (draft) {
      var same = window.dash_clientside.no_update;
      // Fields that are made anew, as after another page, have been told nothing yet.
      var fields = document.getElementById("register-context"), told = fields && fields.told;
      if (fields) fields.told = draft;
      if (!draft || !draft.id) return [same, false, same, same, same, false];
      function news(key) {
        return told && told.id === draft.id && told[key] === draft[key] ? same : draft[key];
      }
      return [news("project"), true, news("received"), news("mode"), news("template"), Boolean(draft.stamped)];
    },
    /* The answer comes a moment after the project was chosen; a template picked meanwhile stays. */
    offered: function (offer, chosen) {
      return offer && chosen === offer.instead_of ? offer.template : window.dash_clientside.no_update;
    },
    drawn: function (data) {
      // The counts were drawn anew, the grid shows the rows that it showed.
      window.setTimeout(function () {
        var grid = api(), kept = grid && grid.getFilterModel().state;
        if (kept && !document.querySelector("[data-windowed]")) press(kept.filter);
      }, 120);
      if (wanted && data) {
        var going = wanted;
        wanted = null;
        window.setTimeout(function () {
          var late = nodeOf(going.number);
          if (late) focusCell(late, going.field, going.edit);
        }, 120);
      }
      return window.dash_clientside.no_update;
    },
    edited: function (changes) {
      if (!changes || !changes.length) return window.dash_clientside.no_update;
      var edits = changes.map(function (one) {
        return { number: one.data.number, field: one.colId, text: one.value === null || one.value === undefined ? "" : String(one.value) };
      });
      hidePopover();
      return { kind: "edit", edits: edits, at: Date.now() };
    },
    scanned: function (scan) {
      if (!scan || !scan.code) return window.dash_clientside.no_update;
      return { kind: "scan", code: scan.code, at: Date.now() };
    },
  };
})(window.tracseq);
