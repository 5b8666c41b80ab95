/* Run plan: a pool's bar is dropped on another lane. The server decides; by keyboard each pool has
   a choice of its lane. */
(function (ts) {
  "use strict";
  var MOVED = "run-plan-moved";
  var carried = null;

  function track(event) {
    return event.target && event.target.closest ? event.target.closest("[data-track]") : null;
  }

  function clear() {
    document.querySelectorAll(".rp-track.is-over").forEach(function (each) { each.classList.remove("is-over"); });
  }

  document.addEventListener("dragstart", function (event) {
    var bar = event.target && event.target.closest ? event.target.closest("[data-seg]") : null;
    if (!bar) return;
    carried = { pool: bar.getAttribute("data-seg"), from: Number(bar.getAttribute("data-lane")) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.pool);
  });

  document.addEventListener("dragover", function (event) {
    var over = carried && track(event);
    if (!over) return;
    event.preventDefault();
    if (over.classList.contains("is-over")) return;
    clear();
    over.classList.add("is-over");
  });

  document.addEventListener("drop", function (event) {
    var over = carried && track(event);
    if (!over) return;
    event.preventDefault();
    var to = Number(over.getAttribute("data-track"));
    if (to !== carried.from) ts.setProps(MOVED, { data: { pool: carried.pool, from: carried.from, to: to, at: Date.now() } });
  });

  document.addEventListener("dragend", function () { carried = null; clear(); });
})(window.tracseq);
