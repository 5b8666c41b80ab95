/* Runs before the first paint: without a chosen theme the page follows the system. */
(function () {
  "use strict";
  var root = document.documentElement;
  var choice = root.getAttribute("data-theme-choice");
  if (choice !== "light" && choice !== "dark" && window.matchMedia("(prefers-color-scheme: dark)").matches) {
    root.setAttribute("data-bs-theme", "dark");
  }
})();
