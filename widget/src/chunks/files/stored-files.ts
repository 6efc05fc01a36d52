import { button, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context, StoredFile } from "../../core/types";
import { bearer } from "../choice/gated-calls";
import { formatSize } from "./file-size";

/** The files of a message, each with a button that saves it. */
export function listFiles(context: Context, files: readonly StoredFile[], conversation: string): HTMLElement {
  return el("ul", { class: "files" }, ...files.map((file) => storedFile(context, file, conversation)));
}

function storedFile(context: Context, file: StoredFile, conversation: string): HTMLElement {
  const status = el("span", { role: "status" });
  const save = async (): Promise<void> => {
    status.textContent = (await saveFile(context, file, conversation)) ? "" : ` ${t(context, "error.network")}`;
  };
  const name = el("bdi", {}, file.name);
  const saveButton = button("", () => void save(), { class: "file" });
  saveButton.append(name, " ", el("span", {}, formatSize(context, file.size)));
  return el("li", {}, saveButton, status);
}

/** Fetches with the token, which stands in no address, and lets the browser save. Resolves to whether it could. */
async function saveFile({ page, store }: Context, { id, name }: StoredFile, conversation: string): Promise<boolean> {
  try {
    const address = `${page.base}v1/sites/${page.site}/conversations/${conversation}/files/${id}`;
    const headers = bearer(store.read()?.token ?? "");
    const response = await fetch(address, { __proto__: null, headers, credentials: "omit" } as RequestInit);
    if (!response.ok) return false;
    const href = URL.createObjectURL(await response.blob());
    el("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
    return true;
  } catch {
    return false;
  }
}
