/* Prints the label on the page and nothing else; the paper's size stands in 30-label.css. */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-print-label]")) return;
    if (!document.querySelector(".tube-label:not(.is-empty)")) return;
    document.documentElement.classList.add("printing-label");
    window.print();
  });
  window.addEventListener("afterprint", function () {
    document.documentElement.classList.remove("printing-label");
  });
})();
