import { isAllowed } from "../../core/consent-status";
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
    for (const script of document.querySelectorAll<HTMLScriptElement>(WAITING)) {
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
  const { write, writeln } = document;
  // Writing into a page that was loaded would begin it anew.
  Object.assign(document, { write() {}, writeln() {} });
  parentNode!.insertBefore(script, nextSibling);
  Object.assign(document, { write, writeln });
  // Without a source it has run by now, except a module, which runs later as in any page and tells nobody.
  return isAsync || !script.src ? undefined : finished;
}

/**
 * A script out of markup that a page set as a whole counts as started, and `async` then says no. Whether one with that
 * attribute has started cannot be known. Where Trusted Types forbid a copy, it may start as it is.
 */
function copyScript(script: HTMLScriptElement): HTMLScriptElement {
  try {
    const copy = document.createRange().createContextualFragment(script.outerHTML).firstChild as HTMLScriptElement;
    const { nonce, onload, onerror } = script;
    return Object.assign(copy, { nonce, onload, onerror });
  } catch {
    return script;
  }
}
