import { button, drawCard, el } from "../../core/dom";
import { pageDocument } from "../../core/page-document";
import { t } from "../../core/strings";
import type { Chunks, Context, MountedFeature, Placement } from "../../core/types";
import { createDrafts, FORM_STYLE } from "../form/form";
import css from "./chat.css";
import { createConversation, type ConversationHandlers } from "./conversation";
import { createMessageLog } from "./message-log";
import { createOutbox, type PendingMessage } from "./outbox";

const MAX_LENGTH = 4000; // the server's limit
/** What arrives at first is earlier conversation, and is shown in silence. After this it is read aloud. */
const SILENT_START = 1500; // ms

/** What was typed in one placement. */
interface ChatDraft {
  text: string;
  unsentMessages: readonly PendingMessage[];
}

/** Chunk: the chat. It opens a conversation with the first message, or resumes the stored one. */
export default function createChat(context: Context): Chunks["chat"] {
  const findDraft = createDrafts<ChatDraft>(FORM_STYLE + css, () => ({ text: "", unsentMessages: [] }));
  return (placement) => mountChat(context, placement, findDraft(placement));
}

function mountChat(context: Context, placement: Placement, draft: ChatDraft): MountedFeature {
  const unmounting = new AbortController();
  const title = el("h2", { tabindex: -1 }, t(context, "chat.title"));
  const connection = el("p", { class: "note connection", role: "status" });
  const ending = el("div", {});
  const log = createMessageLog(context);
  const show = (message: PendingMessage): void => log.showPending(message, () => outbox.flush());

  const handlers: ConversationHandlers = {
    onOpen: log.readAloud,
    onSwitch() {
      log.clear();
      outbox.pending.forEach(show);
    },
    onMessage(message) {
      outbox.settle(message.key);
      log.add(message);
    },
    onConnectionChange: (isConnected) => (connection.textContent = isConnected ? "" : t(context, "chat.connection_lost")),
    onClosed: showEnding,
    onGone: restart,
  };
  const conversation = createConversation(context, handlers);
  const outbox = createOutbox(context, { open: conversation.open, show, onStored: log.add, onClosed: showEnding });
  const composer = createComposer(context, draft, (body) => {
    log.readAloud();
    outbox.send(body);
  });

  function showEnding(): void {
    conversation.pause();
    const sentence = el("p", { role: "status" }, t(context, "chat.closed"));
    ending.replaceChildren(sentence, button(t(context, "chat.new_conversation"), restart));
    composer.form.hidden = true;
  }

  function restart(): void {
    conversation.forget();
    ending.replaceChildren();
    composer.form.hidden = false;
    outbox.flush();
    composer.focus();
  }

  drawCard(placement.root, title, el("p", {}, t(context, "chat.lead")), log.node, connection, ending, composer.form);
  outbox.restore(draft.unsentMessages);
  resumeOnReturn(conversation.follow, unmounting.signal);
  setTimeout(log.readAloud, SILENT_START);
  conversation.follow();

  return {
    focus: () => title.focus(),
    close() {
      unmounting.abort();
      conversation.pause();
      outbox.close();
      draft.unsentMessages = [...outbox.pending];
    },
  };
}

/** Calls `resume` when somebody looks at the page again, or the network returns. */
function resumeOnReturn(resume: () => void, signal: AbortSignal): void {
  pageDocument.addEventListener("visibilitychange", resume, { signal });
  addEventListener("online", resume, { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && resume(), { signal });
}

interface Composer {
  readonly form: HTMLFormElement;
  focus(): void;
}

/** The field a message is typed into. Enter sends it, Shift and Enter begin a new line. */
function createComposer(context: Context, draft: ChatDraft, send: (body: string) => void): Composer {
  const text = el("textarea", {
    id: "text",
    rows: 1,
    maxlength: MAX_LENGTH,
    "aria-describedby": "hint",
    keydown: submitOnEnter,
  });
  text.value = draft.text;
  text.addEventListener("input", () => (draft.text = text.value));

  function submitOnEnter(event: Event): void {
    const { key, shiftKey, isComposing } = event as KeyboardEvent;
    if (key === "Enter" && !shiftKey && !isComposing) submit(event);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const body = text.value.trim();
    if (!body) return text.focus();
    text.value = draft.text = "";
    send(body);
  }

  const label = el("label", { for: "text", class: "visually-hidden" }, t(context, "chat.message"));
  const hint = el("p", { id: "hint", class: "note" }, t(context, "chat.hint"));
  const button = el("button", { type: "submit", class: "primary" }, t(context, "chat.send"));
  return { form: el("form", { class: "composer", submit }, label, text, button, hint), focus: () => text.focus() };
}
