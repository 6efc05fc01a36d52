import { hasReadPolicy, isRefusedByBrowser, previousAnswer } from "../../core/consent-status";
import { makeDecision, submitDecision } from "../../core/decision";
import { addStyle, button, drawCard, el, setLanguage } from "../../core/dom";
import { pageDocument } from "../../core/page-document";
import { joinNames, t } from "../../core/strings";
import type { BootPurpose, Context, PurposeAnswer } from "../../core/types";
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
  draw(terms: FrameTerms, fresh: boolean): void;
  /** Gives the place back to the frame. */
  remove(): void;
}

/** Says whose frame it is and what it is for, takes exactly its room, and opens it right there. */
export function createFrameCover(context: Context, frame: HTMLIFrameElement): FrameCover {
  const host = el("div", { role: "group", "data-forecourt-cover": "" });
  const { root } = createPlacement(host, context.boot.theme.css + css);
  let wasAccepted = false;
  let drawnTerms = "";
  takePlace(frame, host);

  const accept = (event: Event, purposes: FrameTerms["purposes"]): void => {
    const answer: PurposeAnswer = ({ name }) =>
      purposes.some((purpose) => purpose.name === name) || previousAnswer(context, name);
    wasAccepted = true;
    void submitDecision(context, () => makeDecision(context, answer, hasReadPolicy(context), "inline", event), root);
  };

  return {
    host,
    draw(terms, fresh) {
      hide(frame);
      // A page may have moved the frame alone, or taken the cover for a node that does not belong there.
      if (host.previousSibling !== frame) frame.after(host);
      const { title } = frame;
      const json = JSON.stringify({ title, terms });
      if (!fresh && json === drawnTerms) return;
      drawnTerms = json;
      host.ariaLabel = title || terms.owner;
      setLanguage(root, context);
      drawTerms(context, root, host.ariaLabel, terms, accept);
    },
    remove() {
      host.remove();
      frame.removeAttribute(HIDDEN);
      if (wasAccepted) frame.focus();
    },
  };
}

function drawTerms(
  context: Context,
  root: HTMLElement,
  title: string,
  { owner, purposes }: FrameTerms,
  accept: (event: Event, purposes: FrameTerms["purposes"]) => void,
): void {
  const titles = purposes.map((purpose) => purpose.title);
  const values = { who: owner, purposes: joinNames(context, titles) };
  const click = (event: Event): void => accept(event, purposes);
  const action = purposes.some(isRefusedByBrowser)
    ? t(context, "frame.barred")
    : button(t(context, "frame.accept"), click, { class: "primary" });
  const sentence = el("p", {}, t(context, "frame.text", values));
  drawCard(root, el("b", {}, title), sentence, action, el("p", { role: "status" }));
}

/** Puts the cover after its frame, with the frame's style. */
function takePlace(frame: HTMLIFrameElement, host: HTMLElement): void {
  frame.after(host);
  // Markup of a covered frame that was copied is hidden already.
  frame.removeAttribute(HIDDEN);
  const { display } = getComputedStyle(frame);
  hide(frame);
  // Styles of what is not shown are computed as they were written: a width of 100% stays one.
  const style = getComputedStyle(frame);
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
