/* Prints the label on the page and nothing else; the paper's size stands in 30-label.css.
   A button of a place tells the dialog whose labels it is about to print. */
window.tracseq = window.tracseq || {};
(function (ts) {
  "use strict";
  var WHAT = "labels-what", TEMPLATE = "labels-template", SHEET = "labels-sheet", before = null;
  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-label-place], [data-boxmap-labels]");
    var template = document.getElementById(TEMPLATE), sheet = document.getElementById(SHEET);
    if (!control || !template || !sheet) return;
    var place = control.dataset.labelPlace;
    if (place) {
      if (template.value !== "box") before = { template: template.value, sheet: sheet.value };
      ts.setProps(WHAT, { data: { place: place, alone: control.dataset.labelAlone === "1" } });
      ts.setProps(TEMPLATE, { value: "box" });
      ts.setProps(SHEET, { value: "a4-21" });
    } else if (before) {
      ts.setProps(TEMPLATE, { value: before.template });
      ts.setProps(SHEET, { value: before.sheet });
      before = null;
    }
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-print-label]")) return;
    if (!document.querySelector(".tube-label:not(.is-empty)")) return;
    document.documentElement.classList.add("printing-label");
    window.print();
  });
  window.addEventListener("afterprint", function () {
    document.documentElement.classList.remove("printing-label");
  });
})(window.tracseq);
