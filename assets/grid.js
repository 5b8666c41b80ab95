/* Cell renderers of AG Grid (components/data_grid.py names them). Plain DOM through React, no HTML. */
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
})();
