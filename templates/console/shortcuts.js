// Lets agents work with single keys, which a sheet lists. They can be turned off there (WCAG 2.1.4), `/` of search.js too.
(() => {
  "use strict";

  const NAME = "forecourt:shortcuts";
  const find = (id) => document.getElementById(id);
  const sheet = find("shortcuts"), toggle = find("shortcuts-on");
  if (!sheet) return;
  const inInbox = () => find("list") || find("list-empty");
  // Blocked storage only costs that the choice is asked again.
  const readIsOn = () => {
    try {
      return localStorage.getItem(NAME) !== "off";
    } catch {
      return true;
    }
  };
  const saveIsOn = (isOn) => {
    try {
      localStorage.setItem(NAME, isOn ? "on" : "off");
    } catch { /* blocked */ }
  };

  let current = ""; // the id of the row that was moved to last: its link may lose the focus
  const links = () => [...document.querySelectorAll("#list h2 a")];
  const findLink = () => {
    const row = document.activeElement.closest?.(".row");
    return (row && row.querySelector("h2 a")) || find(current);
  };
  const move = (step) => {
    const all = links(), at = all.indexOf(findLink());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    if (!next) return;
    current = next.id;
    next.focus();
    next.closest(".row").scrollIntoView({ block: "nearest" });
  };
  const tick = () => findLink()?.closest(".row").querySelector(".tick").click();
  // What is ticked, or else the row that was moved to.
  const press = (button) => {
    if (!document.querySelector(".tick:checked")) tick();
    if (document.querySelector(".tick:checked")) button.click();
  };
  const openMenu = (menu) => {
    if (!menu) return;
    menu.open = true;
    menu.querySelector("button, select").focus();
  };
  const write = (mode) => {
    const button = find(`mode-${mode}`);
    if (!button?.checkVisibility()) return;
    button.click();
    find("body").focus();
  };
  const closeThread = () => {
    const form = find("toggle-closed");
    if (form?.action.endsWith("/close")) form.requestSubmit();
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => findLink()?.click(),
    x: tick,
    a: () => (inInbox() ? press(find("bulk-take")) : find("assign-to-me")?.requestSubmit()),
    s: () => (inInbox() ? press({ click: () => openMenu(find("bulk-snooze")) }) : openMenu(find("snooze-menu"))),
    e: () => (inInbox() ? press(find("bulk-close")) : closeThread()),
    r: () => write("answer"),
    n: () => write("note"),
    "?": () => sheet.showModal(),
  };
  const isTyping = (field) =>
    field.isContentEditable || field.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (!toggle.checked || document.querySelector("dialog[open], :popover-open") || isTyping(event.target)) return;
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (!act || (event.repeat && !"jk".includes(event.key))) return;
    event.preventDefault(); // the key would be typed into the field that gets the focus
    act();
  });

  toggle.checked = readIsOn();
  toggle.addEventListener("change", () => saveIsOn(toggle.checked));
  document.addEventListener("click", (event) => event.target.closest(".shortcuts-button") && sheet.showModal());
  document.documentElement.dataset.shortcuts = "";
})();
