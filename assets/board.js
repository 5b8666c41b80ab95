/* Queue board: [ and ] press the focused card's own buttons (DESIGN 6), and so does a card that is
   dropped on the column beside its own; the buttons do the work. */
(function () {
  "use strict";
  var BUTTON = { "[": '[data-move="back"]', "]": '[data-move="on"]' };

  document.addEventListener("keydown", function (event) {
    var selector = BUTTON[event.key];
    if (!selector || event.ctrlKey || event.metaKey) return;
    if (localStorage.getItem("tracseq-single-keys") === "off") return;
    var card = document.activeElement && document.activeElement.closest("[data-card]");
    var button = card && card.querySelector(selector);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  /* The label of the card that is carried: the board may be drawn anew while it is. */
  var carried = null;

  function card() {
    return Array.prototype.find.call(document.querySelectorAll("[data-card]"), function (each) {
      return each.getAttribute("aria-label") === carried;
    });
  }

  /* The button that a drop here presses: a card goes one column on or back, as its buttons do. */
  function button_at(event) {
    var from = carried && card();
    var column = from && event.target && event.target.closest ? event.target.closest("[data-column]") : null;
    var own = column && from.closest("[data-column]");
    if (!own || own === column) return null;
    if (own.nextElementSibling === column) return from.querySelector(BUTTON["]"]);
    return own.previousElementSibling === column ? from.querySelector(BUTTON["["]) : null;
  }

  function clear() {
    document.querySelectorAll(".bd-c.is-over").forEach(function (each) { each.classList.remove("is-over"); });
  }

  document.addEventListener("dragstart", function (event) {
    var from = event.target && event.target.closest ? event.target.closest("[data-card][draggable]") : null;
    carried = from && from.getAttribute("aria-label");
    if (!carried) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried);
  });

  document.addEventListener("dragover", function (event) {
    if (!carried) return;
    var column = button_at(event) && event.target.closest("[data-column]");
    if (column) event.preventDefault();
    if (column && column.classList.contains("is-over")) return;
    clear();
    if (column) column.classList.add("is-over");
  });

  document.addEventListener("drop", function (event) {
    var button = carried && button_at(event);
    if (!button) return;
    event.preventDefault();
    button.click();
    carried = null;
    clear();
  });

  document.addEventListener("dragend", function () { carried = null; clear(); });
})();
