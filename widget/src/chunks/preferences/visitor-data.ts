import { button, el, externalLink, showStatus } from "../../core/dom";
import { redraw } from "../../core/refresh";
import { t } from "../../core/strings";
import type { Context, ResponseBody } from "../../core/types";
import { storeWithdrawal } from "../../core/withdrawal";
import { callJson, explainFailure } from "../choice/gated-calls";

/**
 * What is stored about a visitor: the receipt, a file with all of it, and its erasure. `host` is the banner, whose
 * status says how they go.
 */
export function drawVisitorData(context: Context, host: HTMLElement): HTMLElement[] {
  const { page, store } = context;
  const { token, receipt: address = context.receiptUrl } = store.read() ?? {};
  // The page, or another one that shares the cookie, can store any address.
  const receipt = address?.startsWith(page.base) ? address : undefined;
  if (!token && !receipt) return [];
  const attributes = (name: string) => ({ slot: "visitor-data", id: `forecourt-${name}` });
  let isConfirmed = false;

  /** Asks once more first, since it cannot be undone. */
  function erase(): void {
    if (isConfirmed) return void callMe("DELETE", { confirm: true }, showErased);
    isConfirmed = true;
    eraseButton.textContent = t(context, "personal_data.erase_confirmation");
    showStatus(host, t(context, "personal_data.erase_warning"));
    eraseButton.scrollIntoView({ block: "center" });
  }

  async function callMe(method: string, body: object | undefined, done: (data: ResponseBody) => void): Promise<void> {
    showStatus(host, t(context, "personal_data.progress"));
    const response = await callJson(context, method, "me", body, token);
    showStatus(host, response.ok ? "" : explainFailure(context, response));
    if (response.ok) done(response.data);
  }

  function saveFile(data: ResponseBody): void {
    const href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)]));
    el("a", { href, download: `${page.site}.json` }).click();
  }

  function showErased(): void {
    context.receiptUrl = undefined;
    storeWithdrawal(context, context.store.read()!);
    redraw(context, false, "withdraw");
  }

  const receiptLinks = receipt ? [externalLink(t(context, "personal_data.receipt"), receipt, attributes("receipt"))] : [];
  const downloadButton = button(
    t(context, "personal_data.download"),
    () => callMe("GET", undefined, saveFile),
    attributes("download"),
  );
  const eraseButton = button(t(context, "personal_data.erase"), erase, attributes("erase"));
  return [...receiptLinks, ...(token ? [downloadButton, eraseButton] : [])];
}
