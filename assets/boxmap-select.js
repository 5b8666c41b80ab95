/* Which tubes of a box are selected: by click, range, row, column, list or look. Tubes are kept by
   key, so that a selection stays with its tubes while the box is redrawn and after they moved. */
window.tracseq = window.tracseq || {};
(function (ts) {
  "use strict";
  var SELECTION = "storage-selection", LABELS = "labels-what", BAR = "storage-selection-bar";
  var FIND = "storage-find", FOUND = "storage-find-said", FIND_DIALOG = "storage-find-dialog", REMOVE = "storage-remove-dialog";
  var map = (ts.boxmap = ts.boxmap || {});
  var keys = new Set(), awaited = null, anchor = "", end = "", told = "";

  /* A tube that can be selected stands there; tubes of projects that are not seen cannot. */
  function isTube(entry) { return Boolean(entry && entry.id); }
  function tubes() { var box = map.box(); return box ? box.cells.filter(isTube) : []; }
  /* Cells come in fill order, and so does what is done with them. */
  function selected() { return tubes().filter(function (entry) { return keys.has(entry.id); }); }

  function place(entry) { var cell = map.cell(entry.p); return [Number(cell.dataset.row), Number(cell.dataset.column)]; }

  function words() {
    var count = selected().length;
    return count === 0 ? "Nothing selected" : count + " selected";
  }

  function select(entries, adding, quiet) {
    if (!adding) keys = new Set();
    entries.filter(isTube).forEach(function (entry) { keys.add(entry.id); });
    changed(quiet);
  }

  function changed(quiet) {
    map.repaint();
    tell();
    if (!quiet) ts.say(words());
  }

  /* The server and the bar hear of it; one tube is dealt with in its details, several in the bar.
     New stores know of nothing: with something selected they are told again. */
  function tell(isAgain) {
    var here = selected(), bar = document.getElementById(BAR), box = map.box();
    if (!box) return;
    var samples = here.map(function (entry) { return entry.id; }), line = samples.join();
    if (line !== told || (isAgain && line)) {
      told = line;
      ts.setProps(SELECTION, { data: { box: box.id, samples: samples } });
      if (document.querySelector("[data-boxmap-labels]")) ts.setProps(LABELS, { data: { samples: samples } });
    }
    if (!bar) return;
    bar.hidden = here.length < 2 || map.moving.is();
    bar.querySelector("[data-boxmap-count]").textContent = words();
    document.querySelectorAll("[data-boxmap-what]").forEach(function (line) { line.textContent = named(here); });
  }

  function named(entries) {
    var shown = entries.slice(0, 3).map(function (entry) { return entry.code; }).join(", ");
    shown = entries.length + (entries.length === 1 ? " tube: " : " tubes: ") + shown;
    return entries.length > 3 ? shown + " and " + (entries.length - 3) + " more" : shown;
  }

  function toggle(position) {
    var entry = map.entry(position);
    anchor = end = position;
    if (!isTube(entry)) return;
    if (keys.has(entry.id)) keys.delete(entry.id); else keys.add(entry.id);
    changed();
  }

  /* Everything between two corners, as in a sheet. */
  function between(from, to) {
    var a = place({ p: from }), b = place({ p: to });
    return tubes().filter(function (entry) {
      var at = place(entry);
      return at.every(function (each, axis) { return each >= Math.min(a[axis], b[axis]) && each <= Math.max(a[axis], b[axis]); });
    });
  }

  function where(test) { return tubes().filter(function (entry) { var at = place(entry); return test(at[0], at[1]); }); }

  function inLine(axis, number) {
    return where(function (row, column) { return (axis === "row" ? row : column) === number; });
  }

  var KINDS = {
    all: tubes,
    odd: function () { return where(function (row, column) { return column % 2 === 1; }); },
    even: function () { return where(function (row, column) { return column % 2 === 0; }); },
  };

  /* ---- keys inside the grid; true where the key was ours */
  function key(event, position) {
    var command = event.ctrlKey || event.metaKey, cell = map.cell(position);
    if (command && event.key.toLowerCase() === "a") select(tubes());
    else if (event.key === " " && event.shiftKey) select(inLine("row", Number(cell.dataset.row)), command);
    else if (event.key === " " && command) select(inLine("column", Number(cell.dataset.column)));
    else if (event.key === " ") spaced(position);
    else if (event.key === "Escape" && keys.size) select([]);
    else if (event.key === "Delete") remove(position);
    else return false;
    return true;
  }

  function spaced(position) {
    toggle(position);
    map.choose(position, true);
  }

  function clicked(event, position) {
    if (event.shiftKey) {
      if (!anchor || !map.cell(anchor)) anchor = map.chosen() || position;
      end = position;
      select(between(anchor, end), event.ctrlKey || event.metaKey);
      return true;
    }
    if (event.ctrlKey || event.metaKey) { toggle(position); return true; }
    anchor = end = position;
    select([map.entry(position)], false, true);
    return false;
  }

  function remove(position) {
    if (!document.getElementById(REMOVE)) return;
    if (!selected().length) select([map.entry(position)]);
    if (selected().length) ts.openDialog(REMOVE);
  }

  /* ---- a list of barcodes and positions, as it was copied from anywhere */
  function find(text) {
    var byCode = {}, missing = [], found = [];
    tubes().forEach(function (entry) { byCode[entry.code.toUpperCase()] = entry; });
    text.split(/[\s,;]+/).filter(Boolean).forEach(function (word) {
      var entry = byCode[word.toUpperCase()] || map.entry(positionOf(word));
      if (isTube(entry)) found.push(entry); else missing.push(word);
    });
    return { found: found, missing: missing };
  }

  /* A1, a01, 1A; running numbers only where the lid has them, as a barcode may be a number. */
  function positionOf(word) {
    var numbered = map.box().numbering !== "letters" && /^0*([1-9]\d*)$/.exec(word);
    if (numbered) return numbered[1];
    var match = /^([a-z]{1,2})0*([1-9]\d*)$/i.exec(word);
    var turned = match ? null : /^0*([1-9]\d*)([a-z]{1,2})$/i.exec(word);
    return map.meant(match ? match[1].toUpperCase() + match[2] : turned ? turned[2].toUpperCase() + turned[1] : "");
  }

  function selectList() {
    var field = document.getElementById(FIND), said = document.getElementById(FOUND);
    var result = find(field.value);
    if (!result.found.length && !result.missing.length) {
      said.textContent = "Paste barcodes or positions, one a line or with commas between.";
      return;
    }
    if (result.found.length) select(result.found);
    if (!result.missing.length) { document.getElementById(FIND_DIALOG).close(); return; }
    said.textContent = result.found.length + " selected. Not in this box: " + result.missing.join(", ") + ".";
  }

  /* ---- the legend: what a colour means, and all tubes of it at one press */
  function legendLine(look, mark, word, count, entries) {
    var line = document.createElement("li"), inside = line;
    if (entries) {
      inside = document.createElement("button");
      inside.type = "button";
      inside.className = "lg";
      inside.title = "Select these";
      inside.addEventListener("click", function (event) { select(entries(), event.ctrlKey || event.metaKey || event.shiftKey); });
      line.append(inside);
    } else line.className = "lg";
    var sample = document.createElement("i");
    sample.className = "bm-c is-key is-" + look;
    sample.textContent = mark;
    sample.setAttribute("aria-hidden", "true");
    inside.append(sample, word + " ");
    if (count === null) return line;
    var number = document.createElement("span");
    number.className = "t3 num";
    number.textContent = String(count);
    inside.append(number);
    return line;
  }

  function paintLegend(mode) {
    var list = document.querySelector("[data-boxmap-legend]"), box = map.box();
    if (!list || !box) return;
    // The lines are made anew; the focus stays on the one that had it.
    var focused = Array.from(list.querySelectorAll("button")).indexOf(document.activeElement);
    var lines = box.modes[mode].map(function (look) {
      return legendLine(look.look, look.mark, look.word, look.count, function () {
        return tubes().filter(function (entry) { return entry[mode] === look.key; });
      });
    });
    var low = function () { return tubes().filter(function (entry) { return entry.low; }); };
    var hidden = box.cells.filter(function (cell) { return cell.kind === "hidden"; }).length;
    var blocked = box.cells.filter(function (cell) { return cell.kind === "blocked"; }).length;
    lines.push(legendLine("free", "", "Free", box.free));
    if (hidden) lines.push(legendLine("hidden", "", "Of projects you do not see", hidden));
    if (blocked) lines.push(legendLine("blocked", "×", "Blocked", blocked));
    if (low().length) lines.push(legendLine("free is-low", "", "Low volume", low().length, low));
    if (box.next.length) lines.push(legendLine("next", "", "Suggested next", null));
    list.replaceChildren.apply(list, lines);
    var button = list.querySelectorAll("button")[focused];
    if (button) button.focus();
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-boxmap-labels]")) {
      ts.setProps(LABELS, { data: { samples: selected().map(function (entry) { return entry.id; }) } });
    }
    var head = event.target.closest && event.target.closest("#storage-map [data-head-row], #storage-map [data-head-column], #storage-map [data-head-all], [data-boxmap-select], [data-boxmap-find], [data-boxmap-clear]");
    if (!head || !map.box()) return;
    var adding = event.ctrlKey || event.metaKey, data = head.dataset;
    if (data.headRow) select(inLine("row", Number(data.headRow)), adding);
    else if (data.headColumn) select(inLine("column", Number(data.headColumn)), adding);
    else if (data.headAll) select(tubes());
    else if (data.boxmapSelect) { ts.closePopovers(); select(KINDS[data.boxmapSelect](), adding); map.focus(map.current()); }
    else if (data.boxmapFind !== undefined) selectList();
    else { select([]); map.focus(map.current()); }
  });

  /* Escape clears a selection from anywhere on the page, once nothing else is open. */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.defaultPrevented || !keys.size || !map.box() || ts.isTyping(event.target)) return;
    if (document.querySelector("dialog[open], .pop[data-open]") || event.target.closest("#storage-map")) return;
    select([]);
    event.preventDefault();
  });

  map.paintLegend = paintLegend;
  map.selection = {
    has: function (entry) { return isTube(entry) && keys.has(entry.id); },
    entries: selected,
    select: select,
    tell: tell,
    key: key,
    clicked: clicked,
    extend: function (from, to) {
      // Where the focus went without Shift, a new range begins.
      if (from !== end || !anchor || !map.cell(anchor)) anchor = from;
      end = to;
      select(between(anchor, end));
    },
    /* Select these once the box is drawn with them. */
    await: function (samples) { awaited = samples; },
    drawn: function (same) {
      if (!same) { anchor = end = ""; keys = new Set(); }
      var here = new Set(tubes().map(function (entry) { return entry.id; }));
      if (awaited && awaited.some(function (id) { return here.has(id); })) { keys = new Set(awaited); awaited = null; }
      keys = new Set(Array.from(keys).filter(function (id) { return here.has(id); }));
      tell();
    },
  };
})(window.tracseq);
