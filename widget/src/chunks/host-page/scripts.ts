import { isAllowed } from "../../core/consent-status";
import { pageDocument } from "../../core/page-document";
import type { Context, FindPurposes } from "../../core/types";
import { findAll } from "./find-all";
import { createCopyFinder, hasNeverStarted } from "./copied-scripts";

export const WAITING_SCRIPTS = 'script[type="text/plain"][data-forecourt-purpose]';
const TIMEOUT = 10_000; // ms, for a script that neither loads nor fails

/** Runs the scripts whose purposes are granted: in document order, each once, one after the other. */
export function createScripts(context: Context, findPurposes: FindPurposes): () => void {
  const queued = new WeakSet<HTMLScriptElement>();
  const copies = createCopyFinder();
  let queue = Promise.resolve();

  const mayRun = (script: HTMLScriptElement): boolean =>
    script.isConnected && !!findPurposes(script)?.every((purpose) => isAllowed(context, purpose));

  /** Since it was queued, it may have been removed or its purpose withdrawn. */
  async function runNext(script: HTMLScriptElement): Promise<void> {
    if (!mayRun(script)) return void queued.delete(script);
    for (const { name } of findPurposes(script)!) context.ranPurposes.add(name);
    copies.rememberRun(script);
    await runScript(script);
  }

  return () => {
    const scripts = findAll<HTMLScriptElement>(context, WAITING_SCRIPTS).filter((script) => !queued.has(script));
    for (const copy of copies.findCopies(scripts)) queued.add(copy);
    for (const script of scripts) {
      if (queued.has(script) || !mayRun(script)) continue;
      queued.add(script);
      queue = queue.then(() => runNext(script)).catch(reportError);
    }
  };
}

/**
 * Runs a script where it stands, and leaves the page's node there as it was: an application that made it will remove it,
 * and its markup still waits where somebody copies it. Resolves when the next script may start.
 */
function runScript(waiting: HTMLScriptElement): Promise<void> | undefined {
  const isAsync = waiting.hasAttribute("async");
  // One that never started is put in again: it keeps its nonce, and the page's trust in its text (Trusted Types).
  const copy = hasNeverStarted(waiting) ? undefined : copyScript(waiting);
  const script = copy ?? waiting;
  const { parentNode, nextSibling } = waiting;
  if (!copy) waiting.remove();
  script.type = waiting.dataset["type"] ?? "";
  script.async = isAsync;
  const finished = waitForEnd(script, (name) => {
    copy?.remove();
    if (copy) waiting.dispatchEvent(new Event(name));
  });
  withoutWriting(() => parentNode!.insertBefore(script, nextSibling));
  // A type counts when a script is put in. Left without one, frameworks that put markup in again would run it.
  waiting.type = "text/plain";
  // Without a source it has run by now, except a module, which runs later as in any page and tells nobody.
  if (!script.src) copy?.remove();
  return isAsync || !script.src ? undefined : finished;
}

/** Resolves when a script has loaded or failed, after `tellPage`, or after a while. */
function waitForEnd(script: HTMLScriptElement, tellPage: (event: string) => void): Promise<void> {
  return new Promise((resolve) => {
    function end({ type }: Event): void {
      tellPage(type);
      resolve();
    }
    for (const name of ["load", "error"]) script.addEventListener(name, end);
    setTimeout(resolve, TIMEOUT);
  });
}

/** Writing into a page that was loaded would begin it anew. An element of that name is no function, and cannot write. */
function withoutWriting(run: () => void): void {
  const writers = (["write", "writeln"] as const).filter((name) => document[name] instanceof Function);
  const functions = writers.map((name) => document[name]);
  for (const name of writers) document[name] = () => {};
  run();
  writers.forEach((name, index) => (document[name] = functions[index]!));
}

/**
 * A copy to run, for a script that counts as started, or that may: of one with `async` it cannot be known. The page's
 * own listeners stay with its node. Undefined where Trusted Types forbid a copy.
 */
function copyScript(script: HTMLScriptElement): HTMLScriptElement | undefined {
  try {
    const copy = pageDocument.createElement("script");
    for (const attribute of script.attributes)
      if (!/^on|^data-forecourt/.test(attribute.name)) copy.setAttributeNode(attribute.cloneNode() as Attr);
    copy.nonce = script.nonce;
    copy.text = script.text;
    return copy;
  } catch {
    return undefined;
  }
}
