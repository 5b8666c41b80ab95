/* A sample's page: a dialog closes once its act is done; until then a refusal stands in it.
   What has just happened may ask something: then the answer opens a dialog. */
(function (ts) {
  "use strict";
  window.dash_clientside.sample = {
    close: function (done) {
      var dialog = done && document.getElementById(done.dialog);
      if (dialog && dialog.open) dialog.close();
      return window.dash_clientside.no_update;
    },
    open: function (asked) {
      if (asked) ts.openDialog(asked.dialog);
      return window.dash_clientside.no_update;
    },
  };
})(window.tracseq);
