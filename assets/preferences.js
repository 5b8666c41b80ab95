/* Theme and density: at once in the browser, by cookie for the next first paint, then to the person's
   record. "System" follows the system while the page is open. */
(function (ts) {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    return { theme: ts.cookie("tracseq_theme") || "system", density: ts.cookie("tracseq_density") || "compact" };
  }

  function applyTheme() {
    var theme = chosen().theme;
    if (theme !== "light" && theme !== "dark") theme = system.matches ? "dark" : "light";
    if (root.getAttribute("data-bs-theme") === theme) return;
    root.setAttribute("data-bs-theme", theme);
    window.dispatchEvent(new CustomEvent("tracseq:theme"));
  }

  ts.markPreferences = function () {
    var now = chosen();
    document.querySelectorAll("[data-preference]").forEach(function (control) {
      var on = now[control.dataset.preference] === control.dataset.value;
      control.classList.toggle("on", on);
      control.setAttribute("aria-pressed", String(on));
    });
  };

  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-preference]");
    if (!control) return;
    ts.setCookie("tracseq_" + control.dataset.preference, control.dataset.value);
    if (control.dataset.preference === "density") root.setAttribute("data-density", control.dataset.value);
    applyTheme();
    ts.markPreferences();
    ts.setProps("preference", { data: chosen() });
  });

  system.addEventListener("change", applyTheme);
})(window.tracseq);
