/* The keyboard map (DESIGN 6). Single keys rest while someone types, and can be switched off. */
(function (ts) {
  "use strict";
  var CHORD_MS = 1200;
  var chordAt = 0;

  function singleKeysOff() { return localStorage.getItem("tracseq-single-keys") === "off"; }

  function click(selector) {
    var element = document.querySelector(selector);
    if (!element) return false;
    element.click();
    return true;
  }

  function rows() {
    return Array.from(document.querySelectorAll("[data-list] [data-row]")).filter(function (row) {
      return row.offsetParent !== null;
    });
  }

  function step(by) {
    var all = rows();
    if (!all.length) return false;
    var here = document.activeElement && document.activeElement.closest("[data-row]");
    var next = all[Math.min(Math.max(all.indexOf(here) + by, 0), all.length - 1)];
    if (!next.hasAttribute("tabindex")) next.setAttribute("tabindex", "-1");
    next.focus();
    return true;
  }

  function inRow(selector) {
    var row = document.activeElement && document.activeElement.closest("[data-row]");
    var target = row && row.querySelector(selector);
    if (!target) return false;
    target.click();
    return true;
  }

  function goUp() {
    var crumbs = document.querySelectorAll("#page-crumbs a");
    if (!crumbs.length) return false;
    crumbs[crumbs.length - 1].click();
    return true;
  }

  function onRow() { return document.activeElement && document.activeElement.hasAttribute("data-row"); }

  var ACTIONS = {
    "/": function () { ts.focusSearch(document.getElementById("search")); return true; },
    "?": function () { ts.openDialog("shortcuts"); return true; },
    n: function () { return click('[data-key="n"]') || click('.side [data-nav="/register"]'); },
    z: function () { return ts.undoLast() || click('[data-key="z"]'); },
    j: function () { return step(1); },
    k: function () { return step(-1); },
    ArrowDown: function () { return onRow() && step(1); },
    ArrowUp: function () { return onRow() && step(-1); },
    x: function () { return inRow("[data-select]") || click('[data-key="x"]'); },
    Enter: function () { return onRow() && inRow("a[href], button"); },
    f: function () { return click('[data-key="f"]'); },
    e: function () { return click('[data-key="e"]'); },
    m: function () { return click('[data-key="m"]'); },
    1: function () { return click('[data-key="1"]'); },
    2: function () { return click('[data-key="2"]'); },
    3: function () { return click('[data-key="3"]'); },
    4: function () { return click('[data-key="4"]'); },
    5: function () { return click('[data-key="5"]'); },
    "[": function () { return click('[data-key="["]'); },
    "]": function () { return click('[data-key="]"]'); },
  };

  /* Esc: close a layer, then leave the field, then clear the selection, then go up one level. */
  function escape(event) {
    if (document.querySelector("dialog[open]")) return; // the browser closes it
    if (ts.closeTopLayer()) { event.preventDefault(); return; }
    if (ts.isTyping(document.activeElement)) { document.activeElement.blur(); return; }
    if (document.activeElement && document.activeElement.closest(".ag-root-wrapper, [role=grid], .boxmap")) return;
    if (click("[data-clear-selection]")) return;
    goUp();
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Escape") { escape(event); return; }
    if (/^F8$/.test(event.key)) {
      if (click(event.shiftKey ? '[data-key="Shift+F8"]' : '[data-key="F8"]')) event.preventDefault();
      return;
    }
    if (document.querySelector("dialog[open]") || singleKeysOff() || ts.isTyping(event.target)) return;
    // Inside a grid or a box map the arrows and letters are the grid's own.
    if (event.target.closest && event.target.closest(".ag-root-wrapper, [role=grid]") && event.key !== "/" && event.key !== "?") return;
    var key = event.key;
    var chord = Date.now() - chordAt < CHORD_MS && document.querySelector('.side [data-chord="' + CSS.escape(key) + '"]');
    if (!chord && key !== "g" && !ACTIONS[key]) return;
    // Arrows and Enter keep their own meaning where no row has the focus.
    if (key.length > 1 && !onRow()) return;
    event.preventDefault();
    ts.unlessScan(function () {
      chordAt = 0;
      if (chord) chord.click();
      else if (key === "g") chordAt = Date.now();
      else ACTIONS[key]();
    });
  });

  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-single-keys]");
    if (!control) return;
    var off = !singleKeysOff();
    localStorage.setItem("tracseq-single-keys", off ? "off" : "on");
    ts.nameSingleKeys();
  });

  /* The switch says what a press does, also in a window that was loaded after the last press. */
  ts.nameSingleKeys = function () {
    document.querySelectorAll("[data-single-keys]").forEach(function (control) {
      control.textContent = singleKeysOff() ? "Switch single keys on" : "Switch single keys off";
    });
  };
})(window.tracseq);
