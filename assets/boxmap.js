/* The box map: a grid of positions that works by keyboard (DESIGN 6: arrows, Enter, Space, m, typed
   positions). What a cell is called and what a colour means comes from the server with the box; this
   script lays it out, keeps the focus while the box changes under it, and says what was chosen. */
window.tracseq = window.tracseq || {};
window.dash_clientside = window.dash_clientside || {};
(function (ts) {
  "use strict";
  var MAP = "storage-map", SELECTED = "storage-selected", OPENED = "storage-opened", DETAILS = "storage-details";
  var TYPED_MS = 900, MODE_KEY = "tracseq-boxmap-mode";
  var box = null, cells = {}, known = {}, suggested = {}, looks = {}, chosen = "", typed = "", typedAt = 0;

  function host() { return document.getElementById(MAP); }
  function mode() { var kept = localStorage.getItem(MODE_KEY); return box && box.modes[kept] ? kept : "type"; }

  function letters(row) {
    var text = "";
    for (; row > 0; row = Math.floor((row - 1) / 26)) text = String.fromCharCode(65 + ((row - 1) % 26)) + text;
    return text;
  }
  function label(row, column) { return letters(row) + column; }

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }
  function role(tag, name, text) {
    var made = element(tag, "", text);
    made.setAttribute("role", name);
    return made;
  }

  /* ---- layout: made anew for another box, reused while the same one changes */
  function build() {
    var place = host(), grid = role("div", "grid");
    cells = {};
    grid.className = "bm";
    grid.style.setProperty("--columns", box.columns);
    grid.classList.toggle("is-dense", !box.letters);
    var head = role("div", "row");
    head.append(role("span", "columnheader"));
    head.firstChild.setAttribute("aria-label", "Row");
    for (var column = 1; column <= box.columns; column += 1) head.append(role("span", "columnheader", String(column)));
    grid.append(head);
    for (var row = 1; row <= box.rows; row += 1) {
      var line = role("div", "row");
      line.append(role("span", "rowheader", letters(row)));
      for (column = 1; column <= box.columns; column += 1) {
        var cell = role("div", "gridcell");
        cell.dataset.pos = label(row, column);
        cell.dataset.row = row;
        cell.dataset.column = column;
        cell.tabIndex = -1;
        cells[cell.dataset.pos] = cell;
        line.append(cell);
      }
      grid.append(line);
    }
    place.dataset.box = box.id;
    place.replaceChildren(grid);
  }

  function paintCell(position) {
    var cell = cells[position], entry = known[position], next = suggested[position], now = mode();
    var look = entry && !entry.kind ? looks[now][entry[now]] : null;
    var kind = look ? "is-" + look.look : entry ? "is-" + entry.kind : next ? "is-next" : "is-free";
    var text = look ? (box.letters ? look.mark : "") : entry ? (entry.kind === "blocked" ? "×" : "") : next && box.letters ? next.mark : "";
    var name = entry ? entry.name : next ? next.name : position + ", free";
    if (look && now !== "type") name += ", " + look.word;
    var wanted = "bm-c " + kind + (entry && entry.low ? " is-low" : "") + (position === chosen ? " on" : "");
    if (cell.className !== wanted) cell.className = wanted;
    if (cell.textContent !== text) cell.textContent = text;
    if (cell.getAttribute("aria-label") !== name) cell.setAttribute("aria-label", name);
    cell.setAttribute("aria-selected", String(position === chosen));
  }

  function paint() {
    Object.keys(cells).forEach(paintCell);
    host().firstChild.setAttribute("aria-label", box.label);
    rove(chosen && cells[chosen] ? chosen : current() || "A1");
    paintLegend();
    document.querySelectorAll("[data-boxmap-mode]").forEach(function (button) {
      var on = button.dataset.boxmapMode === mode();
      button.classList.toggle("on", on);
      button.setAttribute("aria-pressed", String(on));
    });
  }

  function legendLine(look, mark, words, count) {
    var line = element("li", "lg");
    var sample = element("i", "bm-c is-key is-" + look, mark);
    sample.setAttribute("aria-hidden", "true");
    line.append(sample, words + " ");
    if (count !== null) line.append(element("span", "t3 num", String(count)));
    return line;
  }

  function paintLegend() {
    var place = document.querySelector("[data-boxmap-legend]");
    if (!place) return;
    var lines = box.modes[mode()].map(function (look) { return legendLine(look.look, look.mark, look.word, look.count); });
    var low = box.cells.filter(function (cell) { return cell.low; }).length;
    var hidden = box.cells.filter(function (cell) { return cell.kind === "hidden"; }).length;
    var blocked = box.cells.filter(function (cell) { return cell.kind === "blocked"; }).length;
    lines.push(legendLine("free", "", "Free", box.free));
    if (hidden) lines.push(legendLine("hidden", "", "Of projects you do not see", hidden));
    if (blocked) lines.push(legendLine("blocked", "×", "Blocked", blocked));
    if (low) lines.push(legendLine("free is-low", "", "Low volume", low));
    if (box.next.length) lines.push(legendLine("next", "", "Suggested next", null));
    place.replaceChildren.apply(place, lines);
  }

  /* ---- one cell takes the Tab key, as in every grid */
  function current() {
    var cell = host() && host().querySelector('[tabindex="0"]');
    return cell ? cell.dataset.pos : "";
  }
  function rove(position) {
    var before = current();
    if (before && before !== position) cells[before].tabIndex = -1;
    if (cells[position]) cells[position].tabIndex = 0;
  }
  function focus(position) {
    if (!cells[position]) return;
    rove(position);
    cells[position].focus();
  }

  function choose(position, quiet) {
    var before = chosen;
    chosen = position;
    if (cells[before]) paintCell(before);
    if (cells[chosen]) paintCell(chosen);
    rove(position);
    ts.setProps(SELECTED, { data: { box: box.id, pos: position } });
    if (quiet) return;
    var query = new URLSearchParams(location.search);
    query.set("pos", position);
    history.replaceState(history.state, "", location.pathname + "?" + query);
    ts.say(cells[position].getAttribute("aria-label") + ", chosen");
  }

  function open(position) {
    choose(position);
    var entry = known[position];
    if (entry) document.getElementById(DETAILS).focus();
    else ts.setProps(OPENED, { data: { box: box.id, pos: position, at: Date.now() } });
  }

  function move(position, rows, columns) {
    var cell = cells[position];
    var row = Math.min(Math.max(Number(cell.dataset.row) + rows, 1), box.rows);
    var column = Math.min(Math.max(Number(cell.dataset.column) + columns, 1), box.columns);
    focus(label(row, column));
  }

  /* A position typed letter by letter: D, 1, 2 goes to D1 and on to D12. */
  function type(key) {
    var now = Date.now();
    if (now - typedAt > TYPED_MS || /[a-z]/i.test(key)) typed = "";
    typed += key.toUpperCase();
    typedAt = now;
    if (cells[typed]) focus(typed);
  }

  function takeInHand() {
    var button = document.querySelector("[data-hold]");
    if (button) button.click();
  }

  var STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function pressed(event) {
    var cell = event.target.closest && event.target.closest("#" + MAP + " [data-pos]");
    if (!cell || event.altKey || event.metaKey) return;
    var position = cell.dataset.pos, step = STEPS[event.key];
    if (step) move(position, step[0], step[1]);
    else if (event.key === "Home") move(position, event.ctrlKey ? -box.rows : 0, -box.columns);
    else if (event.key === "End") move(position, event.ctrlKey ? box.rows : 0, box.columns);
    else if (event.ctrlKey) return;
    else if (event.key === "Enter") open(position);
    else if (event.key === " ") choose(position);
    else if (/^[a-z0-9]$/i.test(event.key)) letter(event.key, position);
    else return;
    event.preventDefault();
  }

  /* Row M of a 384 box and m for move: there a digit may still follow. */
  function letter(key, position) {
    if (localStorage.getItem("tracseq-single-keys") === "off" && !/[0-9]/.test(key) && key === "m") return;
    ts.unlessScan(function () {
      if (key !== "m") { type(key); return; }
      if (box.rows < 13) { act(position); return; }
      type(key);
      var since = typedAt;
      window.setTimeout(function () { if (typedAt === since) act(position); }, TYPED_MS);
    });
  }
  function act(position) {
    if (position === chosen) takeInHand();
    else choose(position);
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("click", function (event) {
    var target = event.target.closest && event.target.closest("#" + MAP + " [data-pos], [data-boxmap-mode]");
    if (!target || !box) return;
    if (target.dataset.boxmapMode) {
      localStorage.setItem(MODE_KEY, target.dataset.boxmapMode);
      paint();
      return;
    }
    choose(target.dataset.pos);
    target.focus();
  });

  function index(list, key) {
    var found = {};
    list.forEach(function (one) { found[one[key]] = one; });
    return found;
  }

  window.dash_clientside.boxmap = {
    /* Draw a box. How long it took until it was seen is measured as "boxmap", for tests and the bench. */
    draw: function (data) {
      if (!data || !host()) return window.dash_clientside.no_update;
      var began = performance.now();
      window.requestAnimationFrame(function () {
        window.setTimeout(function () { performance.measure("boxmap", { start: began, end: performance.now() }); }, 0);
      });
      var same = box && host().dataset.box === data.id && host().firstChild && box.rows === data.rows && box.columns === data.columns;
      box = data;
      known = index(data.cells, "p");
      suggested = index(data.next, "p");
      looks = {};
      Object.keys(data.modes).forEach(function (name) { looks[name] = index(data.modes[name], "key"); });
      if (!same) { chosen = ""; build(); }
      paint();
      if (!same) window.dash_clientside.boxmap.goTo(location.search);
      return window.dash_clientside.no_update;
    },

    /* Choose the position that the address names. */
    goTo: function (search) {
      var position = (new URLSearchParams(search || "").get("pos") || "").toUpperCase();
      if (box && cells[position] && position !== chosen) choose(position, true);
      return window.dash_clientside.no_update;
    },

    /* Something was done: the question that led to it is answered. */
    changed: function (mark) {
      if (mark) document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); });
      return window.dash_clientside.no_update;
    },
  };

  /* A plan's line leads to its position, the plan marked in the box. */
  var renderers = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  renderers.placeLink = function (params) {
    return window.React.createElement("a", { href: params.data.href }, params.value);
  };
})(window.tracseq);
