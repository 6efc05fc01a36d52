import type { ChatMessage } from "../../core/types";
import { retryDelay } from "./retry";

/** The server sends a heartbeat at least every 20 s. When two are missing, the connection is dead. */
const SILENCE_LIMIT = 45_000; // ms

/** What a stream asks of its conversation, and reports to it. */
export interface StreamHandlers {
  /** Opens the stream after a message's `seq`; 0 is the beginning. */
  open(after: number, signal: AbortSignal): Promise<Response>;
  onMessage(message: ChatMessage): void;
  /** The server ended it on purpose: the conversation was closed, or the grant withdrawn. */
  onEnd(reason: string): void;
  /** The server will not open it: there is no grant, or no such conversation. */
  onRefusal(): void;
  onConnectionChange(isConnected: boolean): void;
}

export interface EventStream {
  /** Connects at once, from the last message received: after sleep, a lost network, a hidden tab. */
  connect(): void;
  disconnect(): void;
}

type ServerEvent = Partial<Record<"event" | "id" | "data", string>>;

/** Reads server-sent events by `fetch`, which can carry the token, and resumes after the last one received. */
export function createEventStream(handlers: StreamHandlers): EventStream {
  let cursor = 0;
  let tries = 0;
  let connection: AbortController | undefined;
  let timer = 0;

  function reconnectAfter(delay: number): void {
    clearTimeout(timer);
    timer = setTimeout(reconnect, delay);
  }

  function disconnect(): void {
    clearTimeout(timer);
    connection?.abort();
    connection = undefined;
  }

  function reconnect(): void {
    disconnect();
    const mine = (connection = new AbortController());
    const finish = (comesBack: boolean): void => {
      if (mine !== connection) return;
      disconnect();
      handlers.onConnectionChange(!comesBack);
      if (comesBack) reconnectAfter(retryDelay(tries++));
    };
    listen(mine.signal).then(finish, () => finish(true));
  }

  /** Resolves to whether to connect again. */
  async function listen(signal: AbortSignal): Promise<boolean> {
    reconnectAfter(SILENCE_LIMIT);
    const { ok, status, body } = await handlers.open(cursor, signal);
    if (!ok || !body) {
      const mayPass = status === 429 || status >= 500;
      if (!mayPass) handlers.onRefusal();
      return mayPass;
    }
    handlers.onConnectionChange(true);
    for await (const events of readEvents(body)) {
      reconnectAfter(SILENCE_LIMIT);
      tries = 0;
      for (const { event, id, data } of events) {
        if (event === "closed") return handleEnd(handlers, data!);
        if (data) handlers.onMessage(JSON.parse(data) as ChatMessage);
        if (id) cursor = Number(id);
      }
    }
    return true;
  }

  return {
    disconnect,
    connect() {
      tries = 0;
      reconnect();
    },
  };
}

/** Returns whether to connect again: after a restart of the server, yes. */
function handleEnd(handlers: StreamHandlers, data: string): boolean {
  const { reason } = JSON.parse(data) as { reason: string };
  if (reason === "restart") return true;
  handlers.onEnd(reason);
  return false;
}

/** Yields the events of each piece that arrives, none for a heartbeat. */
async function* readEvents(body: ReadableStream<BufferSource>): AsyncGenerator<ServerEvent[]> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (buffer + value).split("\n\n");
    buffer = blocks.pop()!;
    yield blocks.map(parseEvent);
  }
}

/** Comments have no name before their colon, and fall away. */
function parseEvent(block: string): ServerEvent {
  return Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s)));
}
