/* A scanner is a keyboard that types fast: at least 6 characters with gaps under 35 ms that end in
   Enter or Tab, or anything after the prefix key. Its end is swallowed in the capture phase, what it
   typed into a field by chance is taken back, and it becomes one scan. */
(function (ts) {
  "use strict";
  var LEAST = 6, GAP_MS = 35, REPEAT_MS = 1000, PREFIX = "F9", SAVE = "TRACSEQ-SAVE";
  /* A wireless scanner, or a busy computer, leaves more time between two characters of a code. */
  var SLOW_GAP_MS = 120;
  var burst = "", lastAt = 0, prefixed = false, held = [];
  var previous = { code: "", at: 0 };

  function reset() { burst = ""; prefixed = false; held = []; }

  function fill(field, code) {
    var type = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(type.prototype, "value").set.call(field, code);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* What the burst typed before it was known to be one is taken back out of the field. */
  function takeBack(field) {
    if (!field || !("value" in field) || !held.length) return;
    var start = held[0].value;
    if (typeof start === "string" && field === held[0].field) fill(field, start);
  }

  /* The next required field that is empty; null when the form is complete. */
  function firstEmpty(form) {
    return Array.from(form.querySelectorAll("[required], [data-required]")).find(function (field) {
      return "value" in field && !field.value.trim();
    }) || null;
  }

  ts.scanned = function (code) {
    var now = Date.now();
    if (code === previous.code && now - previous.at < REPEAT_MS) return;
    previous = { code: code, at: now };
    if (code.toUpperCase() === SAVE) { save(); return; }
    var field = document.activeElement;
    if (field && field.hasAttribute && (field.hasAttribute("data-scan") || field.closest("[data-scan]")) && "value" in field) {
      fill(field, code);
      var form = field.closest("form, [data-scan-form]");
      var next = form ? firstEmpty(form) : null;
      if (next) next.focus();
      else enter(field);
      return;
    }
    var store = document.querySelector("[data-takes-scans]") ? "scan-page" : "scan";
    ts.setProps(store, { data: { code: code, at: now } });
  };

  /* The printed code stands for the button: what is incomplete is named, never saved. */
  function save() {
    var form = document.querySelector("[data-scan-form]");
    var next = form && firstEmpty(form);
    var button = form && (form.closest("form") || form).querySelector("button[type=submit]");
    if (!button || next) ts.beep("crit");
    if (!button) ts.say("Nothing on this page is saved by a scan.", true);
    else if (!next) button.click();
    else {
      next.focus();
      ts.say("Not saved. Fill " + (next.labels && next.labels[0] ? next.labels[0].textContent : "what is required") + " first.", true);
    }
  }

  function enter(field) {
    ["keydown", "keypress", "keyup"].forEach(function (kind) {
      field.dispatchEvent(new KeyboardEvent(kind, { key: "Enter", code: "Enter", keyCode: 13, which: 13, bubbles: true }));
    });
  }

  document.addEventListener("keydown", function (event) {
    if (!event.isTrusted || event.ctrlKey || event.metaKey || event.altKey) return;
    // A password manager types as fast as a scanner; a password must never be looked up and shown.
    if (event.target && event.target.type === "password") { reset(); return; }
    if (event.repeat) { reset(); return; }
    var now = event.timeStamp;
    var fast = now - lastAt < GAP_MS;
    lastAt = now;
    if (event.key === PREFIX) { reset(); prefixed = true; swallow(event); return; }
    if (event.key === "Enter" || event.key === "Tab") {
      var complete = prefixed ? burst.length > 0 : fast && burst.length >= LEAST;
      var code = burst;
      if (complete) { swallow(event); takeBack(document.activeElement); }
      reset();
      if (complete) ts.scanned(code);
      return;
    }
    if (event.key.length !== 1) { if (event.key !== "Shift") reset(); return; }
    if (!fast && !prefixed) reset();
    if (!burst) {
      var field = document.activeElement;
      held.push({ field: field, value: field && "value" in field ? field.value : null });
    }
    burst += event.key;
    // Two quick letters may still be a person's; after the prefix it is certain.
    if (prefixed) swallow(event);
  }, true);

  /* Run an action of a single key once it is clear that the key was not part of a scan. Where codes
     are scanned, a letter of a slow scan must not do what its key does: it waits a moment longer. */
  ts.unlessScan = function (action) {
    var at = lastAt;
    var scans = document.querySelector("[data-takes-scans]");
    window.setTimeout(function () { if (lastAt === at) action(); }, scans ? SLOW_GAP_MS : GAP_MS + 5);
  };

  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /* Enter never submits a bench form with an empty required field: it goes there instead. */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    var form = event.target.closest && event.target.closest("[data-scan-form]");
    if (!form || /^(TEXTAREA|BUTTON|A)$/.test(event.target.tagName)) return;
    var next = firstEmpty(form);
    if (!next || next === event.target) { if (next) swallow(event); return; }
    swallow(event);
    next.focus();
  }, true);

  /* One high beep found, two short ones already scanned, one low tone wrong or unknown. */
  var TONES = { ok: [[1320, 0, 0.09]], warn: [[880, 0, 0.06], [880, 0.12, 0.06]], crit: [[220, 0, 0.25]] };
  var audio = null;

  ts.beep = function (tone) {
    var volume = Number(localStorage.getItem("tracseq-volume") || "0.2");
    if (!volume || !window.AudioContext) return;
    audio = audio || new AudioContext();
    (TONES[tone] || TONES.crit).forEach(function (note) {
      var oscillator = audio.createOscillator(), gain = audio.createGain();
      oscillator.frequency.value = note[0];
      gain.gain.value = volume;
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(audio.currentTime + note[1]);
      oscillator.stop(audio.currentTime + note[1] + note[2]);
    });
  };

  window.dash_clientside.scanner = {
    answer: function (told) {
      if (told) { ts.beep(told.tone); ts.say(told.sentence, told.tone === "crit"); }
      return window.dash_clientside.no_update;
    },
  };

  function paused(away) {
    var line = document.getElementById("banner-scanner");
    if (line) line.hidden = !away;
  }
  window.addEventListener("blur", function () { if (document.querySelector("[data-takes-scans], [data-scan]")) paused(true); });
  window.addEventListener("focus", function () { paused(false); });
})(window.tracseq);
