/* Adopts the plain insides of elements (dashboard/still.py). A new inside is compared with the last
   one, not with the page: what scripts have changed since (an opened fold, a pressed switch) stays. */
(function () {
  "use strict";
  var adopted = new WeakMap();

  function parse(markup) {
    var template = document.createElement("template");
    template.innerHTML = markup;
    return template.content;
  }

  function adopt(host) {
    var markup = host.getAttribute("data-still"), last = adopted.get(host);
    if (markup === null) { leave(host, last); return; }
    if (last && last.markup === markup) return;
    var now = parse(markup);
    if (last) patchChildren(host, last.content, now);
    else host.append(document.importNode(now, true));
    adopted.set(host, { markup: markup, content: now, nodes: Array.from(host.childNodes) });
  }

  /* The renderer has taken the element for something else and put its own children beside ours. */
  function leave(host, last) {
    if (!last) return;
    adopted.delete(host);
    last.nodes.forEach(function (node) { if (node.parentNode === host) node.remove(); });
  }

  function patchChildren(shown, was, now) {
    var standing = Array.from(shown.childNodes), old = Array.from(was.childNodes), fresh = Array.from(now.childNodes);
    for (var i = 0; i < Math.max(old.length, fresh.length); i++) {
      if (i >= fresh.length) { if (standing[i]) standing[i].remove(); continue; }
      if (i >= old.length || !standing[i]) { shown.append(document.importNode(fresh[i], true)); continue; }
      patch(standing[i], old[i], fresh[i]);
    }
  }

  function patch(standing, was, now) {
    if (was.isEqualNode(now)) return;
    if (standing.nodeName !== now.nodeName || was.nodeName !== now.nodeName) {
      standing.replaceWith(document.importNode(now, true));
      return;
    }
    if (now.nodeType !== 1) { standing.data = now.data; return; }
    Array.from(was.attributes).forEach(function (one) {
      if (!now.hasAttribute(one.name)) standing.removeAttribute(one.name);
    });
    Array.from(now.attributes).forEach(function (one) {
      if (was.getAttribute(one.name) !== one.value) standing.setAttribute(one.name, one.value);
    });
    patchChildren(standing, was, now);
  }

  function adoptAll(root) {
    if (root.nodeType !== 1) return;
    if (root.hasAttribute("data-still")) adopt(root);
    root.querySelectorAll("[data-still]").forEach(adopt);
  }

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.type === "attributes") adopt(change.target);
      else change.addedNodes.forEach(adoptAll);
    });
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-still"] });
})();
