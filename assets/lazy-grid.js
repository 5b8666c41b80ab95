/* The grid's script is more than all others together and most pages have none: a stand-in loads it
   with the first grid and then draws the real component in its own place. The pages that open with
   a grid have its script from the start, which puts the real component over the stand-in. */
(function (ts) {
  "use strict";
  var real = null, loading = null;

  function load() {
    loading = loading || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = ts.facts.grid;
      script.onload = function () {
        var whole = window.dash_ag_grid;
        real = whole.AgGrid;
        AgGrid.propTypes = real.propTypes;
        window.dash_ag_grid = Object.assign({}, whole, { AgGrid: AgGrid });
        resolve();
      };
      script.onerror = function () { loading = null; script.remove(); reject(new Error("The grid did not load.")); };
      document.head.append(script);
    });
    return loading;
  }

  function AgGrid(props) {
    var again = window.React.useState(0)[1];
    window.React.useEffect(function () {
      if (real) return undefined;
      var mounted = true;
      load().then(function () { if (mounted) again(1); }, function (failed) { ts.say(failed.message); });
      return function () { mounted = false; };
    }, []);
    return real ? window.React.createElement(real, props) : null;
  }
  // What the renderer reads of the component before it draws it (tests/e2e hold this to the real one).
  AgGrid.dashPersistence = { persisted_props: ["selectedRows"], persistence_type: "local" };
  AgGrid.dashRenderType = true;

  if (ts.facts.grid) window.dash_ag_grid = { AgGrid: AgGrid };

  /* Fetched, not run, once the first page stands: the first grid then waits for no network. */
  window.addEventListener("load", function () {
    if (!ts.facts.grid) return;
    window.setTimeout(function () {
      var hint = document.createElement("link");
      hint.rel = "prefetch"; hint.as = "script"; hint.href = ts.facts.grid;
      document.head.append(hint);
    }, 3000);
  });
})(window.tracseq);
