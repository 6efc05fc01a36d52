import { el } from "../../core/dom";
import { t } from "../../core/strings";
import type { ApiResponse, Context, FileTray, StoredFile } from "../../core/types";
import { tryChunk } from "../../core/chunks";
import { checkLength, trimText } from "../form/length";
import { watchComposition } from "./composition";

const MAX_LENGTH = 4000; // the server's limit

export interface Composer {
  readonly form: HTMLFormElement;
  focus(): void;
  /** Puts a message back before what is typed, to change it. */
  takeBack(message: Message): void;
}

export interface Message {
  readonly body: string;
  readonly files: readonly StoredFile[];
}

export interface ComposerOptions {
  readonly draft: { text: string; readonly files: StoredFile[] };
  send(message: Message): void;
  /** Resolves to the API's path for uploads, or to the response where there is none. */
  findUploadPath(): Promise<string | ApiResponse>;
}

/** The field a message is typed into. Enter sends it, Shift and Enter begin a new line. A long text is never cut. */
export function createComposer(context: Context, { draft, send, findUploadPath }: ComposerOptions): Composer {
  const text = el("textarea", { id: "text", rows: 1, "aria-describedby": "hint wrong", input: read, keydown: submitOnEnter });
  const error = el("p", { id: "wrong", class: "error" });
  const isOfComposition = watchComposition(text);
  let tray: FileTray | undefined;
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
    if (tray?.isReady() === false) return;
    if ((!body && !draft.files[0]) || error.textContent) return text.focus();
    write("");
    send({ body, files: tray?.take() ?? [] });
  }

  function takeBack({ body, files }: Message): void {
    write(body && text.value ? `${body}\n${text.value}` : body || text.value);
    tray?.putBack(files);
    text.focus();
  }

  const label = el("label", { for: "text", class: "visually-hidden" }, t(context, "chat.message"));
  const hint = el("p", { id: "hint", class: "note" }, t(context, "chat.hint"));
  const button = el("button", { type: "submit", class: "primary" }, t(context, "chat.send"));
  const form = el("form", { class: "composer", submit }, label, text, button, error, hint);
  const limits = context.boot.features.chat?.files;
  if (limits) {
    const options = { limits, kept: draft.files, form, field: text, before: hint, findPath: findUploadPath };
    void tryChunk(context, "files", ({ addTray }) => (tray = addTray(options)));
  }
  return { form, focus: () => text.focus(), takeBack };
}
