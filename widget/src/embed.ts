// Modules stand in embed.js in the order of these imports. In this one they compress best.
import type { Context, Page } from "./core/types";
import "./core/style";
import { readPage } from "./core/page";
import "./core/events";
import { pageDocument } from "./core/page-document";
import { currentGrant } from "./core/consent-status";
import { openStore } from "./core/consent-storage";
import { addStyle } from "./core/dom";
import "./core/decision";
import "./placements/feature";
import { sharedCode } from "shared-code";
import { reportWithdrawal, syncConsent } from "./core/withdrawal";
import { loadChunk, preloadChunks } from "./core/chunks";
import { addLauncher, createView, findPlacements, pageLocale } from "./placements/placements";
import "./core/api-client";
import { fetchBoot, offerRetry } from "./core/boot";
import { redraw, reviewStaleGrant } from "./core/refresh";
import { settleHosts } from "./core/floating-hosts";
import { createBanner } from "./banner/banner";
import { answerCalls, isTaken } from "./core/public-api";
import { watchPage } from "./page-watcher";

/** Boots the widget once the page is parsed, draws it, and follows what changes. */
async function start(page: Page, events: EventTarget): Promise<Context> {
  // An async script may run before its placements are parsed.
  if (pageDocument.readyState === "loading") await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  const placements = findPlacements(page);
  const store = openStore(page.site);
  const locale = pageLocale(page);
  let boot;
  preloadChunks(page, store.read(), placements);
  while (!(boot = await fetchBoot({ page, events }, locale))) await offerRetry(placements, locale);

  const context: Context = {
    page,
    events,
    sharedCode,
    store,
    boot,
    views: [],
    pendingDecision: Promise.resolve(),
    ranPurposes: new Set(),
    shadowRoots: new Set(),
    floatingHosts: [],
  };
  try {
    // Another sub-domain's choice is read by the chunk.
    if (boot.share_cookie_domain && pageDocument.cookie.includes("forecourt_")) await loadChunk(context, "choice");
  } catch {
    // A sandbox has no cookies, and without the chunk each sub-domain asks for itself.
  }
  void reportWithdrawal(context);
  await reviewStaleGrant(context);
  addLauncher(context, placements);
  for (const { shadow } of placements) addStyle(shadow, boot.theme.css);
  const banner = createBanner(context);
  const watcher = watchPage(context, placements);
  context.views = [...placements.map((placement) => createView(context, placement)), banner, watcher];
  for (const name of ["storage", "pageshow", "focus", "online"]) addEventListener(name, () => syncConsent(context));
  settleHosts(context);
  redraw(context, true, ...(currentGrant(context) ? (["consent"] as const) : []));
  return context;
}

const page = !isTaken() && readPage();
if (page) {
  const events = new EventTarget();
  const widget = start(page, events);
  answerCalls(events, widget);
  widget.catch((startError: unknown) => loadChunk({ page, startError } as Context, "failed-start"));
}
