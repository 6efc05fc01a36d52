// What a reader of the policy can do in place. It needs no consent and keeps nothing in the browser.
import { createAsk } from "./ask";
import { dress, FORM } from "./feature";
import { chooseRegion } from "./region";
import css from "./style/reader.css";
import type { Kit, UseLink, View } from "./types";

const MARKS = ["data-forecourt-region", "data-forecourt-object", "data-forecourt-follow", "id"];

/** One form is open at a time, so that ids are their own, and is drawn again where the policy is. */
export default function mount(kit: Kit): UseLink {
  const { desk, root, el } = kit;
  const status = el("p", { class: "sr", role: "status" });
  const ask = createAsk(kit);
  let held: Element | null = null;

  /** What a redraw of the policy took from under the focus. */
  function again(): HTMLElement | null | undefined {
    const mark = MARKS.find((name) => held?.hasAttribute(name));
    const same = mark && root.querySelector<HTMLElement>(`[${mark}="${CSS.escape(held!.getAttribute(mark)!)}"]`);
    return same || (held?.closest(".fc-ask") && root.querySelector<HTMLElement>("#fc-asked"));
  }

  const before: View = {
    kind: "policy",
    update(fresh) {
      if (fresh) held = (root.getRootNode() as ShadowRoot).activeElement;
    },
  };
  const after: View = {
    kind: "policy",
    update(fresh) {
      if (!fresh) return;
      ask.draw();
      again()?.focus();
    },
  };

  dress(kit, FORM + css);
  root.append(status);
  desk.views = [before, ...desk.views, after];
  return (link) => {
    if ("forecourtRegion" in link.dataset) return chooseRegion(kit, link, status);
    return Object.keys(link.dataset)[0] ? ask.toggle(link) : jump(link);
  };
}

/** The browser does not look into a shadow root for the target of a link. */
function jump(link: HTMLAnchorElement): void {
  const target = (link.getRootNode() as ShadowRoot).getElementById(link.hash.slice(1));
  if (!target) return;
  target.tabIndex = -1;
  target.focus();
}
