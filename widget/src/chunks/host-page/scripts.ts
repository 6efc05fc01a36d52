import { isAllowed } from "../../core/consent-status";
import { pageDocument } from "../../core/page-document";
import type { Context, FindPurposes } from "../../core/types";

const WAITING = 'script[type="text/plain"][data-forecourt-purpose]';
const TIMEOUT = 10_000; // ms, for a script that neither loads nor fails

/** Runs the scripts whose purposes are granted: in document order, each once, one after the other. */
export function createScripts(context: Context, findPurposes: FindPurposes): () => void {
  const queued = new WeakSet<HTMLScriptElement>();
  let queue = Promise.resolve();

  const mayRun = (script: HTMLScriptElement): boolean =>
    script.isConnected && !!findPurposes(script)?.every((purpose) => isAllowed(context, purpose));

  /** Since it was queued, it may have been removed or its purpose withdrawn. */
  async function runNext(script: HTMLScriptElement): Promise<void> {
    if (!mayRun(script)) return void queued.delete(script);
    for (const { name } of findPurposes(script)!) context.ranPurposes.add(name);
    await runScript(script);
  }

  return () => {
    for (const script of pageDocument.querySelectorAll<HTMLScriptElement>(WAITING)) {
      if (queued.has(script) || !mayRun(script)) continue;
      queued.add(script);
      queue = queue.then(() => runNext(script)).catch(reportError);
    }
  };
}

/**
 * Puts a script in again where it stands. An element that never started then does: it keeps its nonce, its attributes,
 * and the trust that the page's Content Security Policy has in its text. Resolves when the next one may start.
 */
function runScript(waiting: HTMLScriptElement): Promise<void> | undefined {
  const { parentNode, nextSibling } = waiting;
  const isAsync = waiting.hasAttribute("async");
  const script = waiting.async && !isAsync ? waiting : copyScript(waiting);
  waiting.remove();
  script.type = script.dataset["type"] ?? "";
  script.async = isAsync;
  const finished = new Promise<void>((resolve) => {
    for (const name of ["load", "error"]) script.addEventListener(name, () => resolve());
    setTimeout(resolve, TIMEOUT);
  });
  withoutWriting(() => parentNode!.insertBefore(script, nextSibling));
  // Without a source it has run by now, except a module, which runs later as in any page and tells nobody.
  return isAsync || !script.src ? undefined : finished;
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
 * A script out of markup that a page set as a whole counts as started, and `async` then says no. Whether one with that
 * attribute has started cannot be known. Where Trusted Types forbid a copy, it may start as it is.
 */
function copyScript(script: HTMLScriptElement): HTMLScriptElement {
  try {
    const copy = pageDocument.createRange().createContextualFragment(script.outerHTML).firstChild as HTMLScriptElement;
    const { nonce, onload, onerror } = script;
    return Object.assign(copy, { nonce, onload, onerror });
  } catch {
    return script;
  }
}
