/* Admin: copy a one-time link; show the password field only when a password is chosen. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.admin = {
    showPassword: function (way) { return way !== "password"; }
  };

  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-copy]");
    var field = control && document.getElementById(control.dataset.copy);
    if (!field) return;
    field.focus();
    field.select();
    /* Without https there is no clipboard for scripts; the text is selected for Ctrl+C. */
    if (navigator.clipboard) navigator.clipboard.writeText(field.value);
  });
})();
