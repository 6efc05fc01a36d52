import type { Context } from "../../core/types";

/** Returns a function that says whether the page has another way back in view, and calls `update` when that changes. */
export function watchPlaces(context: Context, update: () => void): () => boolean {
  const inView = new Set<Element>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
      update();
    },
    { rootMargin: "-44px" },
  );
  return () => {
    const { shown } = context.boot.control;
    const places = context.views.filter(({ kind }) => kind === "preferences").map(({ host }) => host!);
    for (const place of places) observer.observe(place);
    if (shown === "always") return places.some((place) => inView.has(place));
    return shown === "never" || !!places[0];
  };
}
