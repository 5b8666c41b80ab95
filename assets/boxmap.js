/* The box map: a grid of positions that works by keyboard (DESIGN 6: arrows, Enter, Space, m, typed
   positions). What a cell is called and what a colour means comes from the server with the box; this
   script lays it out, keeps the focus while the box changes under it, and says what was chosen.
   Which tubes are selected is boxmap-select.js, where they go boxmap-move.js, a closer look
   boxmap-look.js, a loose place as a list boxmap-list.js: they load before this file, fill `map`, and
   ask it for the box and its cells. */
window.tracseq = window.tracseq || {};
window.dash_clientside = window.dash_clientside || {};
(function (ts) {
  "use strict";
  var MAP = "storage-map", SELECTED = "storage-selected", OPENED = "storage-opened", DETAILS = "storage-details";
  var TYPED_MS = 900, MODE_KEY = "tracseq-boxmap-mode", MARKED_ROWS = 13;
  var map = ts.boxmap;
  var box = null, cells = {}, known = {}, suggested = {}, looks = {}, chosen = "", typed = "", typedAt = 0;

  function host() { return document.getElementById(MAP); }
  function mode() { var kept = localStorage.getItem(MODE_KEY); return box && box.modes[kept] ? kept : "type"; }

  function letters(row) {
    var text = "";
    for (; row > 0; row = Math.floor((row - 1) / 26)) text = String.fromCharCode(65 + ((row - 1) % 26)) + text;
    return text;
  }
  /* What the lid calls a position: a letter and a number, or a running number (BoxShape.at). */
  function label(row, column) {
    if (box.numbering === "letters") return letters(row) + column;
    return String(box.numbering === "rows" ? (row - 1) * box.columns + column : (column - 1) * box.rows + row);
  }
  function rowHead(row) { return box.numbering === "letters" ? letters(row) : label(row, 1); }
  function columnHead(column) { return box.numbering === "letters" ? String(column) : label(1, column); }

  /* The position of this box that was meant: A1 is one of a lid with numbers, too. */
  function meant(text) {
    if (cells[text] || !box.rows || box.numbering === "letters") return text;
    var parts = /^([A-Z]{1,2})0*(\d{1,3})$/.exec(text);
    if (!parts) return text;
    for (var row = 1; row <= box.rows; row += 1) if (letters(row) === parts[1] && parts[2] <= box.columns) return label(row, Number(parts[2]));
    return text;
  }

  function role(tag, name, text) {
    var made = document.createElement(tag);
    if (text) made.textContent = text;
    made.setAttribute("role", name);
    return made;
  }

  /* ---- layout: made anew for another box, reused while the same one changes */
  function head(name, text, axis, number) {
    var made = role("span", name, text);
    made.dataset[axis] = number;
    made.title = number === 0 ? "Select the whole box" : "Select " + (axis === "headRow" ? "row " : "column ") + text;
    return made;
  }

  function build() {
    if (!box.rows) { cells = map.list.build(host(), box); return; }
    var place = host(), grid = role("div", "grid"), top = role("div", "row");
    cells = {};
    grid.className = "bm";
    grid.style.setProperty("--columns", box.columns);
    grid.classList.toggle("is-dense", !box.letters);
    grid.classList.toggle("is-numbered", box.numbering !== "letters");
    grid.setAttribute("aria-multiselectable", "true");
    top.append(head("columnheader", "", "headAll", 0));
    top.firstChild.setAttribute("aria-label", "Row");
    for (var column = 1; column <= box.columns; column += 1) top.append(head("columnheader", columnHead(column), "headColumn", column));
    grid.append(top);
    for (var row = 1; row <= box.rows; row += 1) {
      var line = role("div", "row");
      line.append(head("rowheader", rowHead(row), "headRow", row));
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
    place.dataset.shown = box.id;
    place.replaceChildren(grid);
  }

  function paintCell(position) { paintAs(position, mode()); }

  function paintAs(position, now) {
    var cell = cells[position], entry = known[position], next = suggested[position];
    var look = entry && !entry.kind ? looks[now][entry[now]] : null, ghost = map.moving.at(position);
    var kind = look ? "is-" + look.look : entry ? "is-" + entry.kind : next && !ghost ? "is-next" : "is-free";
    var text = look ? look.mark : entry ? (entry.kind === "blocked" ? "×" : "") : ghost ? ghost.mark : next ? next.mark : box.numbering !== "letters" ? position : "";
    var name = entry ? entry.name : next ? next.name : position + ", free";
    var isSelected = map.selection.has(entry);
    if (!box.rows) {
      var more = entry && entry.code ? name.split(", ").slice(2).join(", ") + (look && now !== "type" ? ", " + look.word : "") : "";
      map.list.paint(cell, { look: look, kind: kind, name: name, more: more, isSelected: isSelected, isChosen: position === chosen, isAway: map.moving.carries(entry) });
      return;
    }
    if (look && now !== "type") name += ", " + look.word;
    if (ghost) name += ", " + ghost.word;
    var wanted = "bm-c " + kind + (entry && entry.low ? " is-low" : "") + (ghost ? " " + ghost.look : "") +
      (isSelected ? " is-sel" : "") + (map.moving.carries(entry) ? " is-away" : "") + (position === chosen ? " on" : "");
    if (cell.className !== wanted) cell.className = wanted;
    if (cell.textContent !== text) cell.textContent = text;
    if (cell.getAttribute("aria-label") !== name) cell.setAttribute("aria-label", name);
    var selected = String(isSelected || position === chosen);
    if (cell.getAttribute("aria-selected") !== selected) cell.setAttribute("aria-selected", selected);
  }

  function paintAll(positions) {
    var now = mode();
    (positions || Object.keys(cells)).forEach(function (position) { paintAs(position, now); });
  }

  function paint() {
    paintAll();
    host().firstChild.setAttribute("aria-label", box.label);
    rove(chosen && cells[chosen] ? chosen : current() || Object.keys(cells)[0]);
    map.paintLegend(mode());
    document.querySelectorAll("[data-boxmap-mode]").forEach(function (button) {
      var on = button.dataset.boxmapMode === mode();
      button.classList.toggle("on", on);
      button.setAttribute("aria-pressed", String(on));
    });
  }

  /* ---- one cell takes the Tab key, as in every grid */
  function current() {
    var cell = host() && host().querySelector('[role="gridcell"][tabindex="0"]');
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
    var told = { data: { box: box.id, pos: position } };
    // Quietly: by the address, while the page is still being put up. Dash hears of it after that.
    if (quiet) { window.setTimeout(function () { ts.setProps(SELECTED, told); }, 0); return; }
    ts.setProps(SELECTED, told);
    var query = new URLSearchParams(location.search);
    query.set("pos", position);
    history.replaceState(history.state, "", location.pathname + "?" + query);
    ts.say((cells[position].getAttribute("aria-label") || cells[position].dataset.name) + ", chosen");
  }

  function open(position) {
    choose(position);
    var entry = known[position];
    if (entry) document.getElementById(DETAILS).focus();
    else ts.setProps(OPENED, { data: { box: box.id, pos: position, at: Date.now() } });
  }

  function neighbour(position, rows, columns) {
    if (!box.rows) return map.list.neighbour(cells, position, rows);
    var cell = cells[position];
    var row = Math.min(Math.max(Number(cell.dataset.row) + rows, 1), box.rows);
    var column = Math.min(Math.max(Number(cell.dataset.column) + columns, 1), box.columns);
    return label(row, column);
  }

  /* A position typed letter by letter: D, 1, 2 goes to D1 and on to D12. */
  function type(key) {
    var now = Date.now();
    if (now - typedAt > TYPED_MS || /[a-z]/i.test(key)) typed = "";
    typed += key.toUpperCase();
    typedAt = now;
    if (cells[meant(typed)]) focus(meant(typed));
  }

  var STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function step(event) {
    if (STEPS[event.key]) return STEPS[event.key];
    var all = box.rows || box.cells.length + box.next.length;
    if (event.key === "Home") return [event.ctrlKey || !box.rows ? -all : 0, -box.columns];
    if (event.key === "End") return [event.ctrlKey || !box.rows ? all : 0, box.columns];
    return null;
  }

  function pressed(event) {
    var cell = event.target.closest && event.target.closest("#" + MAP + " [data-pos]");
    if (!cell || event.altKey || !box) return;
    var position = cell.dataset.pos, by = step(event);
    if (by) {
      var to = neighbour(position, by[0], by[1]);
      if (event.shiftKey && !map.moving.is()) map.selection.extend(position, to);
      focus(to);
    } else if (map.moving.key(event, position) || map.selection.key(event, position)) event.preventDefault();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "Enter") open(position);
    else if (/^[a-z0-9]$/i.test(event.key)) letter(event.key, position);
    else return;
    event.preventDefault();
  }

  /* Row M of a 384 box and m for move: there a digit may still follow. So may one after the Z of undo. */
  function letter(key, position) {
    var act = { m: function () { map.moving.begin(position); }, z: ts.undoLast }[key];
    var rows = key === "z" ? 2 * MARKED_ROWS : MARKED_ROWS;
    if (act && localStorage.getItem("tracseq-single-keys") === "off") act = null;
    ts.unlessScan(function () {
      if (!act || box.rows >= rows) type(key);
      if (act && box.rows < rows) act();
      if (!act || box.rows < rows) return;
      var since = typedAt;
      window.setTimeout(function () { if (typedAt === since) act(); }, TYPED_MS);
    });
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
    var position = target.dataset.pos, isMove = map.moving.clicked(position);
    target.focus();
    if (isMove || map.selection.clicked(event, position)) return;
    choose(position);
  });

  function index(list, key) {
    var found = {};
    list.forEach(function (one) { found[one[key]] = one; });
    return found;
  }

  /* ---- what the other scripts of the map ask for */
  Object.assign(map, {
    host: host,
    /* The box as it is drawn now; null on pages without one. */
    box: function () { return host() && host().firstChild ? box : null; },
    entry: function (position) { return known[position]; },
    cell: function (position) { return cells[position]; },
    label: label,
    meant: meant,
    current: current,
    focus: focus,
    choose: choose,
    chosen: function () { return chosen; },
    repaint: paintAll,
  });

  /* How long a box took until it was seen is measured as "boxmap", for tests and the bench. A timer
     would wait behind all that Dash has set for itself, long after the frame. */
  function measure(began) {
    function end() { performance.measure("boxmap", { start: began, end: performance.now() }); }
    window.requestAnimationFrame(function () {
      if (window.scheduler && window.scheduler.postTask) window.scheduler.postTask(end, { priority: "user-blocking" });
      else window.setTimeout(end, 0);
    });
  }

  /* A cell comes as its values alone, in the order of the fields. */
  function unpack(text) {
    var data = JSON.parse(text);
    data.cells = data.cells.map(function (values) {
      var cell = {};
      values.forEach(function (value, at) { if (value !== null) cell[data.fields[at]] = value; });
      return cell;
    });
    return data;
  }

  function draw(data) {
    var same = box && data && host().dataset.shown === data.id && host().firstChild && box.rows === data.rows && box.columns === data.columns && box.numbering === data.numbering;
    box = data;
    if (!data) { host().replaceChildren(); map.moving.drawn(); return; }
    known = index(data.cells, "p");
    suggested = index(data.next, "p");
    looks = {};
    Object.keys(data.modes).forEach(function (name) { looks[name] = index(data.modes[name], "key"); });
    if (!same) chosen = "";
    // Of a list every tube that comes or goes changes the lines.
    if (!same || !box.rows) build();
    map.selection.drawn(Boolean(same));
    map.moving.drawn();
    paint();
    if (!same) window.dash_clientside.boxmap.goTo(location.search);
  }

  /* The box stands on the map itself, so that it is in the first frame of the page. */
  var drawnOn = null, drawnFrom = null;
  new MutationObserver(function () {
    var place = host(), given = place ? place.getAttribute("data-box") : null;
    if (place === drawnOn && given === drawnFrom) return;
    drawnOn = place;
    drawnFrom = given;
    if (!place) return;
    var began = performance.now();
    draw(given ? unpack(given) : null);
    if (given) measure(began);
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-box"] });

  window.dash_clientside.boxmap = {
    /* The page's stores are new, the map may be the one that stood there. */
    again: function () {
      if (map.box()) map.selection.tell(true);
      return window.dash_clientside.no_update;
    },

    /* Choose the position that the address names. */
    goTo: function (search) {
      var position = (new URLSearchParams(search || "").get("pos") || "").toUpperCase();
      if (box) position = meant(position);
      if (box && cells[position] && position !== chosen) choose(position, true);
      return window.dash_clientside.no_update;
    },

    /* Something was done: the question that led to it is answered. */
    changed: function (mark) {
      if (!mark) return window.dash_clientside.no_update;
      document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); });
      map.moving.done();
      return window.dash_clientside.no_update;
    },

    /* A move would push tubes away: ask what becomes of them. Cancel has the focus, not the list. */
    ask: function (asked) {
      if (asked) {
        ts.openDialog(asked.dialog);
        document.querySelector("#" + asked.dialog + " [data-close]").focus();
      }
      return window.dash_clientside.no_update;
    },
  };

  /* A plan's line leads to its position, the plan marked in the box. */
  var renderers = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  renderers.placeLink = function (params) {
    return window.React.createElement("a", { href: params.data.href }, params.value);
  };
})(window.tracseq);
