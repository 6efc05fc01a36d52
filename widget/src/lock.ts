import { decide, offer } from "./consent";
import { away, button, el, mailto, weave } from "./dom";
import { hasRead, keeps, standing } from "./state";
import { list, t } from "./strings";
import type { Desk, Feature, Memory, Mounted, Purpose } from "./types";

/** Says what the feature would store, who would see it and how to do without, and unlocks right there. */
export function createLock(root: HTMLElement, feature: Feature, desk: Desk, memory: Memory): Mounted | undefined {
  const { email, features, consent } = desk.boot;
  const terms = features[feature];
  if (!terms) return;
  const tick = { type: "checkbox", id: "read", "aria-describedby": "wrong", checked: !!memory["read"] || hasRead(desk), change: () => fail("") };
  const why = lockedBy(desk, feature);
  const read = el("input", tick);
  const wrong = el("p", { id: "wrong", class: "wrong" });
  const said = el("p", { class: "said", role: "status" }, why === "none" ? "" : t(desk, `state.${why}`));
  const title = el("h2", { tabindex: -1 }, t(desk, `${feature}.title`));

  const row = (name: string, ...told: (Node | string)[]): Node[] => [
    el("dt", {}, t(desk, `lock.${name}`)),
    el("dd", {}, ...told),
  ];

  function fail(sentence: string): void {
    read.ariaInvalid = `${!!sentence}`;
    wrong.textContent = sentence;
  }

  function accept(event: Event): void {
    fail(read.checked ? "" : t(desk, "lock.unread"));
    if (!read.checked) return read.focus();
    // What stands already, and what this feature needs besides.
    const given = ({ name }: Purpose): boolean | undefined => terms!.purposes.includes(name) || keeps(desk, name);
    void decide(desk, () => offer(desk, given, true, "inline", event), () => root.querySelector(".said")!);
  }

  const link = away(t(desk, "privacy.policy"), consent.privacy_policy.url);
  const facts = [...row("stores", terms.stores), ...row("seen_by", list(desk, terms.seen_by)), ...row("without", mailto(email))];
  const label = el("label", { for: "read" }, ...weave(t(desk, "privacy.read"), link));
  const box = el("div", { class: "check" }, read, label, wrong);
  const open = button(t(desk, "lock.accept"), accept, { class: "solid" });
  const lead = el("p", {}, t(desk, `${feature}.locked`));
  const moved = (desk.stale?.features[feature] ?? []).map((told) => el("p", { class: "change" }, told));
  root.replaceChildren(el("section", { class: "card", part: "card" }, title, lead, said, ...moved, el("dl", {}, ...facts), box, open));
  return {
    focus: () => title.focus(),
    close: () => (memory["read"] = read.checked ? "1" : ""),
  };
}

/** Why it is locked again, where it once was open; "none" where there is nothing to say. */
export function lockedBy(desk: Desk, feature: Feature): string {
  const now = /withdrawn|stale|expired|$/.exec(standing(desk))![0] || "none";
  return desk.stale && !desk.stale.features[feature] ? "none" : now;
}
