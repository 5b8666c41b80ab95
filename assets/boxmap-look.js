/* A closer look at a tube of the box map, by pointer or by focus: what its name does not tell. */
window.tracseq = window.tracseq || {};
(function (ts) {
  "use strict";
  var LOOK = "boxmap-look", WAIT_MS = 400;
  var map = (ts.boxmap = ts.boxmap || {});
  var timer = null, shown = null;

  function hide() {
    window.clearTimeout(timer);
    var card = document.getElementById(LOOK);
    if (card) card.remove();
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
  }

  function part(tag, text, className) {
    var made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function show(cell) {
    var box = map.box(), entry = cell.isConnected && box ? map.entry(cell.dataset.pos) : null;
    hide();
    if (!entry || !entry.facts || map.moving.is()) return;
    var card = document.createElement("div"), list = document.createElement("dl");
    card.id = LOOK;
    card.className = "bm-look";
    card.setAttribute("role", "tooltip");
    card.append(part("b", cell.dataset.pos + " "), part("span", entry.code, "mono"));
    box.facts.forEach(function (name, number) {
      if (entry.facts[number]) list.append(part("dt", name), part("dd", entry.facts[number]));
    });
    list.className = "kv";
    card.append(list);
    document.body.append(card);
    place(card, cell.getBoundingClientRect());
    cell.setAttribute("aria-describedby", LOOK);
    shown = cell;
  }

  /* Beside the cell, so that its neighbours in the column stay in sight; inside the window. */
  function place(card, cell) {
    var right = cell.right + 12 + card.offsetWidth < window.innerWidth;
    var x = right ? cell.right + 12 : Math.max(8, cell.left - 12 - card.offsetWidth);
    var y = Math.min(Math.max(8, cell.top - 8), window.innerHeight - card.offsetHeight - 8);
    card.style.setProperty("--x", x + "px");
    card.style.setProperty("--y", y + "px");
  }

  function wait(cell) {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { show(cell); }, WAIT_MS);
  }

  function cellOf(event) { return event.target.closest && event.target.closest("#storage-map [data-pos]"); }

  document.addEventListener("pointerover", function (event) {
    if (event.pointerType !== "mouse") return;
    var cell = cellOf(event);
    if (cell && cell !== shown) wait(cell);
    else if (!cell && shown !== document.activeElement) hide();
  });
  document.addEventListener("focusin", function (event) {
    var cell = cellOf(event);
    if (cell && cell.matches(":focus-visible")) wait(cell); else if (!cell) hide();
  });
  document.addEventListener("focusout", function (event) { if (cellOf(event)) hide(); });
  document.addEventListener("pointerdown", hide);
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
})(window.tracseq);
