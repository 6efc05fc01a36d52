import type { Kit, Line } from "./types";

/** A message that is on its way. `failed`: given up for now, with a sentence that says why. */
export interface Pending {
  readonly key: string;
  readonly body: string;
  failed: string;
  /** The server will never take it: sending it again is no use. */
  final?: boolean;
}

export interface Log {
  readonly node: HTMLElement;
  /** Shows a stored message once, in the server's order, in place of its pending self. */
  add(line: Line): void;
  wait(pending: Pending, retry: () => void): void;
  clear(): void;
  /** From now on what arrives is spoken; what was there before is not. */
  speak(): void;
}

export function createLog(kit: Kit): Log {
  const { el, t } = kit;
  const node = el("div", { class: "log", role: "log", tabindex: 0, "aria-live": "off", "aria-label": t("chat.log") });
  const pending = (key: string | undefined): Element | undefined =>
    [...node.children].find((each) => key && (each as HTMLElement).dataset["key"] === key);

  function add(line: Line): void {
    pending(line.key)?.remove();
    const nodes = [...node.children] as HTMLElement[];
    if (nodes.some((each) => each.dataset["seq"] === `${line.seq}`)) return;
    const next = nodes.find((each) => each.dataset["key"] || Number(each.dataset["seq"]) > line.seq);
    node.insertBefore(said(kit, line), next!);
    end();
  }

  function wait(message: Pending, retry: () => void): void {
    const bubble = waiting(kit, message, retry);
    const old = pending(message.key);
    if (old) old.replaceWith(bubble);
    else node.append(bubble);
    end();
  }

  function end(): void {
    node.scrollTop = node.scrollHeight;
  }

  return { node, add, wait, clear: () => node.replaceChildren(), speak: () => (node.ariaLive = "polite") };
}

function said({ el, t, desk }: Kit, { seq, at, author, body }: Line): HTMLElement {
  const time = el("time", { class: "fine", datetime: at }, moment(desk.boot.locale, new Date(at)));
  const who = el("span", { class: "sr" }, t(`chat.${author}`));
  return el("div", { class: `msg ${author}`, "data-seq": seq }, who, el("p", { dir: "auto" }, body), time);
}

function waiting({ el, t, button }: Kit, { key, body, failed, final }: Pending, retry: () => void): HTMLElement {
  const state = el("p", { class: "fine" }, failed || t("chat.sending"));
  const again = failed && !final ? [button(t("chat.retry"), retry)] : [];
  return el("div", { class: "msg visitor pending", "data-key": key }, el("p", { dir: "auto" }, body), state, ...again);
}

/** The time of day; with the date when it was another day. */
function moment(locale: string, at: Date): string {
  const today = at.toDateString() === new Date().toDateString();
  const style: Intl.DateTimeFormatOptions = today ? {} : { dateStyle: "medium" };
  return new Intl.DateTimeFormat(locale, { ...style, timeStyle: "short" }).format(at);
}
