import { createForm } from "./forms";
import type { Kit, Memory } from "./types";

const LINKS = "[data-forecourt-follow],[data-forecourt-object]";

export interface Ask {
  /** Opens the form that belongs to a link, or closes it again. */
  toggle(link: HTMLAnchorElement): void;
  /** Puts the open form under its link, wherever that is now. Answers what to focus. */
  draw(): HTMLElement | undefined;
}

/** What is objected to; empty for following. It outlives the link, which every redraw replaces. */
const keyOf = (link: HTMLElement): string => link.dataset["forecourtObject"] ?? "";

/** One form is open at a time, so that ids are its own. What was typed in each stays until it is sent. */
export function createAsk(kit: Kit): Ask {
  const { root, away, el, button, t } = kit;
  const memories = new Map<string, Memory>();
  let open: string | undefined;

  const links = (): HTMLAnchorElement[] => [...root.querySelectorAll<HTMLAnchorElement>(LINKS)];
  const linkOf = (key: string | undefined): HTMLAnchorElement | undefined => links().find((each) => keyOf(each) === key);

  function memoryOf(key: string): Memory {
    const memory = memories.get(key) ?? { dressed: "1" };
    memories.set(key, memory);
    return memory;
  }

  function toggle(link: HTMLAnchorElement): void {
    if (open === keyOf(link)) return close();
    open = keyOf(link);
    draw()?.focus();
  }

  function close(): void {
    const link = linkOf(open);
    if (memories.get(open!)?.["sent"]) memories.delete(open!);
    open = undefined;
    draw();
    link?.focus();
  }

  function draw(): HTMLElement | undefined {
    root.querySelector(".fc-ask")?.remove();
    for (const each of links()) each.ariaExpanded = `${keyOf(each) === open}`;
    const link = linkOf(open);
    if (!link) return;
    const title = el("h3", { id: "fc-asked", tabindex: -1 });
    const shut = button(t("banner.close"), close);
    const box = el("section", { class: "fc-ask", "aria-labelledby": "fc-asked" }, el("header", {}, title, shut));
    link.parentElement!.after(box);
    fill({ ...kit, root: box, memory: memoryOf(open!) }, link, title);
    return title;
  }

  /** The form, or what stands in its place once it was sent. */
  function fill(inside: Kit, link: HTMLAnchorElement, title: HTMLElement): void {
    const key = keyOf(link);
    const name = key ? "object" : "follow";
    const { sent } = inside.memory;
    title.textContent = t(`${name}.${sent ? "sent" : "title"}`);
    if (sent) return inside.root.append(el("p", {}, t(`${name}.look`, { email: sent })));
    const done = (email: string): void => {
      memories.set(key, { dressed: "1", sent: email });
      if (open === key) draw()?.focus();
    };
    const hosted = away(t(`${name}.more`), link.href);
    inside.root.append(el("p", {}, t(`${name}.lead`)), createForm(inside, link, done), el("p", { class: "fine" }, hosted));
  }

  return { toggle, draw };
}
