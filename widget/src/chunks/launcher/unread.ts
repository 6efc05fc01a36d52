import { addStyle, el } from "../../core/dom";
import { pageDocument } from "../../core/page-document";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";
import css from "./unread.css";

/** Counts the answers that came while the panel's chat was out of sight, on every launcher of the page. */
export function createUnread(context: Context, isReading: () => boolean): () => void {
  const unread = new Set<number>();
  const styled = new WeakSet<ShadowRoot>();
  let describe: (count: number) => string;

  function drawOn({ shadowRoot }: HTMLElement): void {
    const launcher = shadowRoot?.querySelector("button");
    if (!shadowRoot || !launcher) return;
    if (!styled.has(shadowRoot)) addStyle(shadowRoot, css);
    styled.add(shadowRoot);
    shadowRoot.querySelector(".unread")?.remove();
    launcher.ariaLabel = unread.size ? `${t(context, "launcher.title")}, ${describe(unread.size)}` : null;
    if (unread.size) launcher.after(el("span", { class: "unread", "aria-hidden": "true" }, `${unread.size}`));
  }

  function draw(): void {
    pageDocument.querySelectorAll<HTMLElement>("[data-forecourt=launcher]:not(form)").forEach(drawOn);
  }

  function update(): void {
    if (isReading()) unread.clear();
    draw();
  }

  context.noteAnswer = (seq, words) => {
    describe = words;
    unread.add(seq);
    update();
  };
  pageDocument.addEventListener("visibilitychange", update);
  return update;
}
