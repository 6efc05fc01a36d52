import { consentStatus, currentGrant } from "../../core/consent-status";
import { addStyle, button, el, externalLink, showStatus } from "../../core/dom";
import { openView } from "../../core/events";
import { t } from "../../core/strings";
import { makeImportant } from "../../core/style";
import type { Chunks, Context } from "../../core/types";
import { withdraw } from "../../core/withdrawal";
import css from "./control-menu.css";
import { drawUndo } from "./undo";

const NEWS_TIME = 10_000; // ms

/** Chunk: the control's menu. In its place stands for a while what became of a choice. */
export default function createMenu(context: Context): Chunks["control-menu"] {
  return (host, root, update) => {
    const menu = el("div", { class: "card", part: "menu" }, el("p", { role: "status" }), el("slot"));
    let content: "" | "menu" | "news" = "";
    let timer = 0;

    function show(next: typeof content): void {
      clearTimeout(timer);
      content = next;
      update();
      if (next === "news") timer = setTimeout(() => host.matches(":hover,:focus-within") || show(""), NEWS_TIME);
    }

    addStyle(host.shadowRoot!, makeImportant(css));
    root.append(menu);
    addEventListener("pointerdown", (event) => {
      if (content && !event.composedPath().includes(host)) show("");
    });
    host.addEventListener("keydown", ({ key }) => {
      if (content && key === "Escape") show("");
    });

    return {
      isOpen: () => !!content,
      show(news) {
        // Whoever opened the menu reads the news in it.
        if (news) show(content || news);
        else show(content === "menu" ? "" : "menu");
      },
      draw() {
        menu.classList.toggle("closed", !content);
        showStatus(menu, t(context, `status.${consentStatus(context)}`));
        return [...drawUndo(context, menu), ...(content === "menu" ? drawActions(context, host) : []), ...drawReceipt(context)];
      },
    };
  };
}

function drawActions(context: Context, host: HTMLElement): HTMLElement[] {
  const open = (): unknown => openView(context, "banner", host.querySelector("button")!);
  const withdrawal = button(t(context, "banner.withdraw"), () => withdraw(context), { id: "forecourt-withdraw" });
  const change = button(t(context, "preferences.change"), open, { id: "forecourt-change" });
  return [change, ...(currentGrant(context) ? [withdrawal] : [])];
}

/** Of a choice made on this page. A refusal's receipt is kept nowhere else. */
function drawReceipt(context: Context): HTMLElement[] {
  const { receiptUrl } = context;
  return receiptUrl ? [externalLink(t(context, "personal_data.receipt"), receiptUrl)] : [];
}
