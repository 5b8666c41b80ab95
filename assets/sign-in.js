/* The sign-in page works without this: it only adds "Show password" and the focus on an error. */
(function () {
  "use strict";
  var show = document.getElementById("show-password");
  var password = document.getElementById("password");
  if (show && password) {
    show.hidden = false;
    show.addEventListener("click", function () {
      var visible = password.type === "text";
      password.type = visible ? "password" : "text";
      show.setAttribute("aria-pressed", String(!visible));
      show.setAttribute("aria-label", visible ? "Show password" : "Hide password");
    });
  }
})();
