/* Counts up for how long something has lasted: elements with data-since, an instant. They have no
   inside of their own, so that the renderer, which draws the instant, does not miss what is written here. */
(function () {
  "use strict";

  function write(shown) {
    var seconds = Math.max(0, Math.floor((Date.now() - Date.parse(shown.dataset.since)) / 1000));
    shown.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }

  window.setInterval(function () { document.querySelectorAll("[data-since]").forEach(write); }, 1000);
})();
