import { t } from "../../core/strings";
import type { ApiResponse, ChatMessage, Context, StoredFile } from "../../core/types";
import { callWithGrant, createIdempotencyKey, isGrantLost, retryAfter } from "../choice/gated-calls";
import { explainUnsent } from "../form/form";
import { retryDelay } from "./retry";

const RETRIES = 6;
/** Codes of the API after which sending again is no use. */
const FINAL_CODES = ["invalid", "malformed", "key_conflict", "too_large"];

/** A chat message that the server has not stored yet. */
export interface PendingMessage {
  /** The idempotency key, the same for each try. */
  readonly key: string;
  readonly body: string;
  readonly files: readonly StoredFile[];
  /** Why it is given up for now, as a sentence. Empty while it is being sent. */
  failure: string;
  /** The server will never take it as it is: it is changed before it is sent again. */
  isFinal: boolean;
}

/** What the outbox asks of the chat around it, and reports to it. */
export interface OutboxHandlers {
  /** Resolves to the conversation's id, or to the response where there is none. */
  open(): Promise<string | ApiResponse>;
  show(message: PendingMessage): void;
  onStored(message: ChatMessage): void;
  onClosed(): void;
}

export interface Outbox {
  readonly pending: readonly PendingMessage[];
  send(message: Pick<PendingMessage, "body" | "files">): void;
  /** Sends what is pending, in order, each under the key it has had from the start. */
  flush(): void;
  /** A message is no longer pending: the stream brought it, whatever became of the response, or it was taken back. */
  settle(key: string | undefined): void;
  /** Shows what had not arrived when the chat was closed. It waits for a click. */
  restore(): void;
  close(): void;
}

/** `pending` is kept by the caller, who may still have messages of an earlier page. */
export function createOutbox(context: Context, pending: PendingMessage[], handlers: OutboxHandlers): Outbox {
  let isSending = false;
  let isOpen = true;

  function send({ body, files }: Pick<PendingMessage, "body" | "files">): void {
    const message = { key: createIdempotencyKey(), body, files, failure: "", isFinal: false };
    pending.push(message);
    handlers.show(message);
    flush();
  }

  function restore(): void {
    for (const message of pending) {
      message.failure ||= t(context, "chat.unsent");
      handlers.show(message);
    }
  }

  function flush(): void {
    if (isSending) return;
    isSending = true;
    void sendAll().finally(() => (isSending = false));
  }

  async function sendAll(): Promise<void> {
    const findNext = (): PendingMessage | undefined => pending.find(({ isFinal }) => !isFinal);
    for (let next = findNext(); next && isOpen; next = findNext()) {
      next.failure = "";
      handlers.show(next);
      const response = await sendWithRetries(context, next, handlers.open, () => isOpen);
      if (!isOpen) return;
      if (response.ok) markStored(next, response);
      else markFailed(next, response);
      if (findNext() === next) return;
    }
  }

  function markStored({ key, body, files }: PendingMessage, { data }: ApiResponse): void {
    settle(key);
    handlers.onStored({ seq: data.seq!, at: data.at!, author: "visitor", body, key, files });
  }

  function markFailed(message: PendingMessage, response: ApiResponse): void {
    if (isGrantLost(response)) return;
    const { code, errors } = response.data;
    message.isFinal = FINAL_CODES.includes(code!);
    // What is wrong with the message, rather than with "some fields".
    message.failure = errors?.[0]?.message ?? explainUnsent(context, response);
    handlers.show(message);
    if (code === "conversation_closed") handlers.onClosed();
  }

  function settle(key: string | undefined): void {
    const index = pending.findIndex((message) => message.key === key);
    if (index >= 0) pending.splice(index, 1);
  }

  return { pending, send, flush, settle, restore, close: () => (isOpen = false) };
}

/** Tries again while it may pass, always under the same key: the server stores a key once. */
async function sendWithRetries(
  context: Context,
  { key, body, files }: PendingMessage,
  openConversation: OutboxHandlers["open"],
  isOpen: () => boolean,
): Promise<ApiResponse> {
  const content = { key, body, reopen: true, ...(files?.[0] && { files: files.map(({ id }) => id) }) };
  for (let tries = 0; ; tries++) {
    const id = await openConversation();
    const path = `conversations/${id}/messages`;
    const response = typeof id === "string" ? await callWithGrant(context, "POST", path, content) : id;
    const { status } = response;
    const mayPass = !status || status === 429 || status >= 500;
    if (!isOpen() || !mayPass || tries === RETRIES) return response;
    await new Promise((resolve) => setTimeout(resolve, Math.max(retryDelay(tries), retryAfter(response) * 1000)));
  }
}
