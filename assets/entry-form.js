/* A template's entry form: Enter goes on to the next field and saves after the last; never while a
   required field is empty. Ctrl+Enter saves from anywhere. Ids as in pages/templates/ids.py. */
(function () {
  "use strict";

  function controls(form) {
    return Array.from(form.querySelectorAll("input, select, textarea"));
  }

  function firstEmpty(form) {
    return controls(form).find(function (field) { return field.required && !field.value.trim(); });
  }

  function save(form) {
    var empty = firstEmpty(form);
    if (empty) empty.focus();
    else form.querySelector("button[type=submit]").click();
  }

  document.addEventListener("keydown", function (event) {
    var form = event.key === "Enter" && event.target.closest && event.target.closest(".en-form");
    if (!form || /^(TEXTAREA|BUTTON|A)$/.test(event.target.tagName)) return;
    event.preventDefault();
    var all = controls(form), at = all.indexOf(event.target);
    if (event.ctrlKey || event.metaKey || at === all.length - 1) save(form);
    else all[at + 1].focus();
  });

  window.dash_clientside.entry = {
    ready: function (done) {
      if (done) window.setTimeout(function () {
        var form = document.querySelector(".en-form");
        var all = form ? Array.from(form.querySelectorAll(".en-fields input, .en-fields select")) : [];
        var next = all.find(function (field) { return !field.value.trim(); }) || all[0];
        if (next) next.focus();
      }, 0);
      return window.dash_clientside.no_update;
    },
  };
})();
