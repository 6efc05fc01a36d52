// The policy editor's manners. Every form works without: a row more each time it is saved, a button for every choice.
(() => {
  "use strict";

  // Another row at once. The copy takes the next number in every name, id and reference.
  const repeat = (list) => {
    const add = document.createElement("button");
    add.type = "button";
    add.className = "button plain";
    add.textContent = list.dataset.more;
    add.addEventListener("click", () => {
      const rows = list.querySelectorAll("fieldset.one");
      const last = rows[rows.length - 1], copy = last.cloneNode(true), from = `.${rows.length - 1}.`, to = `.${rows.length}.`;
      for (const each of copy.querySelectorAll("*")) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(from, to));
        }
      }
      copy.querySelector("legend").textContent = copy.querySelector("legend").textContent.replace(rows.length, rows.length + 1);
      for (const each of copy.querySelectorAll("input")) each.type === "checkbox" ? (each.checked = false) : (each.value = "");
      for (const each of copy.querySelectorAll("select")) each.selectedIndex = 0;
      add.before(copy);
      copy.querySelector("select, input").focus();
    });
    list.append(add);
  };

  // What was typed is not lost by a link pressed too soon. The browser asks in its own words.
  const keep = (form) => {
    let isDirty = false;
    form.addEventListener("input", () => (isDirty = true));
    form.addEventListener("submit", () => (isDirty = false));
    addEventListener("beforeunload", (event) => isDirty && event.preventDefault());
  };

  const chooseDay = () => {
    const day = document.getElementById("removed"), how = document.querySelector('[name="how"][value="day"]');
    day?.addEventListener("input", () => how && (how.checked = true));
  };

  document.querySelectorAll(".repeated-rows").forEach(repeat);
  document.querySelectorAll("form[data-unsaved]").forEach(keep);
  for (const form of document.querySelectorAll("form[data-at-once]")) {
    form.addEventListener("change", () => form.requestSubmit());
    form.querySelector("button").hidden = true;
  }
  chooseDay();
})();
