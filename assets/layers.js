/* Dialogs and popovers. A control names what it opens: data-dialog, data-pop; data-close closes. */
(function (ts) {
  "use strict";
  var opener = null;

  ts.openDialog = function (id) {
    var dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    forgetRefusals(dialog);
    ts.nameSingleKeys();
    dialog.showModal();
  };

  /* What was refused the last time, before Esc, is not said of what is asked now. */
  function forgetRefusals(dialog) {
    dialog.querySelectorAll(".sum[id], .err-x[id]").forEach(function (box) {
      if (box.firstElementChild) ts.setProps(named(box.id), { children: [] });
    });
  }

  function named(id) { return id.charAt(0) === "{" ? JSON.parse(id) : id; }

  ts.closePopovers = function () {
    document.querySelectorAll(".pop[data-open]").forEach(function (pop) { show(pop, false); });
  };

  ts.closeTopLayer = function () {
    var dialog = document.querySelector("dialog[open]");
    if (dialog) { dialog.close(); return true; }
    var pop = document.querySelector(".pop[data-open]");
    if (!pop) return false;
    show(pop, false);
    if (opener) opener.focus();
    return true;
  };

  function show(pop, visible) {
    pop.hidden = !visible;
    pop.toggleAttribute("data-open", visible);
    document.querySelectorAll('[data-pop="' + pop.id + '"]').forEach(function (control) {
      control.setAttribute("aria-expanded", String(visible));
    });
  }

  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-pop], [data-dialog], [data-close], [data-focus]");
    var inside = event.target.closest && event.target.closest(".pop");
    if (control && control.dataset.pop) {
      var pop = document.getElementById(control.dataset.pop);
      var opening = pop && !pop.hasAttribute("data-open");
      ts.closePopovers();
      if (opening) { opener = control; show(pop, true); ts.markPreferences(); }
      return;
    }
    if (!inside) ts.closePopovers();
    if (!control) return;
    if (control.dataset.dialog) { ts.closePopovers(); ts.openDialog(control.dataset.dialog); }
    if (control.hasAttribute("data-close")) { var open = control.closest("dialog"); if (open) open.close(); }
    if (control.dataset.focus) { var field = document.getElementById(control.dataset.focus); if (field) ts.focusSearch(field); }
  });

  /* On a phone the search field is folded away until it is wanted. */
  ts.focusSearch = function (field) {
    var box = field.closest(".scan");
    if (box) box.classList.add("is-open");
    field.focus();
    field.select();
  };

  document.addEventListener("focusout", function (event) {
    var box = event.target.closest && event.target.closest(".scan");
    if (box && !box.contains(event.relatedTarget)) box.classList.remove("is-open");
  });
})(window.tracseq);
