import { tryChunk } from "./chunks";
import { consentSnapshot } from "./consent-status";
import type { Context, Listener } from "./types";
import { withdraw } from "./withdrawal";

type PublicApi = ((...call: unknown[]) => void) & { q?: Iterable<unknown>[]; ready?: boolean };

const host = window as Window & { forecourt?: PublicApi };

/** The page's queue, or what another copy of the script put in its place. An element or a frame of that name is neither. */
const earlier = host.forecourt instanceof Function ? host.forecourt : undefined;

/** Whether another copy of the script serves this page already. */
export const isTaken = (): boolean => !!earlier?.ready;

/** Answers `window.forecourt(...)`: listening starts at once, everything else waits for the widget. */
export function answerCalls(events: EventTarget, widget: Promise<Context>): void {
  const api: PublicApi = (call, value, extra) => {
    if (call === "on")
      events.addEventListener(value as string, (event) => (extra as Listener)((event as CustomEvent).detail));
    else void widget.then((context) => carryOut(context, call, value, extra));
  };
  api.ready = true;
  host.forecourt = api;
  for (const call of earlier?.q ?? []) api(...call);
}

function carryOut(context: Context, call: unknown, value: unknown, extra: unknown): void {
  if (call === "get") (value as Listener)(consentSnapshot(context));
  else if (call === "withdraw") withdraw(context);
  else void tryChunk(context, "page-calls", (answer) => answer(call, value, extra));
}
