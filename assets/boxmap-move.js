/* Moving the selected tubes together: where each would go is drawn before anything happens, from the
   position under the pointer or the focus on, in fill order. Enter, a click or letting go asks the
   server, which decides; what the tubes would push away is asked about in a dialog. A move goes on
   while another box is opened. */
window.tracseq = window.tracseq || {};
(function (ts) {
  "use strict";
  var MOVE = "storage-move", BAR = "storage-moving-bar", DIALOG = "storage-move-dialog";
  var DRAG_PX = 6, AGAIN_MS = 1500;
  var map = (ts.boxmap = ts.boxmap || {});
  var carried = null, start = "", ghost = {}, left = 0, askedAt = 0, press = null, dragging = false, dragged = false;

  function is() { return carried !== null && Boolean(map.box()); }
  function tubes(count) { return count + (count === 1 ? " tube" : " tubes"); }

  function carry(entries) {
    var box = map.box();
    carried = { ids: entries.map(function (entry) { return entry.id; }), box: box.id, path: box.path };
    carried.set = new Set(carried.ids);
    askedAt = 0;
    map.selection.tell();
  }

  /* Pick up what is selected, or the tube that has the focus. */
  function begin(position) {
    var box = map.box(), entry = map.entry(position);
    if (!box || !box.mayMove || carried) return;
    if (!map.selection.entries().length && entry && entry.id) map.selection.select([entry], false, true);
    var entries = map.selection.entries();
    if (!entries.length) { ts.say("Select the tubes to move first."); return; }
    carry(entries);
    map.repaint();
    show(position || map.current());
    map.focus(start);
    ts.say("Moving " + tubes(carried.ids.length) + ". Choose where the first goes, Enter moves them, Escape leaves them.");
  }

  function stop() {
    carried = null;
    ghost = {};
    start = "";
    press = null;
    drop();
    map.repaint();
    refresh();
    if (map.box()) map.selection.tell();
  }

  /* ---- where they would go: the same order as on the server, blocked positions left out */
  function show(position) {
    if (!is() || !map.cell(position)) return;
    var before = Object.keys(ghost);
    start = map.box().rows ? position : looseStart();
    reckon();
    map.repaint(before.concat(Object.keys(ghost)));
    refresh();
  }

  /* Into a loose place they go by number, as the server gives them; nothing is in their way. */
  function looseStart() {
    var box = map.box();
    return box.id !== carried.box && box.next.length ? box.next[0].p : "";
  }

  function reckon() {
    if (!map.box().rows) { ghost = {}; left = Math.max(0, carried.ids.length - map.box().free); return; }
    var box = map.box(), count = carried.ids.length, number = 0, begun = false;
    ghost = {};
    for (var row = 1; row <= box.rows && number < count; row += 1) {
      for (var column = 1; column <= box.columns && number < count; column += 1) {
        var position = map.label(row, column), entry = map.entry(position);
        begun = begun || position === start;
        if (!begun || (entry && entry.kind === "blocked")) continue;
        number += 1;
        var clashes = entry && !carried.set.has(entry.id), which = "tube " + number + " of " + count;
        ghost[position] = {
          // Among the numbers of a lid another number would be read as a position.
          mark: box.numbering === "letters" ? String(number) : position,
          look: clashes ? "is-clash" : "is-ghost",
          clashes: clashes,
          word: clashes ? "in the way of " + which : "to take " + which,
        };
      }
    }
    left = count - number;
  }

  function words() {
    var said = "Moving " + tubes(carried.ids.length), box = map.box();
    if (!box) return said + ". Open the box that they go to";
    if (box.id !== carried.box) said += " from " + carried.path;
    var places = Object.keys(ghost), clashes = places.filter(function (position) { return ghost[position].clashes; }).length;
    if (!box.rows && start) return said + " into " + box.path + (left ? ", no room for " + left : "");
    if (!box.rows) return said + ". Open the box that they go to";
    if (!places.length) return said + ". Choose where the first goes";
    said += ": " + places[0] + (places.length > 1 ? " to " + places[places.length - 1] : "");
    if (clashes) said += ", " + clashes + " taken";
    if (left) said += ", no position for " + left;
    return said;
  }

  function refresh() {
    var bar = document.getElementById(BAR);
    if (bar) {
      bar.hidden = carried === null;
      if (carried) bar.querySelector("[data-boxmap-moving]").textContent = words();
      bar.querySelector("[data-boxmap-put]").hidden = !is() || !start;
    }
  }

  /* ---- the server is asked once, also when Enter is pressed twice */
  function commit(position) {
    show(position);
    if (!is() || !start || Date.now() - askedAt < AGAIN_MS) return;
    askedAt = Date.now();
    ts.setProps(MOVE, { data: { samples: carried.ids, box: map.box().id, pos: start, at: askedAt } });
  }

  function key(event, position) {
    if (!is()) return false;
    if (event.key === "Enter") commit(position);
    else if (event.key === "Escape") stop();
    else if (event.key === " ") show(position);
    else if (event.key !== "Delete" && !(event.ctrlKey && event.key === "a")) return false;
    return true;
  }

  /* A mouse has shown the ghost already; a finger shows it first, and moves at the second touch. */
  function clicked(position) {
    if (dragged) return true;
    if (!is()) return false;
    if (position === start) commit(position); else show(position);
    return true;
  }

  function cellAt(event) {
    var found = document.elementFromPoint(event.clientX, event.clientY);
    return found && found.closest("#storage-map [data-pos]");
  }

  /* ---- dragging, for a mouse; everything it does the keys and buttons do, too */
  document.addEventListener("pointerdown", function (event) {
    var cell = event.target.closest && event.target.closest("#storage-map [data-pos]"), box = map.box();
    if (!cell || !box || !box.mayMove || carried || event.button !== 0 || event.pointerType === "touch") return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) return;
    var entry = map.entry(cell.dataset.pos);
    if (entry && entry.id) press = { x: event.clientX, y: event.clientY, entry: entry };
  });

  document.addEventListener("pointermove", function (event) {
    if (press && !dragging && Math.hypot(event.clientX - press.x, event.clientY - press.y) > DRAG_PX) lift();
    if (!dragging) return;
    var cell = cellAt(event), tag = document.getElementById("boxmap-drag");
    tag.style.setProperty("--x", event.clientX + "px");
    tag.style.setProperty("--y", event.clientY + "px");
    if (cell && cell.dataset.pos !== start) show(cell.dataset.pos);
  });

  function lift() {
    if (!map.selection.has(press.entry)) map.selection.select([press.entry], false, true);
    carry(map.selection.entries());
    dragging = true;
    var tag = document.createElement("div");
    tag.id = "boxmap-drag";
    tag.className = "bm-drag";
    tag.textContent = tubes(carried.ids.length);
    tag.setAttribute("aria-hidden", "true");
    document.body.append(tag);
    map.repaint();
  }

  function drop() {
    var tag = document.getElementById("boxmap-drag");
    if (tag) tag.remove();
    // The click that ends the drag comes in this same task.
    dragged = dragging;
    if (dragging) window.setTimeout(function () { dragged = false; }, 0);
    dragging = false;
  }

  document.addEventListener("pointerup", function (event) {
    press = null;
    if (!dragging) return;
    drop();
    var cell = cellAt(event);
    if (!cell) { stop(); return; }
    map.focus(cell.dataset.pos);
    commit(cell.dataset.pos);
  });
  document.addEventListener("pointercancel", function () { if (dragging) stop(); press = null; });

  document.addEventListener("pointerover", function (event) {
    if (!is() || dragging || event.pointerType !== "mouse") return;
    var cell = event.target.closest && event.target.closest("#storage-map [data-pos]");
    if (cell && cell.dataset.pos !== start) show(cell.dataset.pos);
  });
  document.addEventListener("focusin", function (event) {
    if (!is() || dragging) return;
    var cell = event.target.closest && event.target.closest("#storage-map [data-pos]");
    // A finger's first touch has shown it before the focus comes; a mouse that is pressed likewise.
    if (cell && cell.dataset.pos !== start) show(cell.dataset.pos);
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-boxmap-move], [data-boxmap-put], [data-boxmap-stop]");
    if (!button) return;
    if (button.dataset.boxmapPut !== undefined) commit(start);
    else if (button.dataset.boxmapStop !== undefined) { stop(); if (map.box()) map.focus(map.current()); }
    else if (map.box()) begin(firstSelected());
  });

  function firstSelected() {
    var first = map.selection.entries()[0];
    return first ? first.p : map.current();
  }

  /* With tubes selected m is about them from anywhere on the page; inside the map it is the map's. */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "m" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !map.box() || carried) return;
    if (!map.selection.entries().length || ts.isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (localStorage.getItem("tracseq-single-keys") === "off" || event.target.closest("[role=grid]")) return;
    event.preventDefault();
    ts.unlessScan(function () { begin(firstSelected()); });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.defaultPrevented || !carried || document.querySelector("dialog[open]")) return;
    if (ts.isTyping(event.target) || (event.target.closest && event.target.closest("#storage-map"))) return;
    stop();
    event.preventDefault();
  });

  /* The question was put away: the same place may be asked for again at once. */
  document.addEventListener("close", function (event) { if (event.target.id === DIALOG) askedAt = 0; }, true);

  map.moving = {
    is: is,
    begin: begin,
    key: key,
    clicked: clicked,
    at: function (position) { return ghost[position]; },
    carries: function (entry) { return Boolean(carried && entry && carried.set.has(entry.id)); },
    /* The box stands on the page anew, or another one does, or none. */
    drawn: function () {
      if (!carried) return;
      if (map.box() && !map.box().rows) start = looseStart();
      if (map.box() && map.cell(start)) reckon(); else { ghost = {}; start = ""; }
      refresh();
    },
    /* What was asked has been done: the tubes stay selected where they stand now. */
    done: function () {
      if (!carried || !askedAt) return;
      map.selection.await(carried.ids);
      stop();
    },
  };
})(window.tracseq);
