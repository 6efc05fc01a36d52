import type { Context, EventDetail, EventName } from "./types";

/** Tells the page's listeners. An EventTarget reports what a listener throws to the page, and goes on. */
export function emit(events: EventTarget, name: EventName, detail: EventDetail): void {
  events.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Brings the first view of a kind into sight; the banner opens its second layer. */
export const openView = ({ views }: Context, kind: unknown, opener?: HTMLElement): unknown =>
  views.find((view) => view.kind === kind)?.open?.(opener);
