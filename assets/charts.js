/* The Chart/Table switch of components/chart.py. */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var side = event.target.closest && event.target.closest("[data-chart]");
    if (!side) return;
    var box = side.closest(".chart-x");
    box.classList.toggle("is-table", side.dataset.chart === "table");
    side.parentElement.querySelectorAll("[data-chart]").forEach(function (one) {
      one.classList.toggle("on", one === side);
      one.setAttribute("aria-pressed", String(one === side));
    });
    if (side.dataset.chart === "chart") window.dispatchEvent(new Event("resize"));
  });
})();
