import { el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";
import { checkLength, trimText } from "../form/length";
import { watchComposition } from "./composition";

const MAX_LENGTH = 4000; // the server's limit

export interface Composer {
  readonly form: HTMLFormElement;
  focus(): void;
  /** Puts a message back before what is typed, to change it. */
  takeBack(body: string): void;
}

/** The field a message is typed into. Enter sends it, Shift and Enter begin a new line. A long text is never cut. */
export function createComposer(context: Context, draft: { text: string }, send: (body: string) => void): Composer {
  const text = el("textarea", { id: "text", rows: 1, "aria-describedby": "hint wrong", input: read, keydown: submitOnEnter });
  const error = el("p", { id: "wrong", class: "error" });
  const isOfComposition = watchComposition(text);
  write(draft.text);

  function write(value: string): void {
    text.value = value;
    read();
  }

  function read(): void {
    draft.text = text.value;
    const sentence = checkLength(context, text.value, MAX_LENGTH, false);
    // Read aloud once, and not with each key that shortens the text.
    error.ariaLive = sentence && !error.textContent ? "polite" : "off";
    error.textContent = sentence;
    text.ariaInvalid = `${!!sentence}`;
  }

  function submitOnEnter(event: Event): void {
    const { key, shiftKey } = event as KeyboardEvent;
    if (key === "Enter" && !shiftKey && !isOfComposition(event as KeyboardEvent)) submit(event);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const body = trimText(text.value);
    if (!body || error.textContent) return text.focus();
    write("");
    send(body);
  }

  function takeBack(body: string): void {
    write(text.value ? `${body}\n${text.value}` : body);
    text.focus();
  }

  const label = el("label", { for: "text", class: "visually-hidden" }, t(context, "chat.message"));
  const hint = el("p", { id: "hint", class: "note" }, t(context, "chat.hint"));
  const button = el("button", { type: "submit", class: "primary" }, t(context, "chat.send"));
  const form = el("form", { class: "composer", submit }, label, text, button, error, hint);
  return { form, focus: () => text.focus(), takeBack };
}
