import { button, el } from "../../core/dom";
import { tryChunk } from "../../core/chunks";
import { t } from "../../core/strings";
import type { ChatMessage, Context, StoredFile } from "../../core/types";
import { linkAddresses } from "./links";
import type { PendingMessage } from "./outbox";
import { formatTime } from "./reader-time";
import { watchReadingPosition } from "./reading-position";

/** What a visitor can do about a message that was not sent. */
export interface PendingActions {
  retry(): void;
  /** Takes the text back into the field, to change it. */
  edit(message: PendingMessage): void;
}

export interface MessageLog {
  /** The messages, and a button where new ones have come below what is read. */
  readonly nodes: readonly HTMLElement[];
  /** Shows a stored message once, in the server's order, in place of its pending self. */
  add(message: ChatMessage): void;
  showPending(message: PendingMessage): void;
  removePending(message: PendingMessage): void;
  clear(): void;
  /** From now on screen readers read aloud what arrives. */
  readAloud(): void;
  scrollToEnd(): void;
}

export function createMessageLog(context: Context, actions: PendingActions): MessageLog {
  const label = t(context, "chat.log");
  const node = el("div", { class: "log", role: "log", tabindex: 0, "aria-live": "off", "aria-label": label });
  const position = watchReadingPosition(context, node);
  const findBubbles = (): HTMLElement[] => [...node.children] as HTMLElement[];
  const findPending = (key: string | undefined): HTMLElement | undefined =>
    findBubbles().find(({ dataset }) => key && dataset["key"] === key);

  const add = (message: ChatMessage): void =>
    position.keep(() => {
      const pending = findPending(message.key);
      pending?.remove();
      const bubbles = findBubbles();
      if (bubbles.some(({ dataset }) => dataset["seq"] === `${message.seq}`)) return false;
      const next = bubbles.find(({ dataset }) => dataset["key"] || Number(dataset["seq"]) > message.seq);
      const bubble = messageBubble(context, message);
      node.insertBefore(bubble, next ?? null);
      if (message.files?.[0]) void addFiles(bubble, message.files);
      return !pending;
    });

  const addFiles = (bubble: HTMLElement, files: readonly StoredFile[]): Promise<unknown> =>
    tryChunk(context, "files", (chunk) =>
      position.keep(() => {
        chunk.addFiles(bubble, files, context.store.read()?.conversation ?? "");
        return false;
      }),
    );

  const showPending = (message: PendingMessage): void =>
    position.keep(() => {
      const bubble = pendingBubble(context, message, actions);
      const before = findPending(message.key);
      if (before) before.replaceWith(bubble);
      else node.append(bubble);
      return false;
    });

  function clear(): void {
    node.replaceChildren();
    position.scrollToEnd();
  }

  return {
    nodes: [node, position.newer],
    add,
    showPending,
    removePending: ({ key }) => findPending(key)?.remove(),
    clear,
    readAloud: () => (node.ariaLive = "polite"),
    scrollToEnd: position.scrollToEnd,
  };
}

function messageBubble(context: Context, { seq, at, author, body }: ChatMessage): HTMLElement {
  const time = el("time", { class: "note", datetime: at }, formatTime(context, new Date(at)));
  const name = el("span", { class: "visually-hidden" }, t(context, `chat.${author}`));
  const text = body ? [el("p", { dir: "auto" }, ...linkAddresses(body))] : [];
  return el("div", { class: `message ${author}`, "data-seq": seq }, name, ...text, time);
}

function pendingBubble(context: Context, message: PendingMessage, actions: PendingActions): HTMLElement {
  const { key, body, files, failure, isFinal } = message;
  const state = el("p", { class: "note" }, failure || t(context, "chat.sending"));
  const buttons = failure
    ? [isFinal ? button(t(context, "chat.edit"), () => actions.edit(message)) : button(t(context, "chat.retry"), actions.retry)]
    : [];
  const lines = [body, ...(files ?? []).map(({ name }) => name)].filter(Boolean);
  const text = lines.map((line) => el("p", { dir: "auto" }, line));
  return el("div", { class: "message visitor pending", "data-key": key }, ...text, state, ...buttons);
}
