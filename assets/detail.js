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
    /* Says which file is chosen. One that is too large for a request is let go here: the server
       could only cut the connection. Base 64 writes three bytes as four characters. */
    chosen: function (contents, name, most) {
      if (!contents) return ["", window.dash_clientside.no_update];
      var bytes = Math.floor(((contents.length - contents.indexOf(",") - 1) * 3) / 4);
      if (bytes <= most + 2) return ["Chosen: " + name, window.dash_clientside.no_update];
      var size = (bytes / 1e6).toFixed(1) + " MB; at most " + most / 1e6 + " MB can be attached. ";
      return ["“" + name + "” has " + size + "Make it smaller and choose it again.", null];
    },
  };
})(window.tracseq);
