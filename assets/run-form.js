/* Plan form: the flow cells of the instrument, the recipes of the flow cell, and their length
   where it is known.
   Request form: what an assay asks for. */
(function () {
  "use strict";
  var NONE = "-"; /* no key is called so; an empty value would show an empty field */
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.runForm = {
    cells: function (instrument, known, chosen) {
      var fit = (known || []).filter(function (each) { return each.instrument === instrument; });
      var stays = fit.some(function (each) { return each.value === chosen; });
      var options = fit.map(function (each) { return { label: each.label, value: each.value }; });
      return [options, stays ? chosen : fit.length ? fit[0].value : ""];
    },
    recipes: function (cell, known, chosen) {
      var fit = (known || []).filter(function (each) { return each.flow_cell === cell; });
      var stays = fit.some(function (each) { return each.value === chosen; });
      var options = fit.map(function (each) { return { label: each.label, value: each.value }; });
      return [[{ label: "No recipe", value: NONE }].concat(options), stays ? chosen : NONE];
    },
    hours: function (recipe, known) {
      var found = (known || []).find(function (each) { return each.value === recipe; });
      return found && found.hours ? found.hours : window.dash_clientside.no_update;
    },
    assay: function (chosen, known, due) {
      var found = (known || []).find(function (each) { return each.value === chosen; });
      if (!found) { return Array(5).fill(window.dash_clientside.no_update); }
      return [found.reads, found.length, found.depth, found.target, found.due || due];
    }
  };
})();
