import { drawCard, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { ApiResponse, ChatMessage, Chunks, Context, MountedFeature, Placement, StoredFile } from "../../core/types";
import { createDrafts } from "../form/drafts";
import { FORM_STYLE } from "../form/form";
import { plural } from "../form/plural";
import css from "./chat.css";
import { createComposer } from "./composer";
import { createConversation, type Conversation } from "./conversation";
import { createEnding } from "./ending";
import { createMessageLog } from "./message-log";
import { createOutbox, type PendingMessage } from "./outbox";
import { createTabTitle, type TabTitle } from "./tab-title";
import { watchTab } from "./tab-watch";

/** What arrives at first is earlier conversation, and is shown in silence. After this it is read aloud. */
const SILENT_START = 1500; // ms

/** What was typed in one placement. */
interface ChatDraft {
  text: string;
  readonly files: StoredFile[];
  readonly unsentMessages: PendingMessage[];
  /** Whether the visitor has written in this tab, and waits for an answer. */
  isAwaited: boolean;
}

/** Chunk: the chat. It opens a conversation with the first message, or resumes the stored one. */
export default function createChat(context: Context): Chunks["chat"] {
  const createDraft = (): ChatDraft => ({ text: "", files: [], unsentMessages: [], isAwaited: false });
  const findDraft = createDrafts(context, "chat", FORM_STYLE + css, createDraft);
  const tabTitle = createTabTitle(context);
  return (placement) => mountChat(context, placement, findDraft(placement), tabTitle);
}

function mountChat(context: Context, placement: Placement, draft: ChatDraft, tabTitle: TabTitle): MountedFeature {
  const unmounting = new AbortController();
  const title = el("h2", { tabindex: -1 }, t(context, "chat.title"));
  const connection = el("p", { class: "note connection", role: "status" });
  const log = createMessageLog(context, { retry: () => outbox.flush(), edit });

  const onClosed = (): void => ending.show();
  const conversation = createConversation(context, {
    onOpen: log.readAloud,
    onSwitch() {
      log.clear();
      outbox.pending.forEach(log.showPending);
    },
    onMessage(message) {
      outbox.settle(message.key);
      log.add(message);
      tabTitle.add(message);
      noteAnswer(context, placement, message);
    },
    onConnectionChange: (isConnected) => (connection.textContent = isConnected ? "" : t(context, "chat.connection_lost")),
    onClosed,
    onGone: () => ending.startAnew(),
    isAwaited: () => draft.isAwaited,
  });
  const { open } = conversation;
  const outbox = createOutbox(context, draft.unsentMessages, { open, show: log.showPending, onStored, onClosed });
  const composer = createComposer(context, {
    draft,
    send(message) {
      draft.isAwaited = true;
      log.readAloud();
      outbox.send(message);
      log.scrollToEnd();
    },
    findUploadPath: () => findUploadPath(open),
  });

  function onStored(message: ChatMessage): void {
    log.add(message);
    ending.followAgain();
  }

  function edit(message: PendingMessage): void {
    outbox.settle(message.key);
    log.removePending(message);
    composer.takeBack(message);
  }

  const ending = createEnding(context, conversation, () => {
    outbox.flush();
    composer.focus();
  });
  drawCard(placement.root, title, el("p", {}, t(context, "chat.lead")), ...log.nodes, connection, ending.node, composer.form);
  outbox.restore();
  watchTab(conversation, tabTitle, unmounting.signal);
  setTimeout(log.readAloud, SILENT_START);
  conversation.follow();
  unmounting.signal.addEventListener("abort", outbox.close);
  return { focus: () => title.focus(), close: () => unmounting.abort() };
}

async function findUploadPath(open: Conversation["open"]): Promise<string | ApiResponse> {
  const id = await open();
  return typeof id === "string" ? `conversations/${id}/files` : id;
}

/** Tells the launcher of an answer that stands in its panel, which may be closed. */
function noteAnswer(context: Context, { host }: Placement, { author, seq }: ChatMessage): void {
  const isInPanel = host.getRootNode() !== document;
  if (author === "agent" && isInPanel) context.noteAnswer?.(seq, (count) => plural(context, "launcher.unread", count));
}
