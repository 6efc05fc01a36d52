import type { Needs } from "./needs";
import type { Kit } from "./types";

const WAITING = 'script[type="text/plain"][data-forecourt-purpose]';
const PATIENCE = 10_000; // ms, for one that neither loads nor fails

/** Runs the scripts whose purposes are granted: in document order, each once, one after the other. */
export function createScripts({ desk, stands }: Kit, needs: Needs): () => void {
  const taken = new WeakSet<HTMLScriptElement>();
  let before = Promise.resolve();

  const granted = (script: HTMLScriptElement): boolean =>
    script.isConnected && !!needs(script)?.every((purpose) => stands(desk, purpose));

  /** Between being seen and being next, it may have been taken out or its purpose withdrawn. */
  async function next(script: HTMLScriptElement): Promise<void> {
    if (!granted(script)) return void taken.delete(script);
    for (const { name } of needs(script)!) desk.ran.add(name);
    await start(script);
  }

  return () => {
    for (const script of document.querySelectorAll<HTMLScriptElement>(WAITING)) {
      if (taken.has(script) || !granted(script)) continue;
      taken.add(script);
      before = before.then(() => next(script)).catch(reportError);
    }
  };
}

/**
 * Put in again, an element that never started does: it keeps its nonce, its attributes, and the trust that the page's
 * Content Security Policy has in its text. Resolves when the next one may start.
 */
function start(waiting: HTMLScriptElement): Promise<void> | undefined {
  const { parentNode, nextSibling } = waiting;
  const free = waiting.hasAttribute("async");
  const script = waiting.async && !free ? waiting : copied(waiting);
  waiting.remove();
  script.type = script.dataset["type"] ?? "";
  script.async = free;
  const done = new Promise<void>((resolve) => {
    for (const name of ["load", "error"]) script.addEventListener(name, () => resolve());
    setTimeout(resolve, PATIENCE);
  });
  const { write, writeln } = document;
  // It would begin the page anew.
  Object.assign(document, { write() {}, writeln() {} });
  parentNode!.insertBefore(script, nextSibling);
  Object.assign(document, { write, writeln });
  // Without a source it has run by now; a module without one says nobody when it has, and comes later, as in any page.
  return free || !script.src ? undefined : done;
}

/**
 * A script out of markup that a page set as a whole counts as started, and `async` then says no. Whether one with that
 * attribute does cannot be told. Where Trusted Types forbid a copy, it may start as it is.
 */
function copied(script: HTMLScriptElement): HTMLScriptElement {
  try {
    const copy = document.createRange().createContextualFragment(script.outerHTML).firstChild as HTMLScriptElement;
    const { nonce, onload, onerror } = script;
    return Object.assign(copy, { nonce, onload, onerror });
  } catch {
    return script;
  }
}
