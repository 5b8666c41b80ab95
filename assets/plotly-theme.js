/* Served behind plotly.js itself (dashboard/bundle.py): puts token values in for var(--ts-…) names
   before plotly draws, gives every figure our template, and draws again when the theme changes. */
(function () {
  "use strict";
  var Plotly = window.Plotly;
  if (!Plotly) return;
  var block = document.getElementById("plotly-template");
  var template = block ? JSON.parse(block.textContent) : null;
  var variable = /^var\((--ts-[\w-]+)\)$/;

  function resolve(value, style) {
    if (typeof value === "string") {
      var found = variable.exec(value);
      return found ? style.getPropertyValue(found[1]).trim() : value;
    }
    if (Array.isArray(value)) {
      // Measurements are long arrays of numbers: nothing to look for in them.
      if (typeof value[0] === "number" && typeof value[value.length - 1] === "number") return value;
      return value.map(function (one) { return resolve(one, style); });
    }
    if (value && Object.getPrototypeOf(value) === Object.prototype) {
      var copy = {};
      Object.keys(value).forEach(function (key) { copy[key] = resolve(value[key], style); });
      return copy;
    }
    return value;
  }

  function themed(data, layout) {
    var style = getComputedStyle(document.documentElement);
    var own = Object.assign({}, layout || {});
    own.template = template;
    return { data: resolve(data || [], style), layout: resolve(own, style) };
  }

  ["newPlot", "react"].forEach(function (name) {
    var draw = Plotly[name];
    Plotly[name] = function (gd, data, layout, config) {
      var whole = data && !Array.isArray(data);
      var figure = whole ? data : { data: data, layout: layout, config: config };
      var target = typeof gd === "string" ? document.getElementById(gd) : gd;
      target.tracseqFigure = figure;
      var drawn = themed(figure.data, figure.layout);
      return draw.call(Plotly, gd, Object.assign({}, figure, drawn));
    };
  });

  window.addEventListener("tracseq:theme", function () {
    document.querySelectorAll(".js-plotly-plot").forEach(function (gd) {
      if (gd.tracseqFigure) Plotly.react(gd, gd.tracseqFigure);
    });
  });
})();
