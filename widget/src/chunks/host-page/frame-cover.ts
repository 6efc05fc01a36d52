import { isRefusedByBrowser } from "../../core/consent-status";
import { submitDecision } from "../../core/decision";
import { addStyle, button, drawCard, el, setLanguage } from "../../core/dom";
import { pageDocument } from "../../core/page-document";
import { joinTitles, t } from "../../core/strings";
import type { BootPurpose, Context } from "../../core/types";
import { createPlacement } from "../../placements/placements";
import css from "./frame-cover.css";

/** What a covered frame has. A style of ours hides it, since the frame's own style belongs to the page. */
const HIDDEN = "data-forecourt-covered";
const SMALLEST_WIDTH = 24; // pixels: nobody looks at a narrower frame, and nothing can be read in its place

/** What the cover says. */
export interface FrameTerms {
  /** The host the frame comes from. */
  readonly owner: string;
  readonly purposes: readonly BootPurpose[];
}

/** Stands in the place of a frame that waits. */
export interface FrameCover {
  readonly host: HTMLElement;
  /** `showOnce` shows this frame alone. */
  draw(terms: FrameTerms, fresh: boolean, showOnce: () => void): void;
  /** Gives the place back to the frame, and the focus, where it has it. */
  remove(): void;
}

/** Says whose frame it is and what it is for, takes exactly its room, and opens it right there: once, or its purposes. */
export function createFrameCover(context: Context, frame: HTMLIFrameElement): FrameCover {
  const host = el("div", { role: "group", "data-forecourt-cover": "" });
  const { root } = createPlacement(host, context.boot.theme.css + css);
  let drawnTerms = "";
  takePlace(frame, host);

  function allow({ isTrusted }: Event, purposes: FrameTerms["purposes"]): void {
    const answer = purposes.map(({ name }) => name);
    void submitDecision(context, { answer, source: "inline", isTrusted }, root);
  }

  return {
    host,
    draw(terms, fresh, showOnce) {
      const { owner, purposes } = terms;
      hide(frame);
      // A page may have moved the frame alone, or taken the cover for a node that does not belong there.
      if (host.previousSibling !== frame) frame.after(host);
      const json = JSON.stringify([frame.title, terms]);
      if (!fresh && json === drawnTerms) return;
      drawnTerms = json;
      host.ariaLabel = frame.title || owner;
      setLanguage(root, context);
      const values = { who: owner, purposes: joinTitles(context, purposes) };
      const actions = purposes.some(isRefusedByBrowser)
        ? [t(context, "frame.barred")]
        : [
            // A script cannot agree for a visitor.
            button(t(context, "frame.once"), ({ isTrusted }) => isTrusted && showOnce()),
            button(t(context, "frame.always", values), (event) => allow(event, purposes)),
          ];
      const name = el("b", {}, host.ariaLabel);
      drawCard(root, name, el("p", {}, t(context, "frame.text", values)), ...actions, el("p", { role: "status" }));
    },
    remove() {
      const hadFocus = host.matches(":focus-within");
      host.remove();
      frame.removeAttribute(HIDDEN);
      if (hadFocus) frame.focus();
    },
  };
}

/** Puts the cover after its frame, with the frame's style. */
function takePlace(frame: HTMLIFrameElement, host: HTMLElement): void {
  frame.after(host);
  // Markup of a covered frame that was copied is hidden already.
  frame.removeAttribute(HIDDEN);
  const style = getComputedStyle(frame);
  const { display } = style;
  // From here on it is computed as it was written, since nothing is shown: a width of 100% stays one.
  hide(frame);
  const set = (name: string, value: string): void => host.style.setProperty(name, value);
  for (const name of style) set(name, style.getPropertyValue(name));
  set("display", parseFloat(style.width) < SMALLEST_WIDTH ? "none" : display.replace(/^inline$/, "inline-block"));
  if (style.width === "auto") set("width", "max-content");
}

function hide(frame: HTMLIFrameElement): void {
  const root = frame.getRootNode();
  const styled = root instanceof ShadowRoot ? root : pageDocument;
  // An application may set the page's sheets anew.
  if (!styled.adoptedStyleSheets.some(isHiding)) addStyle(styled, `[${HIDDEN}] { display: none !important }`);
  frame.setAttribute(HIDDEN, "");
}

const isHiding = ({ cssRules }: CSSStyleSheet): boolean => !!cssRules[0]?.cssText.includes(HIDDEN);
