import { addStyle, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context, FileTray, StoredFile, TrayOptions } from "../../core/types";
import css from "./files.css";
import { createRow, type FileRow } from "./file-row";
import { watchTransfers } from "./transfers";
import { createUploads } from "./uploads";

const styled = new WeakSet<Node>();

/** Gives the style to the shadow root that `node` stands in, once. */
export function addFileStyle(node: Node): void {
  const root = node.getRootNode();
  if (!styled.has(root) && root instanceof ShadowRoot) addStyle(root, css);
  styled.add(root);
}

/** Where files are chosen, dropped and pasted, and wait uploaded for their message. */
export function createTray(context: Context, options: TrayOptions): FileTray {
  const { limits, kept, form, field } = options;
  const list = el("ul", { class: "files", "aria-label": t(context, "files.list") });
  const notice = el("p", { class: "error", role: "alert" });
  const input = el("input", { type: "file", id: "files", multiple: true, accept: limits.accept, change: choose });
  const node = el("div", { class: "tray" }, list, notice, input, el("label", { for: "files" }, t(context, "files.add")));
  const say = (key: string): void => void (notice.textContent = key && t(context, key));
  const uploads = createUploads(context, options, () => say(""));

  function choose(): void {
    add([...input.files!]);
    input.value = "";
  }

  function addRow(name: string, size: number): FileRow {
    const row = createRow(context, name, size, input);
    list.append(row.node);
    return row;
  }

  function add(files: Iterable<File>): void {
    say("");
    for (const file of files) {
      if (list.children.length >= limits.per_message) return say("files.too_many");
      uploads.start(file, addRow(file.name, file.size));
    }
  }

  function putBack(files: readonly StoredFile[]): void {
    for (const file of files) uploads.keep(addRow(file.name, file.size), file);
  }

  /** In the order of the list. What failed stays there, with its reason. */
  function take(): StoredFile[] {
    const ids = [...list.children].map(({ id }) => id);
    for (const row of [...list.children]) if (row.id) row.remove();
    return kept.splice(0).sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  function isReady(): boolean {
    say(uploads.isBusy() ? "files.wait" : "");
    return !uploads.isBusy();
  }

  watchTransfers(form, field, add);
  putBack(kept.splice(0));
  return { node, isReady, take, putBack };
}
