/* The bench form: a scan that no field has taken fills the barcode, the focus goes on to what is
   still empty, and after each registration back to the barcode. Ids as in register/single_ids.py. */
(function (ts) {
  "use strict";
  var BARCODE = "single-barcode", CHECKED = "single-checked";

  function focusNext() {
    var form = document.getElementById("single-form");
    var empty = form && Array.from(form.querySelectorAll("[required]")).find(function (field) {
      return !field.value;
    });
    if (empty) empty.focus();
    else document.getElementById(BARCODE).focus();
  }

  function refuse(sentence) {
    ts.beep("crit");
    ts.say(sentence, true);
    ts.setProps(CHECKED, { children: { namespace: "dash_html_components", type: "P",
      props: { className: "err", children: sentence } } });
  }

  window.dash_clientside.bench = {
    /* A second tube scanned into a half-filled form would get the first one's values. */
    take: function (scan, barcode) {
      var none = window.dash_clientside.no_update;
      if (!scan) return none;
      if (barcode && barcode.toUpperCase() !== scan.code.toUpperCase()) {
        refuse("Scanned " + scan.code + ", but the form holds " + barcode + ". Save or clear it first.");
        return none;
      }
      ts.setProps(BARCODE, { value: scan.code });
      focusNext();
      return none;
    },
    ready: function (done) {
      var field = document.getElementById(BARCODE);
      if (done && field) field.focus();
      else if (field && field.value) focusNext();
      return window.dash_clientside.no_update;
    },
  };
})(window.tracseq);
