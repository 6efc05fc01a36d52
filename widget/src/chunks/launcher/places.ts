import { el } from "../../core/dom";
import type { Context, Feature, View } from "../../core/types";
import { createFeatureGate } from "../../placements/feature";
import { createPlacement } from "../../placements/placements";
import css from "./place.css";

/** A feature in the panel, with a shadow root of its own as on the page: their ids are the same. */
interface PanelPlace {
  readonly host: HTMLElement;
  readonly view: View;
}

export interface PanelPlaces {
  /** Shows one and hides the others, which go on: what was typed stays, and the chat listens. */
  show(feature: Feature | undefined): void;
  focus(feature: Feature): void;
}

/** The features that were opened in the panel. */
export function createPlaces(context: Context, body: HTMLElement): PanelPlaces {
  const places = new Map<Feature, PanelPlace>();

  function add(feature: Feature): void {
    const host = el("div", { class: "place", tabindex: -1, "data-forecourt": feature });
    const view = createFeatureGate(createPlacement(host, css), feature, context);
    const { root, update, close } = view;
    // Without its host and kind: who follows the page's own places leaves it alone.
    context.views = [...context.views, { root, update, close } as View];
    places.set(feature, { host, view });
    body.append(host);
    update(true);
  }

  return {
    show(shown) {
      if (shown && !places.has(shown)) add(shown);
      for (const [feature, { host }] of places) host.hidden = feature !== shown;
      body.scrollTop = 0;
    },
    focus(feature) {
      const { host, view } = places.get(feature)!;
      host.focus();
      void view.open?.();
    },
  };
}
