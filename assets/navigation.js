/* Plain links go from page to page without a reload; the renderer's Location hears of it. */
(function (ts) {
  "use strict";
  var OUTSIDE = /^\/(api|login|logout|setup|assets|live|services|files|openapi)(\/|\.|$)/;

  ts.go = function (href) {
    if (href === location.pathname + location.search + location.hash) return;
    history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  };

  document.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || link.getAttribute("target") || link.hasAttribute("download") || link.hasAttribute("data-reload")) return;
    var url = new URL(link.getAttribute("href"), location.href);
    if (url.origin !== location.origin || OUTSIDE.test(url.pathname)) return;
    if (url.hash && url.pathname === location.pathname && url.search === location.search) {
      focusFragment(event, url.hash.slice(1));
      return;
    }
    event.preventDefault();
    ts.closePopovers();
    ts.go(url.pathname + url.search + url.hash);
  });

  /* Skip link and error summary: the named element takes the focus without a new address. */
  function focusFragment(event, id) {
    var target = document.getElementById(decodeURIComponent(id));
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView({ block: "center" });
    target.focus();
  }

  /* Where the tabs are wider than the screen, the one that is open stands in the middle. */
  function showTab(tab) {
    if (!tab) return;
    var strip = tab.parentElement.getBoundingClientRect(), box = tab.getBoundingClientRect();
    tab.parentElement.scrollLeft += box.left + box.width / 2 - strip.left - strip.width / 2;
  }

  window.dash_clientside.shell = {
    /* A page has been drawn: its name in the window title, its entry marked, the focus on it. */
    arrived: function (meta) {
      if (!meta) return window.dash_clientside.no_update;
      document.title = meta.title + " · TracSeq";
      var path = location.pathname;
      document.querySelectorAll("[data-nav]").forEach(function (link) {
        var href = link.getAttribute("data-nav");
        var here = path === href || (href !== "/" && path.indexOf(href + "/") === 0);
        var on = here || meta.under === href;
        link.classList.toggle("on", on);
        if (on) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
      });
      showTab(document.querySelector(".tabs > a.on"));
      if (ts.hasArrived) {
        var page = document.getElementById("page");
        page.scrollTop = 0;
        if (!page.contains(document.activeElement)) page.focus({ preventScroll: true });
        ts.say(meta.title);
      }
      ts.hasArrived = true;
      ts.catchUp(meta.versions);
      return meta.key;
    },
  };
})(window.tracseq);
