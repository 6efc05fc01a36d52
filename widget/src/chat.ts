import { dress, FORM, send } from "./feature";
import { createLog, type Pending } from "./log";
import { createOutbox } from "./outbox";
import { follow, type Ears } from "./stream";
import css from "./style/chat.css";
import type { Answer, Kit, Mounted } from "./types";

const LONGEST = 4000;
/** What was said before is shown in silence; what comes this long after is spoken. */
const SILENT = 1500;

/** The chat. It opens a conversation with the first message, or resumes the one that was kept. */
export function chat(kit: Kit): Mounted {
  const { root, el, t, memory, desk } = kit;
  const gone = new AbortController();
  const title = el("h2", { tabindex: -1 }, t("chat.title"));
  const state = el("p", { class: "fine line", role: "status" });
  const log = createLog(kit);
  let following = "";
  let stream = follow(ears());

  const kept = (): string => desk.store.read()?.conversation ?? "";
  const show = (pending: Pending): void => log.wait(pending, outbox.flush);
  const outbox = createOutbox(kit, { conversation, show, stored: log.add, closed });

  function ears(): Ears {
    return {
      open: (after, signal) => open(kit, following, after, signal),
      hear(line) {
        outbox.settle(line.key);
        log.add(line);
      },
      ended: (reason) => (reason === "closed" ? closed() : void look()),
      refused: () => void look(),
      connected: (is) => (state.textContent = is ? "" : t("chat.lost")),
    };
  }

  async function conversation(): Promise<string | Answer> {
    if (kept()) return kept();
    const answer = await send(kit, "POST", "conversations", {});
    if (!answer.data.id) return answer;
    keep(answer.data.id);
    log.speak();
    sync();
    return answer.data.id;
  }

  function keep(id: string | undefined): void {
    const choice = desk.store.read();
    if (choice) desk.store.keep({ ...choice, conversation: id });
  }

  /** Follows the kept conversation while somebody can see it; another tab may have begun a new one. */
  function sync(): void {
    stream.rest();
    if (document.hidden || !kept()) return;
    if (following !== kept()) begin();
    stream.wake();
  }

  function begin(): void {
    following = kept();
    stream = follow(ears());
    log.clear();
    outbox.waiting.forEach(show);
  }

  /** Asks what became of the conversation; a grant that no longer stands locks the place on the way. */
  async function look(): Promise<void> {
    const { status, data } = await send(kit, "GET", `conversations/${following}`);
    if (status === 404) restart();
    if (data.state === "closed") closed();
  }

  function closed(): void {
    stream.rest();
    const again = kit.button(t("chat.new"), restart);
    end.replaceChildren(el("p", { role: "status" }, t("chat.closed")), again);
    composer.hidden = true;
  }

  function restart(): void {
    keep(undefined);
    begin();
    end.replaceChildren();
    composer.hidden = false;
    outbox.flush();
    text.focus();
  }

  const text = el("textarea", { id: "text", rows: 1, maxlength: LONGEST, "aria-describedby": "hint", keydown: key });
  text.value = memory["draft"] ?? "";
  text.addEventListener("input", () => (memory["draft"] = text.value));

  function key(event: Event): void {
    const { key, shiftKey, isComposing } = event as KeyboardEvent;
    if (key !== "Enter" || shiftKey || isComposing) return;
    submit(event);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const body = text.value.trim();
    if (!body) return text.focus();
    text.value = memory["draft"] = "";
    log.speak();
    outbox.put(body);
  }

  const label = el("label", { for: "text", class: "sr" }, t("chat.message"));
  const hint = el("p", { id: "hint", class: "fine" }, t("chat.hint"));
  const button = el("button", { type: "submit", class: "solid" }, t("chat.send"));
  const composer = el("form", { class: "composer", submit }, label, text, button, hint);
  const end = el("div", {});
  dress(kit, FORM + css);
  root.replaceChildren(el("section", { class: "card", part: "card" }, title, el("p", {}, t("chat.lead")), log.node, state, end, composer));

  /** What had not arrived when the place was locked or drawn again waits for a click, not for us. */
  for (const pending of JSON.parse(memory["waiting"] ?? "[]") as Pending[]) {
    outbox.waiting.push({ ...pending, failed: t("chat.unsent") });
    show(outbox.waiting.at(-1)!);
  }
  const again = { signal: gone.signal };
  document.addEventListener("visibilitychange", sync, again);
  addEventListener("online", sync, again);
  addEventListener("pageshow", ({ persisted }) => persisted && sync(), again);
  setTimeout(log.speak, SILENT);
  sync();

  return {
    focus: () => title.focus(),
    close() {
      gone.abort();
      stream.rest();
      outbox.close();
      memory["waiting"] = JSON.stringify(outbox.waiting);
    },
  };
}

/** Opens the event stream from a cursor. */
function open({ desk }: Kit, id: string, after: number, signal: AbortSignal): Promise<Response> {
  const { page, store } = desk;
  const headers: Record<string, string> = { Authorization: `Bearer ${store.read()?.token}` };
  if (after) headers["Last-Event-ID"] = `${after}`;
  const address = `${page.base}v1/sites/${page.site}/conversations/${id}/events`;
  return fetch(address, { headers, signal, credentials: "omit", cache: "no-store" });
}
