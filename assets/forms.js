/* The error summary takes the focus when it appears, and the window title says so. */
(function () {
  "use strict";
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      var box = change.target.closest && change.target.closest(".sum");
      if (!box || !box.firstElementChild || !change.addedNodes.length) return;
      box.focus();
      if (document.title.indexOf("Error: ") !== 0) document.title = "Error: " + document.title;
    });
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
