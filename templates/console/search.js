// `/` goes to the search field, wherever nothing is being typed. On a phone, where the field is a link, it is followed.
(() => {
  "use strict";

  const isTyping = (element) => element.isContentEditable || element.matches("input, textarea, select");

  // The sheet of shortcuts.js turns single keys off. Blocked storage only costs that.
  const isOff = () => {
    try {
      return localStorage.getItem("forecourt:shortcuts") === "off";
    } catch {
      return false;
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const field = document.getElementById("search");
    if (!field || !field.checkVisibility() || isOff()) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
})();
