/* Queue board: [ and ] press the focused card's own buttons (DESIGN 6); the buttons do the work. */
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
})();
