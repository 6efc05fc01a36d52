// Gives the forms that snooze the reader's own time zone, and closes a menu once its form has done its work.
(() => {
  "use strict";

  // Without this, times are by the clock that the page names: UTC.
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const fillZones = () => {
    if (!timeZone) return;
    for (const field of document.querySelectorAll("[data-own-zone]")) field.value = timeZone;
    for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = timeZone.replaceAll("_", " ");
  };

  const openMenus = () => document.querySelectorAll(".drop-down[open]");
  const closeMenus = (except) => {
    for (const menu of openMenus()) if (menu !== except) menu.open = false;
  };
  document.addEventListener("stored", () => closeMenus());
  document.addEventListener("click", (event) => closeMenus(event.target.closest(".drop-down")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest(".drop-down[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  // Enter in the field for a time would press the form's first button, which is another time.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input[type=datetime-local]")) return;
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("[value=custom]"));
  });

  fillZones();
  document.addEventListener("htmx:after:swap", fillZones);
})();
