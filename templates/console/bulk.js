// Ticks rows of the inbox by ranges, counts what is ticked, and unticks it once something was done with it.
(() => {
  "use strict";

  const form = document.getElementById("bulk");
  if (!form) return;
  const label = document.getElementById("bulk-count");
  const texts = JSON.parse(label.dataset.texts), plurals = new Intl.PluralRules(document.documentElement.lang);
  const ticks = () => [...document.querySelectorAll(".tick")];
  let last = "";

  const showCount = () => {
    const count = ticks().filter((tick) => tick.checked).length;
    form.classList.toggle("is-open", count > 0);
    label.textContent = texts[plurals.select(count)].replace("{count}", count.toLocaleString(document.documentElement.lang));
  };
  // From the row that was ticked before up to this one, all become as this one.
  const tickRange = (tick) => {
    const all = ticks(), from = all.findIndex(({ id }) => id === last), to = all.indexOf(tick);
    if (from >= 0) for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = tick.checked;
  };

  document.addEventListener("click", (event) => {
    const tick = event.target.closest(".tick");
    if (!tick) return;
    if (event.shiftKey) tickRange(tick);
    last = tick.id;
    showCount();
  });
  form.addEventListener("reset", () => setTimeout(showCount));
  document.addEventListener("bulk-done", () => {
    for (const tick of ticks()) tick.checked = false;
    for (const menu of form.querySelectorAll("details[open]")) menu.open = false;
    showCount();
  });
  document.addEventListener("htmx:after:swap", showCount); // a row that is ticked may have left the list
  showCount();
})();
