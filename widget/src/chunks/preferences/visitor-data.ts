import { button, el, externalLink, showStatus } from "../../core/dom";
import { redraw } from "../../core/refresh";
import { t } from "../../core/strings";
import type { BannerFrame, Context, ResponseBody } from "../../core/types";
import { storeWithdrawal } from "../../core/withdrawal";
import { callJson, explainFailure } from "../choice/gated-calls";

/** What the second layer lends. */
interface LayerFrame extends Pick<BannerFrame, "host" | "createButton"> {
  /** Draws the layer from its title on. */
  show(): void;
  close(): void;
}

/** What visitors can do with what is stored about them: read the receipt, download all of it, and erase it. */
export interface VisitorData {
  /** Where an erasure is: nowhere, asked once more since it cannot be undone, or done. */
  step: "" | "erase" | "erased";
  /** The links and buttons for it; none where nothing is stored. */
  draw(): HTMLElement[];
  /** What is asked before an erasure, and said after it, in place of all else. */
  drawStep(): HTMLElement[] | undefined;
}

export function createVisitorData(context: Context, frame: LayerFrame): VisitorData {
  const { page, store } = context;
  const { host, createButton, show, close } = frame;
  const word = (key: string): string => t(context, `personal_data.${key}`);

  async function callMe(method: string, body: object | undefined, done: (data: ResponseBody) => void): Promise<void> {
    showStatus(host, word("progress"));
    const response = await callJson(context, method, "me", body, store.read()?.token);
    showStatus(host, response.ok ? "" : explainFailure(context, response));
    if (response.ok) done(response.data);
  }

  function showErased(): void {
    context.receiptUrl = context.lastGrant = undefined;
    storeWithdrawal(context, store.read()!);
    visitorData.step = "erased";
    redraw(context, false, "withdraw");
    show();
  }

  function goTo(step: VisitorData["step"]): void {
    visitorData.step = step;
    show();
  }

  const drawPage = (title: string, text: string, buttons: HTMLElement[]): HTMLElement[] => [
    el("h2", { slot: "text", id: "forecourt-title", tabindex: -1 }, word(title)),
    el("p", { slot: "text" }, word(text)),
    el("p", { slot: "action", role: "status" }),
    ...buttons,
  ];

  const erase = (): unknown => callMe("DELETE", { confirm: true }, showErased);
  const visitorData: VisitorData = {
    step: "",
    draw() {
      const { token, receipt: address = context.receiptUrl } = store.read() ?? {};
      // The page, or another one that shares the cookie, can store any address.
      const receipt = address?.startsWith(page.base) ? address : undefined;
      const attributes = (name: string) => ({ slot: "visitor-data", id: `forecourt-${name}` });
      const save = (data: ResponseBody): void => saveFile(data, `${page.site}.json`);
      return [
        ...(receipt ? [externalLink(word("receipt"), receipt, attributes("receipt"))] : []),
        ...(token ? [button(word("download"), () => callMe("GET", undefined, save), attributes("download"))] : []),
        ...(token ? [button(word("erase"), () => goTo("erase"), attributes("erase"))] : []),
      ];
    },
    drawStep() {
      if (visitorData.step === "erase")
        return drawPage("erase_title", "erase_text", [
          createButton("erase-confirmation", erase, "personal_data.erase_confirmation"),
          createButton("erase-refusal", () => goTo(""), "personal_data.erase_refusal"),
        ]);
      return visitorData.step ? drawPage("erased_title", "erased_text", [createButton("close", close)]) : undefined;
    },
  };
  return visitorData;
}

function saveFile(data: ResponseBody, name: string): void {
  const href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)]));
  el("a", { href, download: name }).click();
}
