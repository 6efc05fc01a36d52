import { button, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { ChatMessage, Context } from "../../core/types";
import type { PendingMessage } from "./outbox";

export interface MessageLog {
  readonly node: HTMLElement;
  /** Shows a stored message once, in the server's order, in place of its pending self. */
  add(message: ChatMessage): void;
  showPending(message: PendingMessage, retry: () => void): void;
  clear(): void;
  /** From now on screen readers read aloud what arrives. */
  readAloud(): void;
}

export function createMessageLog(context: Context): MessageLog {
  const label = t(context, "chat.log");
  const node = el("div", { class: "log", role: "log", tabindex: 0, "aria-live": "off", "aria-label": label });
  const findBubbles = (): HTMLElement[] => [...node.children] as HTMLElement[];
  const findPending = (key: string | undefined): HTMLElement | undefined =>
    findBubbles().find(({ dataset }) => key && dataset["key"] === key);

  function add(message: ChatMessage): void {
    findPending(message.key)?.remove();
    const bubbles = findBubbles();
    if (bubbles.some(({ dataset }) => dataset["seq"] === `${message.seq}`)) return;
    const next = bubbles.find(({ dataset }) => dataset["key"] || Number(dataset["seq"]) > message.seq);
    node.insertBefore(messageBubble(context, message), next ?? null);
    scrollToEnd();
  }

  function showPending(message: PendingMessage, retry: () => void): void {
    const bubble = pendingBubble(context, message, retry);
    const before = findPending(message.key);
    if (before) before.replaceWith(bubble);
    else node.append(bubble);
    scrollToEnd();
  }

  function scrollToEnd(): void {
    node.scrollTop = node.scrollHeight;
  }

  return { node, add, showPending, clear: () => node.replaceChildren(), readAloud: () => (node.ariaLive = "polite") };
}

function messageBubble(context: Context, { seq, at, author, body }: ChatMessage): HTMLElement {
  const time = el("time", { class: "note", datetime: at }, formatTime(context.boot.locale, new Date(at)));
  const name = el("span", { class: "visually-hidden" }, t(context, `chat.${author}`));
  return el("div", { class: `message ${author}`, "data-seq": seq }, name, el("p", { dir: "auto" }, body), time);
}

function pendingBubble(context: Context, message: PendingMessage, retry: () => void): HTMLElement {
  const { key, body, failure, isFinal } = message;
  const state = el("p", { class: "note" }, failure || t(context, "chat.sending"));
  const retryButtons = failure && !isFinal ? [button(t(context, "chat.retry"), retry)] : [];
  return el(
    "div",
    { class: "message visitor pending", "data-key": key },
    el("p", { dir: "auto" }, body),
    state,
    ...retryButtons,
  );
}

/** The time of day, with the date when it was another day. */
function formatTime(locale: string, time: Date): string {
  const isToday = time.toDateString() === new Date().toDateString();
  const date: Intl.DateTimeFormatOptions = isToday ? {} : { dateStyle: "medium" };
  return new Intl.DateTimeFormat(locale, { ...date, timeStyle: "short" }).format(time);
}
