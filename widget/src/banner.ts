import { decide, offer } from "./consent";
import { away, button, dress, el, mailto, mark } from "./dom";
import { rest, use } from "./kit";
import { withdraw } from "./settle";
import { asks, asksFor, barred, grant, hasRead, keeps, standing } from "./state";
import { list, t } from "./strings";
import { BANNER } from "./style";
import type { Desk, Frame, Layer, Purpose, View } from "./types";

export interface Banner extends View {
  open(opener?: HTMLElement): Promise<void>;
}

/** Asks, and can be asked for again. Nothing is trapped or locked, and closing it is no answer. */
export function createBanner(desk: Desk): Banner {
  const host = el("div", { id: "forecourt-banner", role: "region", keydown: escape });
  const more = el("div", { class: "more" });
  let layer: Layer | undefined;
  let expanded = false;
  let opener: HTMLElement | undefined;

  const part = (name: string): HTMLElement | null => host.querySelector(`#forecourt-${name}`);

  const answer: Frame["answer"] = (name, click, kind) =>
    button(t(desk, `banner.${name}`), click, { id: `forecourt-${name}`, slot: "act", class: kind });

  const decision: Frame["decision"] = (name, given, privacy) => {
    const store = (event: Event): void => {
      if (name === "accept" && desk.stale?.unread && !privacy()) return void expand(({ unread }) => unread());
      const choice = offer(desk, given, privacy(), asks(desk) ? "banner" : "preferences", event);
      void decide(desk, () => choice, () => part("status")!);
    };
    return answer(name, store, "solid");
  };

  /** What the buttons of the first layer answer: where something changed, that alone. */
  const asked = (purpose: Purpose): boolean => (desk.stale ? desk.stale.together.includes(purpose.name) : asksFor(purpose));

  /** What accepting says of a purpose that is not asked: what stands in its box, where there is one. */
  const accepted = (purpose: Purpose): boolean | undefined =>
    asked(purpose) || (expanded ? layer!.ticked(purpose.name) : keeps(desk, purpose.name));

  function words(): HTMLElement[] {
    const { email, consent } = desk.boot;
    const { told = [] } = desk.stale ?? {};
    const refused = consent.purposes.filter(barred);
    const named = (purposes: readonly Purpose[]): string => list(desk, purposes.map(({ title }) => title));
    const text = { controller: consent.controller, purposes: named(consent.purposes.filter(asked)) };
    const at = (slot: string, name = slot) => ({ slot, id: `forecourt-${name}` });
    return [
      el("h2", { ...at("text", "title"), tabindex: -1 }, t(desk, "banner.title")),
      el("p", at("text"), t(desk, told[0] ? "banner.changed" : "banner.text", text)),
      ...(refused[0] ? [el("p", { slot: "text" }, t(desk, "banner.gpc", { purposes: named(refused) }))] : []),
      ...told.map((change) => el("p", { slot: "text", class: "change" }, change)),
      away(t(desk, "privacy.link"), consent.privacy_policy.url, at("link", "privacy")),
      mailto(email, at("link", "mail")),
      el("p", { ...at("act", "status"), role: "status" }, desk.store.read() && !told[0] ? t(desk, `state.${standing(desk)}`) : ""),
    ];
  }

  function draw(fresh = false): void {
    const open = asks(desk);
    const active = host.contains(document.activeElement) && document.activeElement!.id;
    const [rows = [], acts = []] = expanded ? layer!.draw(fresh) : [];
    const accept = decision("accept", accepted, () => (expanded ? layer!.read() : hasRead(desk)));
    const reject = decision("reject", (purpose) => (desk.stale && !asked(purpose) ? undefined : false), () => false);
    const choose = open ? [answer("choose", toggle)] : [];
    const undo = grant(desk) ? [answer("withdraw", () => withdraw(desk))] : [];
    mark(host, desk);
    host.ariaLabel = t(desk, "banner.title");
    const shut = (host.hidden = !open && !expanded);
    more.hidden = !expanded;
    host.replaceChildren(...words(), ...rows, accept, reject, ...choose, ...acts, ...undo);
    if (open) part("choose")!.ariaExpanded = `${expanded}`;
    // Where the control cannot be had, the banner is the way back.
    const alone = (): unknown => (host.hidden &&= !undo[0]);
    if (shut || desk.rest) rest(desk).then(({ control }) => control.show(shut, undo), alone);
    if (active) back(active.slice(10));
  }

  /** The second layer is fetched when it is first asked for. */
  async function expand(focus: (layer: Layer) => void): Promise<void> {
    try {
      layer ??= (await rest(desk)).layer({ host, more, answer, decision, close });
      expanded = true;
      draw();
      focus(layer);
    } catch {
      part("status")!.textContent = t(desk, "place.failed");
    }
  }

  const toggle = (): unknown => (expanded ? close() : expand(({ focus }) => focus()));

  function close(): void {
    expanded = false;
    draw();
    back("choose");
  }

  /** Focus goes where it came from, never to the top of the page. */
  function back(id: string): void {
    if (!host.hidden) part(id)?.focus();
    else if (opener?.isConnected) opener.focus();
    else void use(desk, ({ control }) => control.focus());
  }

  function escape(event: Event): void {
    if ((event as KeyboardEvent).key === "Escape" && expanded) close();
  }

  const slot = (name: string): HTMLElement => el("slot", { name, class: name });
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, BANNER + desk.boot.look.css);
  shadow.append(el("div", { class: "root card", part: "banner" }, slot("text"), slot("link"), more, slot("act")));
  desk.hosts.unshift(host);
  document.body.append(host);

  return {
    update(fresh) {
      expanded &&= fresh || asks(desk);
      draw(fresh);
    },
    open(from) {
      opener = from;
      return expand(() => part("title")!.focus());
    },
  };
}
