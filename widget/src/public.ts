import { withdraw } from "./consent";
import { speak } from "./desk";
import type { Bus, Desk, Listener } from "./types";

type Queue = ((...call: unknown[]) => void) & { q?: Iterable<unknown>[]; ready?: boolean };

const host = window as Window & { forecourt?: Queue };

/** A page may carry the script twice by mistake: the first one serves. */
export const taken = (): boolean => !!host.forecourt?.ready;

/** `window.forecourt(...)`: listening starts at once, the rest waits until there is something to act on. */
export function answerCalls(bus: Bus, widget: Promise<Desk>): void {
  const answer: Queue = (name, value, listener) => {
    if (name === "on") bus.addEventListener(value as string, (event) => (listener as Listener)((event as CustomEvent).detail));
    else void widget.then((desk) => act(desk, name, value));
  };
  const waiting = host.forecourt?.q ?? [];
  answer.ready = true;
  host.forecourt = answer;
  for (const call of waiting) answer(...call);
}

function act(desk: Desk, name: unknown, value: unknown): void {
  if (name === "open") desk.views.find(({ kind }) => kind === value)?.focus?.();
  if (name === "preferences") desk.preferences();
  if (name === "locale") void speak(desk, `${value}`);
  if (name === "withdraw") void withdraw(desk);
}
