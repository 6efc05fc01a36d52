import { button } from "../../core/dom";
import type { Context } from "../../core/types";
import { plural } from "../form/plural";

/** Whoever has scrolled up by less still reads the end. */
const END_MARGIN = 40; // px

export interface ReadingPosition {
  /** Says how many new messages stand below what is read, and leads there. */
  readonly newer: HTMLElement;
  /** Draws a change: whoever reads the end follows it, and whoever reads further up stays. Returns whether it is news. */
  keep(draw: () => boolean): void;
  scrollToEnd(): void;
}

/** Watches where in the log somebody reads. */
export function watchReadingPosition(context: Context, log: HTMLElement): ReadingPosition {
  const newer = button("", scrollToEnd, { class: "newer", hidden: true });
  const isAtEnd = (): boolean => log.scrollHeight - log.scrollTop - log.clientHeight < END_MARGIN;
  let newCount = 0;

  function setNewCount(count: number): void {
    newCount = count;
    newer.hidden = !count;
    newer.textContent = plural(context, "chat.new_messages", count);
  }

  function scrollToEnd(): void {
    log.scrollTop = log.scrollHeight;
    setNewCount(0);
  }

  function keep(draw: () => boolean): void {
    const follows = isAtEnd();
    const isNews = draw();
    if (follows) scrollToEnd();
    else if (isNews) setNewCount(newCount + 1);
  }

  log.addEventListener("scroll", () => newCount && isAtEnd() && setNewCount(0));
  return { newer, keep, scrollToEnd };
}
