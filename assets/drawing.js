/* Adopts server-made SVG (components/drawing.py). Parsed as an inert document; only drawing elements
   and attributes come over, so nothing in it can run or load anything. */
(function () {
  "use strict";
  var TAGS = /^(svg|a|g|rect|circle|line|path|polyline|polygon|text|tspan|title)$/;
  var drawn = new WeakMap();

  /* A link may lead to a page of this program, and nowhere else. */
  function isWay(element, attribute) {
    return element.localName === "a" && attribute.name === "href" && /^\/(?![\/\\])/.test(attribute.value);
  }

  function clean(element) {
    Array.from(element.children).forEach(function (child) {
      if (TAGS.test(child.localName)) clean(child); else child.remove();
    });
    Array.from(element.attributes).forEach(function (attribute) {
      if (/^on/i.test(attribute.name) || (/href$/i.test(attribute.name) && !isWay(element, attribute))) element.removeAttribute(attribute.name);
    });
    return element;
  }

  function draw(host) {
    var markup = host.getAttribute("data-svg");
    if (drawn.get(host) === markup) return;
    drawn.set(host, markup);
    var parsed = new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
    if (parsed.localName !== "svg") return;
    host.replaceChildren(document.importNode(clean(parsed), true));
  }

  function drawAll(root) {
    if (root.nodeType !== 1) return;
    if (root.hasAttribute("data-svg")) draw(root);
    root.querySelectorAll("[data-svg]").forEach(draw);
  }

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.type === "attributes") draw(change.target);
      else change.addedNodes.forEach(drawAll);
    });
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-svg"] });
})();
