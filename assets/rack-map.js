/* The map of a rack scan works by keyboard as every grid does (DESIGN 6): one cell takes the Tab key,
   arrows move, Enter leads to the position's line beside the map. */
(function () {
  "use strict";
  var STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function cellAt(rows, row, column) {
    var line = rows[Math.min(Math.max(row, 0), rows.length - 1)].querySelectorAll("[data-scan-pos]");
    return line[Math.min(Math.max(column, 0), line.length - 1)];
  }

  function focus(cell, next) {
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  function lead(position) {
    var line = document.getElementById("rack-scan-line-" + position);
    if (!line) return;
    line.closest("details").open = true;
    line.focus();
    line.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    var cell = event.target.closest && event.target.closest(".rs-map [data-scan-pos]");
    if (!cell || event.altKey || event.metaKey) return;
    var rows = cell.closest("tbody").rows, row = cell.parentNode.rowIndex - 1, column = cell.cellIndex - 1;
    var step = STEPS[event.key];
    if (step) focus(cell, cellAt(rows, row + step[0], column + step[1]));
    else if (event.key === "Home") focus(cell, cellAt(rows, event.ctrlKey ? 0 : row, 0));
    else if (event.key === "End") focus(cell, cellAt(rows, event.ctrlKey ? rows.length : row, Infinity));
    else if (event.key === "Enter") lead(cell.dataset.scanPos);
    else return;
    event.preventDefault();
  });

  /* A press on a cell moves the Tab stop there. */
  document.addEventListener("click", function (event) {
    var cell = event.target.closest && event.target.closest(".rs-map [data-scan-pos]");
    if (!cell) return;
    var before = cell.closest("table").querySelector('[data-scan-pos][tabindex="0"]');
    focus(before || cell, cell);
  });
})();
