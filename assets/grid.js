/* Cell renderers of AG Grid (components/data_grid.py names them), and each grid's accessible name. Plain DOM through React, no HTML. */
(function () {
  "use strict";
  var renderers = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  function element(tag, props) {
    return window.React.createElement.apply(null, [tag, props].concat(Array.prototype.slice.call(arguments, 2)));
  }

  /* value = what is shown; the row's `href` = where it leads. */
  renderers.rowLink = function (params) {
    if (!params.data) return null;
    return element("a", { href: params.data.href, className: "mono" }, params.value);
  };

  /* value = {word, icon, tone}, made by components/status.py. */
  renderers.status = function (params) {
    if (!params.value) return null;
    return element(
      "span",
      { className: "st st-" + params.value.tone },
      element("i", { className: "bi bi-" + params.value.icon, "aria-hidden": true }),
      params.value.word
    );
  };

  /* A grid says its name once it can be asked: components/data_grid.py has put it into its context. */
  function name(root) {
    var host = root.closest("[id]");
    var grids = window.dash_ag_grid;
    var api = host && grids && grids.getApi ? grids.getApi(host.id) : null;
    var context = api && api.getGridOption("context");
    if (context && context.label) root.setAttribute("aria-label", context.label);
  }

  function nameAll() {
    document.querySelectorAll(".ag-root:not([aria-label])").forEach(function (root) {
      try { name(root); } catch (early) { /* Not there yet: the grid's next change asks again. */ }
    });
  }

  new MutationObserver(nameAll).observe(document.documentElement, { childList: true, subtree: true });
})();
