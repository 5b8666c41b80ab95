/* What the other scripts share: the page's facts, cookies, spoken lines, setting Dash properties. */
window.tracseq = window.tracseq || {};
window.dash_clientside = window.dash_clientside || {};
(function (ts) {
  "use strict";
  var block = document.getElementById("tracseq-facts");
  ts.facts = block ? JSON.parse(block.textContent) : {};

  ts.cookie = function (name) {
    var found = document.cookie.split("; ").find(function (c) { return c.indexOf(name + "=") === 0; });
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  };

  ts.setCookie = function (name, value) {
    document.cookie = name + "=" + encodeURIComponent(value) + "; path=/; max-age=31536000; samesite=lax";
  };

  /* Say a line to a screen reader; urgent ones interrupt. Emptied first, so that repeats are heard. */
  ts.say = function (text, urgent) {
    var place = document.getElementById(urgent ? "said-now" : "said");
    if (!place) return;
    place.textContent = "";
    window.setTimeout(function () { place.textContent = text; }, 30);
  };

  /* Dash knows its components once the frame stands; what is set earlier waits, the newest of an id. */
  var waiting = {};

  function stands() { return window.dash_clientside.set_props && document.getElementById("page"); }

  function hand() {
    if (!stands()) { window.setTimeout(hand, 50); return; }
    var due = waiting;
    waiting = {};
    Object.keys(due).forEach(function (id) { window.dash_clientside.set_props(id, due[id]); });
  }

  ts.setProps = function (id, props) {
    if (stands()) { window.dash_clientside.set_props(id, props); return; }
    if (!Object.keys(waiting).length) window.setTimeout(hand, 50);
    waiting[id] = Object.assign({}, waiting[id], props);
  };

  ts.post = function (url) {
    return fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRF-Token": ts.cookie("tracseq_csrf") },
    });
  };

  ts.isTyping = function (element) {
    if (!element) return false;
    if (element.isContentEditable) return true;
    if (element.closest && element.closest(".ag-cell-inline-editing, .ag-popup-editor")) return true;
    if (/^(TEXTAREA|SELECT)$/.test(element.tagName)) return true;
    return element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|range|file)$/.test(element.type);
  };
})(window.tracseq);
