/* A loose place: a line for each tube instead of a grid, and one for the number that comes next. The
   box map asks for it where a box has no rows; selecting and moving go by the lines as by cells. */
window.tracseq = window.tracseq || {};
(function (ts) {
  "use strict";
  var map = (ts.boxmap = ts.boxmap || {});

  function part(tag, text, className) {
    var made = document.createElement(tag);
    made.textContent = text;
    made.className = className;
    return made;
  }

  function line(position, number, entry, next) {
    var row = document.createElement("div"), cell = document.createElement("div");
    row.setAttribute("role", "row");
    cell.setAttribute("role", "gridcell");
    cell.dataset.pos = position;
    cell.dataset.row = number;
    cell.dataset.column = 1;
    cell.tabIndex = -1;
    var sample = part("i", "", "bm-c is-key");
    sample.setAttribute("aria-hidden", "true");
    cell.append(sample, part("span", position, "num t3"));
    if (entry) cell.append(part("span", entry.title, "md bm-t"), part("span", entry.code || "", "mono sm"), part("span", entry.since, "sm t3"));
    else cell.append(part("span", next, "t3 bm-t"));
    // A line reads as it stands; what only a picture of it tells comes after that.
    cell.append(part("span", "", "vh"));
    row.append(cell);
    return row;
  }

  map.list = {
    /* Draw the lines; the focus stays on the number that had it. Returns the cells by position. */
    build: function (place, box) {
      var had = place.contains(document.activeElement) ? document.activeElement.dataset.pos : "";
      var list = document.createElement("div"), cells = {};
      list.setAttribute("role", "grid");
      list.setAttribute("aria-multiselectable", "true");
      list.className = "bm-list";
      box.cells.forEach(function (entry, at) { list.append(line(entry.p, at + 1, entry)); });
      box.next.forEach(function (next, at) { list.append(line(next.p, box.cells.length + at + 1, null, next.word)); });
      list.querySelectorAll("[data-pos]").forEach(function (cell) { cells[cell.dataset.pos] = cell; });
      place.dataset.shown = box.id;
      place.replaceChildren(list);
      if (!list.firstChild) place.append(part("p", box.nothing, "t2"));
      if (cells[had]) { cells[had].tabIndex = 0; cells[had].focus(); }
      return cells;
    },

    paint: function (cell, seen) {
      var sample = cell.firstChild;
      sample.className = "bm-c is-key " + seen.kind;
      sample.textContent = seen.look ? seen.look.mark : "";
      cell.className = "bm-l" + (seen.isSelected ? " is-sel" : "") + (seen.isChosen ? " on" : "") + (seen.isAway ? " is-away" : "");
      cell.dataset.name = seen.name;
      cell.lastChild.textContent = seen.more;
      cell.setAttribute("aria-selected", String(seen.isSelected || seen.isChosen));
    },

    /* The line that is so many lines below. */
    neighbour: function (cells, position, lines) {
      var order = Object.keys(cells).sort(function (a, b) { return Number(cells[a].dataset.row) - Number(cells[b].dataset.row); });
      return order[Math.min(Math.max(order.indexOf(position) + lines, 0), order.length - 1)];
    },
  };
})(window.tracseq);
