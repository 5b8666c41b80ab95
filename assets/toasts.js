/* One toast at a time, 8 s unless hovered or focused; a problem stays until it is closed. */
(function (ts) {
  "use strict";
  var SHOWN_MS = 8000, UNDO_MS = 10000;
  var ICONS = { ok: "check-circle-fill", warn: "exclamation-triangle-fill", crit: "exclamation-octagon-fill", info: "info-circle" };
  var timer = null, undo = null;

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function clear() {
    var place = document.getElementById("toasts");
    if (place) place.textContent = "";
    window.clearTimeout(timer);
  }

  ts.undoLast = function () {
    if (!undo || Date.now() > undo.until) return false;
    ts.setProps(undo.store, { data: Object.assign({ at: Date.now() }, undo.data) });
    undo = null;
    clear();
    return true;
  };

  ts.toast = function (told) {
    var place = document.getElementById("toasts");
    if (!place || !told) return;
    clear();
    var stays = told.tone === "crit" || told.tone === "warn";
    var box = make("div", "toastx");
    var icon = make("i", "bi bi-" + (ICONS[told.tone] || ICONS.info));
    icon.setAttribute("aria-hidden", "true");
    box.append(icon, make("span", "sp", told.message));
    if (told.reference) box.append(make("span", "ref", told.reference));
    if (told.link) {
      var link = make("a", "go", told.link[0]);
      link.href = told.link[1];
      box.append(link);
    }
    undo = told.undo ? Object.assign({ until: Date.now() + UNDO_MS }, told.undo) : null;
    if (undo) {
      var button = make("button", "go", "Undo");
      button.type = "button";
      button.addEventListener("click", ts.undoLast);
      box.append(button, make("kbd", "kbd", "z"));
    }
    var close = make("button", "x bi bi-x-lg");
    close.type = "button";
    close.setAttribute("aria-label", "Close message");
    close.addEventListener("click", clear);
    box.append(close);
    place.append(box);
    if (stays) return;
    var leave = function () { timer = window.setTimeout(clear, SHOWN_MS); };
    var stay = function () { window.clearTimeout(timer); };
    box.addEventListener("mouseenter", stay);
    box.addEventListener("focusin", stay);
    box.addEventListener("mouseleave", leave);
    box.addEventListener("focusout", leave);
    leave();
  };

  window.dash_clientside.toasts = {
    show: function (told) {
      ts.toast(told);
      return window.dash_clientside.no_update;
    },
  };
})(window.tracseq);
