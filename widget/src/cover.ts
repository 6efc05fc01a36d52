import css from "./style/cover.css";
import type { Kit, Purpose } from "./types";

/** What stands in the place of a frame that waits. */
export interface Cover {
  draw(): void;
  /** Gives the place back. */
  take(): void;
}

const TINY = 24; // pixels: nobody looks at such a frame, and nothing can be read in its place

/** Says whose frame it is and what it is for, takes exactly its room, and opens it right there. */
export function createCover(kit: Kit, frame: HTMLIFrameElement, who: string, purposes: readonly Purpose[]): Cover {
  const { el, button, t, list, desk, decide, offer, keeps, hasRead, barred, mark, prepare } = kit;
  const host = el("div", { role: "group" });
  const { root, style } = prepare(host);
  const { display } = frame.style;
  let asked = false;

  function accept(event: Event): void {
    const given = ({ name }: Purpose): boolean | undefined => purposes.some((one) => one.name === name) || keeps(desk, name);
    asked = true;
    void decide(desk, () => offer(desk, given, hasRead(desk), "inline", event), () => root.querySelector("[role]")!);
  }

  style(css);
  place(frame, host);
  return {
    draw() {
      const names = { who, purposes: list(purposes.map(({ title }) => title)) };
      const act = purposes.some(barred) ? t("frame.barred") : button(t("frame.accept"), accept, { class: "solid" });
      const told = [el("b", {}, (host.ariaLabel = frame.title || who)), el("p", {}, t("frame.text", names))];
      mark(root, desk);
      root.replaceChildren(el("div", { class: "card", part: "card" }, ...told, act, el("p", { role: "status" })));
    },
    take() {
      host.remove();
      frame.style.display = display;
      if (asked) frame.focus();
    },
  };
}

/** Moved to where it stands already, a frame loses what it showed, and leaves no trace in the page's history. */
function place(frame: HTMLIFrameElement, host: HTMLElement): void {
  frame.removeAttribute("src");
  frame.after(host);
  host.before(frame);
  const { display } = getComputedStyle(frame);
  // Of what is not shown, styles are computed as they were written: a width of 100% stays one.
  frame.style.setProperty("display", "none", "important");
  const box = getComputedStyle(frame);
  const put = (name: string, value: string): void => host.style.setProperty(name, value);
  for (const name of box) put(name, box.getPropertyValue(name));
  put("display", parseFloat(box.width) < TINY ? "none" : display.replace(/^inline$/, "inline-block"));
  if (box.width === "auto") put("width", "max-content");
}
