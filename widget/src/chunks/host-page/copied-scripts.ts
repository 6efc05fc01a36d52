/** Whether it was made by the parser or a script, and not yet started. Says no where that cannot be known. */
export const hasNeverStarted = (script: HTMLScriptElement): boolean => script.async && !script.hasAttribute("async");

interface CopyFinder {
  rememberRun(script: HTMLScriptElement): void;
  /** Those of `scripts` that stand for one that ran. */
  findCopies(scripts: readonly HTMLScriptElement[]): HTMLScriptElement[];
}

/**
 * Recognizes a script that ran and was replaced by its own markup since the last look, as when a body is set anew. One that
 * an application takes out and renders again later runs again, and so does that of a next page.
 */
export function createCopyFinder(): CopyFinder {
  const ran = new Set<HTMLScriptElement>();
  return {
    rememberRun: (script) => void ran.add(script),
    findCopies(scripts) {
      const gone = [...ran].filter((script) => !script.isConnected);
      for (const script of gone) ran.delete(script);
      const copies = !gone[0] ? [] : scripts.filter((script) => isCopy(script, gone));
      for (const copy of copies) ran.add(copy);
      return copies;
    },
  };
}

/** Takes the original out of `gone`: two copies of one script are not both copies. */
function isCopy(script: HTMLScriptElement, gone: HTMLScriptElement[]): boolean {
  const index = gone.findIndex(({ outerHTML }) => outerHTML === script.outerHTML);
  return !hasNeverStarted(script) && index >= 0 && !!gone.splice(index, 1);
}
