import { hasReadPolicy, isAllowed, isRefusedByBrowser, previousAnswer } from "../../core/consent-status";
import { makeDecision, submitDecision } from "../../core/decision";
import { button, drawCard, el, externalLink, setLanguage } from "../../core/dom";
import { pageDocument } from "../../core/page-document";
import { joinNames, t } from "../../core/strings";
import type { BootPurpose, Context, FindPurposes, PurposeAnswer } from "../../core/types";
import { createPlacement } from "../../placements/placements";
import css from "./frame-cover.css";

const FRAMES = "iframe[data-forecourt-purpose][data-src]";

/** Opens frames once their purposes are granted, and empties and covers them while one is not. */
export function createFrames(context: Context, findPurposes: FindPurposes): (fresh: boolean) => void {
  const covers = new Map<HTMLIFrameElement, FrameCover>();

  function openFrame(frame: HTMLIFrameElement, address: string): void {
    covers.get(frame)?.remove();
    covers.delete(frame);
    if (!frame.hasAttribute("src")) frame.src = address;
  }

  function coverFrame(frame: HTMLIFrameElement, owner: string, purposes: readonly BootPurpose[], fresh: boolean): void {
    const cover = covers.get(frame) ?? createFrameCover(context, frame, owner, purposes);
    if (fresh || !covers.has(frame)) cover.draw();
    covers.set(frame, cover);
  }

  return (fresh) => {
    // With a frame that the page removed goes its cover.
    for (const [frame, cover] of covers) if (!frame.isConnected && covers.delete(frame)) cover.remove();
    for (const frame of pageDocument.querySelectorAll<HTMLIFrameElement>(FRAMES)) {
      const { protocol, host, href } = externalLink("", frame.dataset["src"]!);
      const purposes = findPurposes(frame);
      // A `javascript:` address would be a script that waits for nobody.
      if (!purposes || !/^http/.test(protocol)) continue;
      if (purposes.every((purpose) => isAllowed(context, purpose))) openFrame(frame, href);
      else coverFrame(frame, host, purposes, fresh);
    }
  };
}

/** Stands in the place of a frame that waits. */
interface FrameCover {
  draw(): void;
  /** Gives the place back to the frame. */
  remove(): void;
}

const SMALLEST_WIDTH = 24; // pixels: nobody looks at a narrower frame, and nothing can be read in its place

/** Says whose frame it is and what it is for, takes exactly its room, and opens it right there. */
function createFrameCover(
  context: Context,
  frame: HTMLIFrameElement,
  owner: string,
  purposes: readonly BootPurpose[],
): FrameCover {
  const host = el("div", { role: "group" });
  const { root } = createPlacement(host, context.boot.theme.css + css);
  const { display } = frame.style;
  let wasAccepted = false;

  function accept(event: Event): void {
    const answer: PurposeAnswer = ({ name }) =>
      purposes.some((purpose) => purpose.name === name) || previousAnswer(context, name);
    const decide = () => makeDecision(context, answer, hasReadPolicy(context), "inline", event);
    wasAccepted = true;
    void submitDecision(context, decide, root);
  }

  putInPlace(frame, host);
  return {
    draw() {
      const title = frame.title || owner;
      const values = {
        who: owner,
        purposes: joinNames(
          context,
          purposes.map((purpose) => purpose.title),
        ),
      };
      const isRefused = purposes.some(isRefusedByBrowser);
      const action = isRefused
        ? t(context, "frame.barred")
        : button(t(context, "frame.accept"), accept, { class: "primary" });
      const sentence = el("p", {}, t(context, "frame.text", values));
      host.ariaLabel = title;
      setLanguage(root, context);
      drawCard(root, el("b", {}, title), sentence, action, el("p", { role: "status" }));
    },
    remove() {
      host.remove();
      frame.style.display = display;
      if (wasAccepted) frame.focus();
    },
  };
}

/** Moving a frame to where it stands already empties it, and leaves no trace in the page's history. */
function putInPlace(frame: HTMLIFrameElement, host: HTMLElement): void {
  frame.removeAttribute("src");
  frame.after(host);
  host.before(frame);
  const { display } = getComputedStyle(frame);
  // Styles of what is not shown are computed as they were written: a width of 100% stays one.
  frame.style.setProperty("display", "none", "important");
  const style = getComputedStyle(frame);
  const set = (name: string, value: string): void => host.style.setProperty(name, value);
  for (const name of style) set(name, style.getPropertyValue(name));
  set("display", parseFloat(style.width) < SMALLEST_WIDTH ? "none" : display.replace(/^inline$/, "inline-block"));
  if (style.width === "auto") set("width", "max-content");
}
