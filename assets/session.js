/* Nobody at this window: a warning 60 s before the session ends, then sign-out. Shared by all tabs,
   because a live page keeps asking the server and would otherwise never be idle there. */
(function (ts) {
  "use strict";
  var WARN_S = 60, MARK = "tracseq-active-at";
  if (!ts.facts.idle_s) return;

  function mark() {
    if (!document.querySelector("#session-dialog[open]")) localStorage.setItem(MARK, String(Date.now()));
  }
  ["keydown", "pointerdown", "wheel"].forEach(function (kind) {
    document.addEventListener(kind, mark, { capture: true, passive: true });
  });
  localStorage.setItem(MARK, String(Date.now()));

  /* The session ended elsewhere: by a sign-out, a lost right, its age. Said once; what was typed stays
     on the page to be copied, and nothing is asked any more. */
  function ended() {
    if (ts.over || ts.leaving) return;
    ts.over = true;
    var stale = document.getElementById("banner-stale"), line = document.getElementById("banner-signed-out");
    var dialog = document.querySelector("#session-dialog[open]");
    if (dialog) dialog.close();
    if (stale) stale.hidden = true;
    if (line) {
      line.querySelector("a").href = "/login?next=" + encodeURIComponent(location.pathname + location.search);
      line.hidden = false;
    }
    ts.say("You were signed out. Sign in again.", true);
    if (ts.stopListening) ts.stopListening();
  }

  /* Links cannot be followed inside the page any more: the server leads there by way of sign-in. */
  document.addEventListener("click", function (event) {
    var link = ts.over && event.target.closest && event.target.closest("a[href]");
    if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    location.assign(link.href);
  }, true);

  /* To Dash and to our own scripts: nothing has changed. A refusal they would log as a fault. */
  function nothingNew() { return new Response(null, { status: 204 }); }

  /* Every request says for how long nobody has touched a window, so that a live page's own
     refetches do not keep an abandoned session alive. */
  var plainFetch = window.fetch;
  window.fetch = function (resource, options) {
    var url = new URL(typeof resource === "string" ? resource : resource.url, location.href);
    if (url.origin !== location.origin || (resource instanceof Request)) return plainFetch.call(window, resource, options);
    if (ts.over) return Promise.resolve(nothingNew());
    var sent = Object.assign({}, options);
    sent.headers = new Headers(sent.headers || {});
    sent.headers.set("X-Idle-Seconds", String(Math.floor((Date.now() - Number(localStorage.getItem(MARK))) / 1000)));
    return plainFetch.call(window, resource, sent).then(function (answer) {
      if (answer.status !== 401 || ts.leaving) return answer;
      ended();
      return nothingNew();
    });
  };

  ts.signOut = function (reason, everywhere) {
    // What is refused from now on, and the marks that sign-out clears, no longer say where to go.
    if (ts.leaving) return;
    ts.leaving = true;
    ts.post(everywhere ? "/logout?everywhere=1" : "/logout").finally(function () { location.assign("/login?reason=" + reason); });
  };

  document.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-sign-out], [data-stay]");
    if (!control) return;
    if (control.hasAttribute("data-sign-out")) {
      var everywhere = control.dataset.signOut === "everywhere";
      ts.signOut(everywhere ? "signed-out-everywhere" : "signed-out", everywhere);
      return;
    }
    localStorage.setItem(MARK, String(Date.now()));
    control.closest("dialog").close();
  });

  window.setInterval(function () {
    if (ts.over) return;
    var idle = (Date.now() - Number(localStorage.getItem(MARK) || 0)) / 1000;
    var left = Math.ceil(ts.facts.idle_s - idle);
    var dialog = document.getElementById("session-dialog");
    if (!dialog) return;
    if (left <= 0) { ts.signOut("idle"); return; }
    if (left > WARN_S) { if (dialog.open) dialog.close(); return; }
    document.getElementById("session-seconds").textContent = String(left);
    if (!dialog.open) { dialog.showModal(); dialog.querySelector("[data-stay]").focus(); }
  }, 1000);
})(window.tracseq);
