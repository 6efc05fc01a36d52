import { button, el, showStatus } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";
import { callWithGrant, createIdempotencyKey } from "../choice/gated-calls";
import type { Conversation } from "./conversation";
import { checkLength, trimText } from "../form/length";
import { explainUnsent } from "../form/form";

const MAX_LENGTH = 500; // the server's limit

export interface Ending {
  readonly node: HTMLElement;
  /** Says that the conversation is closed, how it goes on, and asks whether it helped. */
  show(): void;
  /** A message was stored, which has opened the conversation again. */
  followAgain(): void;
  startAnew(): void;
}

/** What stands above the composer of a closed conversation. Writing opens it again; a button begins another one. */
export function createEnding(context: Context, conversation: Conversation, onNew: () => void): Ending {
  const node = el("div", { class: "ending" });

  function startAnew(): void {
    node.replaceChildren();
    conversation.forget();
    onNew();
  }

  function followAgain(): void {
    if (!node.firstChild) return;
    node.replaceChildren();
    conversation.follow();
  }

  function show(): void {
    conversation.pause();
    if (node.firstChild) return;
    const sentence = el("p", { role: "status" }, t(context, "chat.closed"));
    node.replaceChildren(sentence, createRating(context), button(t(context, "chat.new_conversation"), startAnew));
  }

  return { node, show, followAgain, startAnew };
}

/** Two buttons, and a sentence for whoever wants to say more. */
function createRating(context: Context): HTMLElement {
  const key = createIdempotencyKey();
  const text = el("textarea", { id: "rating", rows: 2 });
  const more = el("div", { class: "field", hidden: true });
  const status = el("p", { role: "status" });
  const question = el("p", { id: "rating-question" }, t(context, "chat.rating"));
  const choices = (["rating_helped", "rating_not_helped"] as const).map((name) =>
    button(t(context, `chat.${name}`), ({ currentTarget }) => choose(currentTarget as HTMLElement), {
      "aria-pressed": "false",
      "aria-describedby": "rating-question",
    }),
  );
  const node = el("div", { class: "rating" }, question, el("div", { class: "choices" }, ...choices), more, status);

  function choose(choice: HTMLElement): void {
    for (const other of choices) other.ariaPressed = `${other === choice}`;
    more.hidden = false;
  }

  async function send(): Promise<void> {
    const sentence = trimText(text.value);
    const tooLong = checkLength(context, sentence, MAX_LENGTH, false);
    if (tooLong) return showStatus(node, tooLong);
    const { conversation } = context.store.read() ?? {};
    const body = { key, helped: choices[0]!.ariaPressed === "true", sentence };
    const response = await callWithGrant(context, "POST", `conversations/${conversation}/rating`, body);
    // The same key with another answer: the first one has arrived.
    const isStored = response.ok || response.data.code === "key_conflict";
    if (isStored) node.replaceChildren(status);
    showStatus(node, isStored ? t(context, "chat.rating_thanks") : explainUnsent(context, response));
  }

  const label = el("label", { for: "rating" }, t(context, "chat.rating_sentence"));
  more.append(label, text, button(t(context, "chat.rating_send"), () => void send()));
  return node;
}
