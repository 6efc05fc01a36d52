import { callApi } from "../../core/api-client";
import { tryChunk } from "../../core/chunks";
import type { Boot, Chunks, Context, Placement, View } from "../../core/types";
import { createPlacement, createView } from "../../placements/placements";
import { findAll } from "../host-page/find-all";

const DELAY = 50; // ms from a change to the look at it

/** Chunk: placements, and what waits for a purpose, in the shadow roots of the page's components. */
export default function createScan(context: Context): Chunks["scan"] {
  const followPlacements = createFollower(context);
  const observer = new MutationObserver(() => (timer ||= setTimeout(lookAgain, DELAY)));
  let timer = 0;

  function lookAgain(): void {
    timer = 0;
    for (const root of context.shadowRoots) if (!root.isConnected) context.shadowRoots.delete(root);
    followPlacements();
    if (context.store.read() ?? findAll(context, "[data-forecourt-purpose]:not(script)")[0])
      void tryChunk(context, "host-page", ({ attendHostPage }) => attendHostPage(false));
  }

  // A component leaves the page together with what it stands in.
  observer.observe(document, { childList: true, subtree: true });
  return (root) => {
    observer.observe(root, { childList: true, subtree: true });
    context.shadowRoots.add(root);
    lookAgain();
  };
}

/** Gives each placement in the shadow roots its view, for as long as it is there. */
function createFollower(context: Context): () => void {
  const views = new Map<HTMLElement, View>();
  // One that comes back has its shadow root already.
  const known = new WeakMap<HTMLElement, Placement>();

  function addView(host: HTMLElement): void {
    const placement = known.get(host) ?? createPlacement(host, context.boot.theme.css);
    known.set(host, placement);
    placement.root.replaceChildren();
    // Without its host, so that who follows the page's own placements leaves it alone.
    const { host: _, ...view } = createView(context, placement);
    if (view.kind === "policy") view.update = updateWithPolicy(context, view.update);
    views.set(host, view);
    context.views = [view, ...context.views];
    view.update(true);
  }

  return () => {
    const hosts = new Set(findAll(context, "[data-forecourt]:not(form)").filter((host) => host.getRootNode() !== document));
    for (const [host, view] of views) if (!hosts.has(host) && views.delete(host)) removeView(context, view);
    for (const host of hosts) if (!views.has(host)) addView(host);
  };
}

/** The words of a page that shows no policy itself come without the policy's text. */
const updateWithPolicy =
  (context: Context, update: View["update"]): View["update"] =>
  (fresh) =>
    fresh && !context.boot.policy?.html ? void fetchPolicy(context).then(() => update(true)) : update(fresh);

async function fetchPolicy(context: Context): Promise<void> {
  const { boot, page } = context;
  const query = new URLSearchParams({ locale: boot.locale, region: page.region, policy: "1" });
  const { data } = await callApi(page, "GET", `boot?${query}`);
  // The words may have become another language's meanwhile.
  if ("policy" in data && context.boot === boot) context.boot = { ...boot, policy: (data as Boot).policy };
}

function removeView(context: Context, view: View): void {
  context.views = context.views.filter((other) => other !== view);
  view.close?.();
}
