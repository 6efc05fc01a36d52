import type { Bus, EventName, Heard } from "./types";

/** An EventTarget reports a listener's fault to the page, and goes on. */
export const createBus = (): Bus => new EventTarget();

export function emit(bus: Bus, name: EventName, detail: Heard): void {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}
