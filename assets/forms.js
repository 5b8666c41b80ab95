/* The error summary takes the focus when it appears, and the window title says so while there is
   one. The input that an upload area hides inside itself gets a name, which its component gives it
   no way to have. */
(function () {
  "use strict";
  function nameUploads(root) {
    if (root.nodeType !== 1) return;
    root.querySelectorAll("input[type=file]:not([aria-label])").forEach(function (input) {
      input.setAttribute("aria-label", "Choose a file");
    });
  }

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      change.addedNodes.forEach(nameUploads);
      var box = change.target.closest && change.target.closest(".sum");
      if (box && !document.querySelector(".sum > *")) document.title = document.title.replace(/^Error: /, "");
      if (!box || !box.firstElementChild || !change.addedNodes.length) return;
      box.focus();
      if (document.title.indexOf("Error: ") !== 0) document.title = "Error: " + document.title;
    });
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
