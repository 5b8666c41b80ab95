/* Live feed: a topic's version goes into its store, and the page's own callbacks fetch what the
   person may see. When the stream is silent for 30 s, versions are asked for every 5 s instead. */
(function (ts) {
  "use strict";
  var SILENT_MS = 30000, POLL_MS = 5000;
  // What the topics stood at before the page was drawn: whatever is newer has to be fetched.
  var versions = Object.assign({}, ts.facts.versions);
  var heardAt = Date.now(), goodAt = Date.now(), port = null, stream = null, etag = "", polling = false;

  function accept(topic, version) {
    // The log speaks of more than pages listen to, and Dash throws at a store that is not there.
    if (ts.facts.topics.indexOf(topic) < 0) return;
    if (version <= (versions[topic] || 0)) return;
    versions[topic] = version;
    ts.setProps("live-" + topic, { data: version });
  }

  /* What moved between a page's reading its rows and its standing here found nobody listening. */
  ts.catchUp = function (drawn) {
    ts.facts.topics.forEach(function (topic) {
      if (versions[topic] > (drawn[topic] || 0)) ts.setProps("live-" + topic, { data: versions[topic] });
    });
  };

  function heard(message) {
    if (message.lost) return;
    heardAt = goodAt = Date.now();
    if (message.told) accept(message.told.topic, message.told.version);
    stale(false);
  }

  function stale(on) {
    var line = document.getElementById("banner-stale");
    if (!line || line.hidden === !on || ts.over) return;
    line.hidden = !on;
    if (on) {
      var since = new Date(goodAt);
      document.getElementById("stale-since").textContent =
        "Showing " + String(since.getHours()).padStart(2, "0") + ":" + String(since.getMinutes()).padStart(2, "0") + ".";
      ts.say("Live updates stopped.");
    }
  }

  function poll() {
    if (polling || ts.over) return;
    polling = true;
    fetch("/live/versions", { credentials: "same-origin", headers: etag ? { "If-None-Match": etag } : {} })
      .then(function (answer) {
        // Signed out: session.js says so, or this window is leaving by itself.
        if (ts.over || ts.leaving) return null;
        if (answer.status !== 304 && !answer.ok) throw new Error("status " + answer.status);
        goodAt = Date.now();
        etag = answer.headers.get("ETag") || etag;
        return answer.status === 304 ? null : answer.json();
      })
      .then(function (found) {
        if (found) Object.keys(found).forEach(function (topic) { accept(topic, found[topic]); });
        stale(false);
      })
      .catch(function () { if (Date.now() - goodAt > SILENT_MS) stale(true); })
      .finally(function () { polling = false; });
  }

  function connect() {
    if (!ts.facts.live) return;
    if (window.SharedWorker) {
      port = new SharedWorker("/assets/live-worker.js", { name: "tracseq-live" }).port;
      port.onmessage = function (event) { heard(event.data); };
      port.start();
      port.postMessage({ open: ts.facts.live });
      window.addEventListener("pagehide", function () { if (port) port.postMessage({ close: true }); });
      return;
    }
    stream = new EventSource(ts.facts.live, { withCredentials: true });
    stream.onopen = function () { heard({ opened: true }); };
    stream.addEventListener("ping", function () { heard({ alive: true }); });
    stream.onmessage = function (event) {
      try { heard({ told: JSON.parse(event.data) }); } catch (_) { heard({ alive: true }); }
    };
  }

  ts.stopListening = function () {
    if (port) port.postMessage({ close: true });
    if (stream) stream.close();
    port = stream = null;
  };

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-reconnect]")) return;
    if (port) port.postMessage({ reopen: true });
    poll();
  });

  /* Tests and the bench ask how fresh the page is. */
  ts.liveVersions = function () { return Object.assign({}, versions); };

  if (document.getElementById("tracseq-facts")) {
    connect();
    window.setTimeout(poll, 1000);
    window.setInterval(function () {
      if (ts.over || Date.now() - heardAt <= SILENT_MS) return;
      // A stream that was refused once is closed for good; asked for again it may open.
      if (port) port.postMessage({ open: ts.facts.live });
      poll();
    }, POLL_MS);
  }
})(window.tracseq);
