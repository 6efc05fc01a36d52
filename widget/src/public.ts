import { speak, told } from "./desk";
import { use } from "./kit";
import { withdraw } from "./settle";
import type { Bus, Desk, Listener } from "./types";

type Queue = ((...call: unknown[]) => void) & { q?: Iterable<unknown>[]; ready?: boolean };

const host = window as Window & { forecourt?: Queue };

/** A page may carry the script twice by mistake: the first one serves. */
export const taken = (): boolean => !!host.forecourt?.ready;

/** `window.forecourt(...)`: listening starts at once, the rest waits until there is something to act on. */
export function answerCalls(bus: Bus, widget: Promise<Desk>): void {
  const answer: Queue = (name, value, more) => {
    if (name === "on") bus.addEventListener(value as string, (event) => (more as Listener)((event as CustomEvent).detail));
    else void widget.then((desk) => act(desk, name, value, more));
  };
  const waiting = host.forecourt?.q ?? [];
  answer.ready = true;
  host.forecourt = answer;
  for (const call of waiting) answer(...call);
}

function act(desk: Desk, name: unknown, value: unknown, more: unknown): void {
  if (name === "get") (value as Listener)(told(desk));
  if (name === "set") void use(desk, ({ set }) => set([value, more]));
  if (name === "open") desk.views.find(({ kind }) => kind === value)?.focus?.();
  if (name === "preferences") desk.preferences();
  if (name === "locale") void speak(desk, `${value}`);
  if (name === "withdraw") withdraw(desk);
}
