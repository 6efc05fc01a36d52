// Makes the grid of companies a spreadsheet: arrow keys and Enter move, a pasted column fills the cells below, and Ctrl+Z
// takes back. Without it, the grid is a plain form.
(() => {
  "use strict";

  const form = document.querySelector("form[data-grid]");
  if (!form) return;
  const undoButton = form.querySelector("[data-undo]"), status = form.querySelector("[data-said]");
  const CELL = "input:not([type])"; // a cell's field: the other inputs have a type
  const rows = [...form.querySelectorAll(".owner-cell, tbody tr")].map((row) => [...(row.cells ?? [row])].map((cell) => cell.querySelector(CELL)));
  const undone = [], done = [];
  let focused = null;

  const placeOf = (input) => {
    const row = rows.findIndex((inputs) => inputs.includes(input));
    return row < 0 ? null : [row, rows[row].indexOf(input)];
  };

  // The nearest field in that direction; cells that ask nothing have none, and a phone folds some away.
  const move = (input, down, right) => {
    let [row, column] = placeOf(input);
    for (row += down, column += right; rows[row] && column >= 0 && column < rows[row].length; row += down, column += right) {
      if (rows[row][column]?.offsetParent) return (rows[row][column].focus(), rows[row][column].select(), true);
    }
    return false;
  };

  const remember = (changes) => {
    if (!changes.length) return;
    done.push(changes);
    undone.length = 0;
    undoButton.hidden = false;
  };

  // What was typed into the field since it got the focus is one step.
  const rememberTyped = () => {
    if (focused && focused.input.value !== focused.before) remember([{ ...focused, after: focused.input.value }]);
    focused = document.activeElement?.matches?.(`[data-grid] ${CELL}`) ? { input: document.activeElement, before: document.activeElement.value } : null;
  };

  const apply = (changes, side) => {
    for (const change of changes) change.input.value = change[side];
    changes[0].input.focus();
    focused = { input: changes[0].input, before: changes[0].input.value };
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const step = (from, to, side) => {
    rememberTyped();
    const changes = from.pop();
    if (!changes) return;
    to.push(changes);
    apply(changes, side);
    undoButton.hidden = !done.length;
    status.textContent = side === "before" ? status.dataset.undone : "";
  };

  // A spreadsheet copies cells as lines, and columns with tabs between them. Quotes stand around a cell with a line break.
  const cellsOf = (text) => {
    const plain = text.replace(/"((?:[^"]|"")*)"/g, (whole, inner) => (/[\n\t]/.test(inner) ? inner.replace(/""/g, '"').replace(/\s+/g, " ") : whole));
    return plain.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
  };

  const paste = (event) => {
    const place = placeOf(event.target), cells = cellsOf(event.clipboardData.getData("text/plain"));
    if (!place || (cells.length === 1 && cells[0].length === 1)) return;
    event.preventDefault();
    rememberTyped();
    const changes = [];
    cells.forEach((line, down) => line.forEach((text, right) => {
      const input = rows[place[0] + down]?.[place[1] + right];
      if (input && input.value !== text.trim()) changes.push({ input, before: input.value, after: text.trim() });
    }));
    if (!changes.length) return;
    remember(changes);
    apply(changes, "after");
    status.textContent = status.dataset.pasted.replace("{count}", changes.length.toLocaleString(document.documentElement.lang));
  };

  const isAtEdge = (input, atEnd) => input.selectionStart === input.selectionEnd && input.selectionStart === (atEnd ? input.value.length : 0);
  const isAllSelected = (input) => input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const isOffering = (input) => input.hasAttribute("list") && input.value !== (focused?.before ?? "");

  const handleKey = (event) => {
    const { key, target: input } = event;
    if (!placeOf(input) || event.isComposing || event.keyCode === 229 || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      const isRedo = key.toLowerCase() === "y" || (key.toLowerCase() === "z" && event.shiftKey);
      if (key.toLowerCase() !== "z" && !isRedo) return;
      event.preventDefault();
      return isRedo ? step(undone, done, "after") : step(done, undone, "before");
    }
    const isRtl = getComputedStyle(input).direction === "rtl";
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[key];
    let hasMoved = false;
    if (key === "Enter") {
      event.preventDefault(); // saving is the button's
      move(input, event.shiftKey ? -1 : 1, 0);
    } else if ((key === "ArrowDown" || key === "ArrowUp") && !isOffering(input)) hasMoved = move(input, key === "ArrowDown" ? 1 : -1, 0);
    else if (sideways && (isAllSelected(input) || isAtEdge(input, (sideways > 0) !== isRtl))) {
      hasMoved = move(input, 0, isRtl ? -sideways : sideways);
    }
    if (hasMoved) event.preventDefault();
  };

  form.addEventListener("focusin", rememberTyped);
  form.addEventListener("keydown", handleKey);
  form.addEventListener("paste", paste);
  form.addEventListener("change", rememberTyped);
  undoButton.addEventListener("click", () => step(done, undone, "before"));
})();
