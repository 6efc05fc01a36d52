import type { Line } from "./types";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** The server sends at least a heartbeat every 20 s; twice missed means the line is dead. */
const SILENCE = 45_000;

/** What a stream asks and tells. */
export interface Ears {
  open(after: number, signal: AbortSignal): Promise<Response>;
  hear(line: Line): void;
  /** The server ended the stream on purpose: closed, withdrawn, restart. */
  ended(reason: string): void;
  /** The server will not open it: no grant, or no such conversation. */
  refused(): void;
  connected(is: boolean): void;
}

export interface Stream {
  /** Connects at once, from the cursor: after sleep, a lost network, a hidden tab. */
  wake(): void;
  rest(): void;
}

/** How long to wait before the next try, in ms: doubling, with jitter so that not all come back at once. */
export function pause(tries: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries) * (0.5 + Math.random() / 2);
}

/** Follows server-sent events by `fetch`, which can carry the token, and resumes from the last id seen. */
export function follow(ears: Ears): Stream {
  let cursor = 0;
  let tries = 0;
  let line: AbortController | undefined;
  let timer = 0;

  function later(wait: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, wait);
  }

  function rest(): void {
    clearTimeout(timer);
    line?.abort();
    line = undefined;
  }

  function wake(): void {
    rest();
    const mine = (line = new AbortController());
    const over = (again: boolean): void => {
      if (mine !== line) return;
      rest();
      ears.connected(!again);
      if (again) later(pause(tries++));
    };
    listen(mine.signal).then(over, () => over(true));
  }

  /** Answers whether to come back. */
  async function listen(signal: AbortSignal): Promise<boolean> {
    later(SILENCE);
    const { ok, status, body } = await ears.open(cursor, signal);
    if (ok && body) return read(body.pipeThrough(new TextDecoderStream()));
    if (status === 429 || status >= 500) return true;
    ears.refused();
    return false;
  }

  async function read(text: ReadableStream<string>): Promise<boolean> {
    const reader = text.getReader();
    let buffer = "";
    ears.connected(true);
    for (;;) {
      const { done, value } = await reader["read"]();
      if (done) return true;
      later(SILENCE);
      tries = 0;
      const frames = (buffer + value).split("\n\n");
      buffer = frames.pop()!;
      for (const frame of frames) if (!take(parsed(frame))) return false;
    }
  }

  function take({ event, id, data }: Frame): boolean {
    if (event === "closed") return end((JSON.parse(data!) as { reason: string }).reason);
    if (data) ears.hear(JSON.parse(data) as Line);
    if (id) cursor = Number(id);
    return true;
  }

  /** A restart breaks the line off, and the line comes back after a pause; anything else is the end. */
  function end(reason: string): boolean {
    if (reason === "restart") throw new Error(reason);
    ears.ended(reason);
    return false;
  }

  return {
    rest,
    wake() {
      tries = 0;
      wake();
    },
  };
}

type Frame = Partial<Record<"event" | "id" | "data", string>>;

/** One event; comments have no name before their colon, and fall away. */
function parsed(frame: string): Frame {
  return Object.fromEntries(frame.split("\n").map((row) => row.split(/: ?(.*)/s)));
}
