/* A cell of a list of values: pick one with the arrows or the pointer, or type, scan and paste as in
   any other cell. What is typed narrows the list and stands as typed unless a value is picked; the
   server says what it thinks of it. AG Grid's own select takes no typing. The columns name it as
   their cellEditor (pages/register/own_cells.py). */
(function () {
  "use strict";
  var LIST = "choice-list";

  function ChoiceEditor() {}

  ChoiceEditor.prototype.init = function (params) {
    var editor = this, key = params.eventKey || "";
    this.params = params;
    this.typed = key.length === 1 || key === "Backspace" || key === "Delete";
    this.input = document.createElement("input");
    this.input.type = "text";
    this.input.className = "choice-input";
    this.input.autocomplete = "off";
    this.input.value = key.length === 1 ? key : this.typed ? "" : params.value || "";
    set(this.input, { role: "combobox", "aria-label": params.colDef.headerName, "aria-autocomplete": "list", "aria-controls": LIST });
    this.list = document.createElement("div");
    this.list.id = LIST;
    this.list.className = "pop choice-list";
    set(this.list, { role: "listbox", "aria-label": params.colDef.headerName });
    this.input.addEventListener("input", function () { editor.typed = true; editor.draw(); });
    this.input.addEventListener("keydown", function (event) { editor.press(event); });
    // The pointer must not take the focus: the grid would end the editing first.
    this.list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    this.list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) editor.take(option.textContent);
    });
    this.close = function (event) { if (event.target !== editor.list) editor.hide(); };
  };

  ChoiceEditor.prototype.getGui = function () { return this.input; };
  ChoiceEditor.prototype.getValue = function () { return this.input.value; };

  ChoiceEditor.prototype.afterGuiAttached = function () {
    this.input.focus();
    if (!this.typed) this.input.select();
    document.body.append(this.list);
    document.addEventListener("scroll", this.close, true);
    this.draw();
    // The field gets its size in the cell only when the grid has drawn it.
    window.requestAnimationFrame(this.place.bind(this));
  };

  ChoiceEditor.prototype.destroy = function () {
    document.removeEventListener("scroll", this.close, true);
    this.list.remove();
  };

  /* What is asked for: all of it until somebody types, then what holds the typed. */
  ChoiceEditor.prototype.draw = function () {
    var sought = this.typed ? this.input.value.trim().toLowerCase() : "";
    var fitting = this.params.choices.filter(function (one) { return one.toLowerCase().indexOf(sought) >= 0; });
    this.list.replaceChildren.apply(this.list, fitting.map(function (one, at) {
      var option = document.createElement("div");
      option.id = LIST + "-" + at;
      option.className = "menu-i";
      option.textContent = one;
      set(option, { role: "option", "aria-selected": "false" });
      return option;
    }));
    this.at = -1;
    this.list.hidden = !fitting.length;
    set(this.input, { "aria-expanded": String(!this.list.hidden) });
    this.input.removeAttribute("aria-activedescendant");
    if (!this.list.hidden) this.place();
  };

  ChoiceEditor.prototype.place = function () {
    var cell = this.input.getBoundingClientRect(), height = this.list.offsetHeight;
    var below = cell.bottom + height < window.innerHeight;
    this.list.style.left = Math.max(Math.min(cell.left, window.innerWidth - this.list.offsetWidth - 8), 8) + "px";
    this.list.style.top = (below ? cell.bottom : Math.max(cell.top - height, 8)) + "px";
  };

  ChoiceEditor.prototype.hide = function () {
    this.list.hidden = true;
    this.at = -1;
    set(this.input, { "aria-expanded": "false" });
    this.input.removeAttribute("aria-activedescendant");
  };

  ChoiceEditor.prototype.press = function (event) {
    var by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      event.stopPropagation();
      this.step(by);
    } else if (event.key === "Enter" || event.key === "Tab") {
      // The grid ends the editing itself and goes on with the picked value.
      if (this.at >= 0) this.input.value = this.list.children[this.at].textContent;
    }
  };

  ChoiceEditor.prototype.step = function (by) {
    var options = Array.from(this.list.children);
    if (this.list.hidden) { this.draw(); options = Array.from(this.list.children); }
    if (!options.length) return;
    this.at = this.at < 0 && by < 0 ? options.length - 1 : (this.at + by + options.length) % options.length;
    options.forEach(function (option, at) { option.setAttribute("aria-selected", String(at === this.at)); }, this);
    options[this.at].scrollIntoView({ block: "nearest" });
    set(this.input, { "aria-activedescendant": options[this.at].id });
  };

  ChoiceEditor.prototype.take = function (value) {
    this.input.value = value;
    this.params.stopEditing();
  };

  function set(element, attributes) {
    Object.keys(attributes).forEach(function (name) { element.setAttribute(name, attributes[name]); });
  }

  window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  window.dashAgGridFunctions.ChoiceEditor = ChoiceEditor;
})();
