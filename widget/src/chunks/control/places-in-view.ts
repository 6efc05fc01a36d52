import type { Context } from "../../core/types";

const PAUSE = 200; // ms: longer than the widget takes to see that a place came or went

/** Returns a function that says whether the page has another way back in view, and calls `update` when that changes. */
export function watchPlaces(context: Context, update: () => void): () => boolean {
  const inView = new Set<Element>();
  let wasElsewhere = false;
  let timer = 0;

  function isElsewhere(): boolean {
    const { shown } = context.boot.control;
    // One in a component's shadow root has no host here: the control stays beside it.
    const places = context.views.flatMap(({ kind, host }) => (kind === "preferences" && host) || []);
    for (const place of places) observer.observe(place);
    return shown === "always" ? places.some((place) => inView.has(place)) : shown === "never" || !!places[0];
  }

  function look(): void {
    timer = 0;
    if (wasElsewhere !== isElsewhere()) update();
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
      look();
    },
    { rootMargin: "-44px" },
  );
  // A single-page application goes from a page with such a place to one without.
  const changes = new MutationObserver(() => (timer ||= setTimeout(look, PAUSE)));
  changes.observe(document, { childList: true, subtree: true });
  return () => (wasElsewhere = isElsewhere());
}
