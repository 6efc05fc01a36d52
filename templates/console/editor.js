// Makes the policy editor's forms quicker. Every form works without it: a saved form comes back with an empty row more,
// and every choice has a button.
(() => {
  "use strict";

  // Adds a button that appends an empty row. The copy takes the next number in every name, id and reference.
  const addRowButton = (list) => {
    const add = document.createElement("button");
    add.type = "button";
    add.className = "button plain";
    add.textContent = list.dataset.more;
    add.addEventListener("click", () => {
      const rows = list.querySelectorAll("fieldset.repeated-row");
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

  // Asks, in the browser's own words, before a link throws away what was typed.
  const warnOfUnsaved = (form) => {
    let isDirty = false;
    form.addEventListener("input", () => (isDirty = true));
    form.addEventListener("submit", () => (isDirty = false));
    addEventListener("beforeunload", (event) => isDirty && event.preventDefault());
  };

  // Typing a day chooses "ends on this day".
  const chooseDayWhenTyped = () => {
    const day = document.getElementById("removed"), how = document.querySelector('[name="how"][value="day"]');
    day?.addEventListener("input", () => how && (how.checked = true));
  };

  document.querySelectorAll(".repeated-rows").forEach(addRowButton);
  document.querySelectorAll("form[data-unsaved]").forEach(warnOfUnsaved);
  for (const form of document.querySelectorAll("form[data-at-once]")) {
    form.addEventListener("change", () => form.requestSubmit());
    form.querySelector("button").hidden = true;
  }
  chooseDayWhenTyped();
})();
