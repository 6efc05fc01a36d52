import { pageDocument } from "../../core/page-document";
import type { ApiResponse, ChatMessage, Context } from "../../core/types";
import { callWithGrant } from "../choice/gated-calls";
import { createEventStream, type StreamHandlers } from "./event-stream";

export interface ConversationHandlers {
  /** The visitor's first message has opened a new one. */
  onOpen(): void;
  /** Another conversation than before is followed: what is shown belongs to the old one. */
  onSwitch(): void;
  onMessage(message: ChatMessage): void;
  onConnectionChange(isConnected: boolean): void;
  onClosed(): void;
  /** The server does not have it any more. */
  onGone(): void;
  /** Whether the visitor has written in this tab, and waits for an answer. */
  isAwaited(): boolean;
}

export interface Conversation {
  /** Resolves to the id of the stored conversation, or of a new one; to the response where none could be opened. */
  open(): Promise<string | ApiResponse>;
  /**
   * Follows the stored conversation, which another tab may have begun anew. In a hidden tab nothing begins, and only
   * where the visitor has written does what goes on go on: a browser has six connections for a host.
   */
  follow(): void;
  pause(): void;
  /** Leaves the stored conversation, so that the next message opens a new one. */
  forget(): void;
}

/** The one conversation of a visitor, whose id is stored with their grant. */
export function createConversation(context: Context, handlers: ConversationHandlers): Conversation {
  const streamHandlers: StreamHandlers = {
    open: (after, signal) => fetchEvents(context, followedId, after, signal),
    onMessage: handlers.onMessage,
    onConnectionChange: handlers.onConnectionChange,
    onEnd: (reason) => (reason === "closed" ? handlers.onClosed() : void checkState()),
    onRefusal: () => void checkState(),
  };
  let followedId = "";
  let stream = createEventStream(streamHandlers);

  const storedId = (): string => context.store.read()?.conversation ?? "";

  function storeId(id: string | undefined): void {
    const stored = context.store.read();
    if (stored) context.store.write({ ...stored, conversation: id });
  }

  async function open(): Promise<string | ApiResponse> {
    if (storedId()) return storedId();
    const response = await callWithGrant(context, "POST", "conversations", {});
    const { id } = response.data;
    if (!id) return response;
    storeId(id);
    handlers.onOpen();
    follow();
    return id;
  }

  function follow(): void {
    if (pageDocument.hidden && handlers.isAwaited()) return;
    stream.disconnect();
    if (pageDocument.hidden || !storedId()) return;
    if (followedId !== storedId()) switchToStored();
    stream.connect();
  }

  function switchToStored(): void {
    followedId = storedId();
    stream = createEventStream(streamHandlers);
    handlers.onSwitch();
  }

  /** Asks what became of the conversation. Where the grant is gone, the placement locks on the way. */
  async function checkState(): Promise<void> {
    const { status, data } = await callWithGrant(context, "GET", `conversations/${followedId}`);
    if (status === 404) handlers.onGone();
    if (data.state === "closed") handlers.onClosed();
  }

  function forget(): void {
    storeId(undefined);
    switchToStored();
  }

  return { open, follow, forget, pause: () => stream.disconnect() };
}

function fetchEvents({ page, store }: Context, id: string, after: number, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Authorization: `Bearer ${store.read()?.token}` };
  if (after) headers["Last-Event-ID"] = `${after}`;
  const address = `${page.base}v1/sites/${page.site}/conversations/${id}/events`;
  const request = { __proto__: null, headers, signal, credentials: "omit", cache: "no-store" } as RequestInit;
  return fetch(address, request);
}
