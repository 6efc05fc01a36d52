import { button, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context, StoredFile } from "../../core/types";
import { formatSize } from "./file-size";

/** One file in the tray: its name and size, how far it is, and a button that removes it. */
export interface FileRow {
  readonly node: HTMLElement;
  /** Is aborted when the file is removed. */
  readonly removal: AbortController;
  showProgress(part: number): void;
  /** Shows the name and the size under which it is stored. */
  settle(file: StoredFile): void;
  fail(sentence: string, retry?: () => void): void;
}

/** `focusAfter` gets the focus where the last row is removed. */
export function createRow(context: Context, name: string, size: number, focusAfter: HTMLElement): FileRow {
  const removal = new AbortController();
  const label = el("bdi", {}, name);
  const bytes = el("span", { class: "note" }, formatSize(context, size));
  const status = el("div", { role: "status" });
  const attributes = { type: "button", class: "remove", "aria-label": t(context, "files.remove", { name }) };
  const node = el("li", {}, label, bytes, button("×", remove, attributes), status);

  function remove(): void {
    const neighbour = node.nextElementSibling ?? node.previousElementSibling;
    removal.abort();
    node.remove();
    (neighbour?.querySelector<HTMLElement>(".remove") ?? focusAfter).focus();
  }

  function showProgress(part: number): void {
    const attributes = { max: 1, "aria-label": t(context, "files.uploading") };
    const bar = status.querySelector("progress") ?? el("progress", attributes);
    bar.value = part;
    if (!bar.parentNode) status.replaceChildren(bar);
  }

  function settle(file: StoredFile): void {
    node.id = file.id;
    label.textContent = file.name;
    bytes.textContent = formatSize(context, file.size);
    status.replaceChildren(el("span", { class: "visually-hidden" }, `${file.name}: ${t(context, "files.ready")}`));
  }

  function fail(sentence: string, retry?: () => void): void {
    const again = retry ? [button(t(context, "chat.retry"), retry, { type: "button" })] : [];
    status.replaceChildren(el("p", { class: "error" }, `${name}: ${sentence}`), ...again);
  }

  return { node, removal, showProgress, settle, fail };
}
