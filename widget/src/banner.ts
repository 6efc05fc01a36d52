import { decide, offer, withdraw } from "./consent";
import { createControl } from "./control";
import { away, button, dress, el, mark } from "./dom";
import { boxId, PRIVACY, privacyRow, purposeRow, rowSlots } from "./rows";
import { asks, grant, standing } from "./state";
import { list, t } from "./strings";
import { BANNER } from "./style";
import type { Desk, Purpose, View } from "./types";

export interface Banner extends View {
  open(opener?: HTMLElement): void;
}

/** Asks, and can be asked for again. Nothing is trapped or locked, and closing it is no answer. */
export function createBanner(desk: Desk): Banner {
  const host = el("div", { id: "forecourt-banner", role: "region", keydown: escape });
  const more = el("div", { class: "more" });
  const control = createControl(desk);
  let expanded = false;
  let opener: HTMLElement | undefined;

  const part = (name: string): HTMLElement => host.querySelector(`#forecourt-${name}`)!;
  const boxes = (): HTMLInputElement[] => [...host.querySelectorAll("input")];
  const ticked = (name: string): boolean => boxes().some(({ id, checked }) => checked && id === boxId(name));

  function answer(name: string, click: (event: Event) => void, kind = ""): HTMLElement {
    return button(t(desk, `banner.${name}`), click, { id: `forecourt-${name}`, slot: "act", class: kind });
  }

  function decision(name: string, given: (purpose: Purpose) => boolean, privacy: () => boolean): HTMLElement {
    const store = (event: Event): void => {
      const choice = offer(desk, given, privacy(), asks(desk) ? "banner" : "preferences", event);
      void decide(desk, () => choice, () => part("status"));
    };
    return answer(name, store, "solid");
  }

  function answers(): HTMLElement[] {
    const own = ({ name }: Purpose): boolean => ticked(name);
    const read = (): boolean => ticked(PRIVACY);
    return [
      decision("accept", (purpose) => !purpose.separate || own(purpose), read),
      decision("reject", () => false, () => false),
      decision("save", own, read),
      answer("choose", choose),
      answer("withdraw", () => void withdraw(desk)),
      answer("close", close),
    ];
  }

  function words(): HTMLElement[] {
    const { email, consent } = desk.boot;
    const asked = consent.purposes.filter(({ required, separate }) => !required && !separate);
    const text = { controller: consent.controller, purposes: list(desk, asked.map(({ title }) => title)) };
    const at = (slot: string) => ({ slot, id: `forecourt-${slot}` });
    return [
      el("h2", { ...at("title"), tabindex: -1 }, t(desk, "banner.title")),
      el("p", at("text"), t(desk, "banner.text", text)),
      away(t(desk, "privacy.link"), consent.privacy_policy.url, at("privacy")),
      el("a", { ...at("mail"), href: `mailto:${email}` }, email),
      el("p", { ...at("status"), role: "status" }, desk.store.read() ? t(desk, `state.${standing(desk)}`) : ""),
    ];
  }

  function draw(): void {
    const { purposes } = desk.boot.consent;
    const given = grant(desk);
    const rows = purposes.flatMap((purpose) => purposeRow(desk, purpose, !!given?.purposes[purpose.name]));
    mark(host, desk);
    host.ariaLabel = t(desk, "banner.title");
    host.replaceChildren(...words(), ...rows, ...privacyRow(desk, !!given?.privacy_policy), ...answers());
    more.replaceChildren(...purposes.map(({ name }) => rowSlots(name)), rowSlots(PRIVACY));
  }

  /** Which layer shows, and which of its answers make sense now. */
  function reveal(): void {
    const open = asks(desk);
    host.hidden = !open && !expanded;
    more.hidden = part("save").hidden = !expanded;
    part("choose").hidden = !open;
    part("choose").ariaExpanded = `${expanded}`;
    part("close").hidden = open;
    part("withdraw").hidden = !grant(desk);
    control.show(host.hidden);
  }

  function choose(): void {
    expanded = !expanded;
    reveal();
    if (expanded) host.querySelector<HTMLElement>("input:enabled")?.focus();
  }

  function close(): void {
    expanded = false;
    reveal();
    back("choose");
  }

  /** Focus goes where it came from, never to the top of the page. */
  function back(id: string): void {
    if (!host.hidden) part(id).focus();
    else if (opener?.isConnected) opener.focus();
    else control.focus();
  }

  function escape(event: Event): void {
    if ((event as KeyboardEvent).key === "Escape" && expanded) close();
  }

  const slot = (name: string): HTMLElement => el("slot", { name });
  const links = el("div", { class: "links" }, slot("privacy"), slot("mail"));
  const acts = el("div", { class: "acts" }, slot("status"), slot("act"));
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, BANNER);
  shadow.append(el("div", { class: "root card" }, slot("title"), slot("text"), links, more, acts));
  document.body.append(host);

  return {
    update(fresh) {
      const active = host.contains(document.activeElement) && document.activeElement!.id;
      const before = fresh ? boxes().map(({ checked }) => checked) : [];
      expanded &&= fresh || asks(desk);
      draw();
      boxes().forEach((box, index) => (box.checked = before[index] ?? box.checked));
      reveal();
      if (active) back(active.slice(10));
    },
    open(from) {
      opener = from;
      expanded = true;
      reveal();
      part("title").focus();
    },
  };
}
