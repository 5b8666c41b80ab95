/* A sample's page: a dialog closes once its act is done; until then a refusal stands in it. */
(function () {
  "use strict";
  window.dash_clientside.sample = {
    close: function (done) {
      var dialog = done && document.getElementById(done.dialog);
      if (dialog && dialog.open) dialog.close();
      return window.dash_clientside.no_update;
    },
  };
})();
