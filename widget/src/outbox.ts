import { lost, send, trouble } from "./feature";
import type { Pending } from "./log";
import { pause } from "./stream";
import type { Answer, Kit, Line } from "./types";

const TRIES = 6;
const FINAL = ["invalid", "malformed", "key_conflict", "too_large"];

/** What the outbox asks of the chat around it. */
export interface Post {
  /** The conversation's id, opened when there is none; an answer instead when that failed. */
  conversation(): Promise<string | Answer>;
  show(pending: Pending): void;
  stored(line: Line): void;
  closed(): void;
}

export interface Outbox {
  readonly waiting: Pending[];
  put(body: string): void;
  /** Sends what waits, in order, each with the key it has had from the start. */
  flush(): void;
  /** The stream brought a message of ours: it is stored, whatever became of the answer. */
  settle(key: string | undefined): void;
  close(): void;
}

export function createOutbox(kit: Kit, post: Post): Outbox {
  const waiting: Pending[] = [];
  let running = false;
  let open = true;

  function put(body: string): void {
    waiting.push({ key: key(), body, failed: "" });
    post.show(waiting.at(-1)!);
    flush();
  }

  function flush(): void {
    if (running) return;
    running = true;
    void drain().finally(() => (running = false));
  }

  async function drain(): Promise<void> {
    for (let next = waiting[0]; next && open; next = waiting[0]) {
      const answer = await deliver(next);
      if (!open) return;
      if (answer.ok) store(next, answer);
      else fail(next, answer);
      if (waiting[0] === next) return;
    }
  }

  /** Tries again with the same key: the server stores a key once. */
  async function deliver(message: Pending): Promise<Answer> {
    message.failed = "";
    post.show(message);
    for (let tries = 0; ; tries++) {
      const answer = await once(message);
      const passing = !answer.status || answer.status === 429 || answer.status >= 500;
      if (!open || !passing || tries === TRIES) return answer;
      await new Promise((resolve) => setTimeout(resolve, Math.max(pause(tries), answer.wait * 1000)));
    }
  }

  async function once({ key, body }: Pending): Promise<Answer> {
    const id = await post.conversation();
    return typeof id === "string" ? send(kit, "POST", `conversations/${id}/messages`, { key, body }) : id;
  }

  function store({ key, body }: Pending, { data }: Answer): void {
    settle(key);
    post.stored({ seq: data.seq!, at: data.at!, author: "visitor", body, key });
  }

  function fail(message: Pending, answer: Answer): void {
    if (lost(answer)) return;
    message.final = FINAL.includes(answer.data.code!);
    message.failed = trouble(kit, answer);
    post.show(message);
    if (message.final) settle(message.key);
    if (answer.data.code === "conversation_closed") post.closed();
  }

  function settle(key: string | undefined): void {
    const index = waiting.findIndex((message) => message.key === key);
    if (index >= 0) waiting.splice(index, 1);
  }

  return { waiting, put, flush, settle, close: () => (open = false) };
}

/** `randomUUID` is not there on plain http pages. */
export function key(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
