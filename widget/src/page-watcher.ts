import { loadChunk } from "./core/chunks";
import { placeHosts } from "./core/floating-hosts";
import { pageDocument } from "./core/page-document";
import { createPlacement, createView, findHosts, hideSecondLauncher, pageLocale } from "./placements/placements";
import { redraw, reloadWords } from "./core/refresh";
import type { Context, Placement, View } from "./core/types";

/** Follows what a page does after it was loaded, with one observer. */
export function watchPage(context: Context, placements: readonly Placement[]): View {
  const followPage = createFollower(context, placements);
  let delay = 50; // ms
  let timer = 0;
  let isHolding: unknown;

  function update(fresh = false): void {
    // Before a choice only what is no script has something to show: its cover, or a line on the console.
    isHolding ||= pageDocument.querySelector("[data-forecourt-purpose]:not(script)");
    const name = isHolding ? "host-page" : context.store.read() && "choice";
    if (name) loadChunk(context, name).then(({ attendHostPage }) => attendHostPage(fresh), () => (delay *= 2));
  }

  function lookAgain(): void {
    timer = 0;
    // A page that is being written anew has no body.
    if (pageDocument.body) followPage();
    update();
  }

  // A page that never stops changing is looked through now and then, not with each change.
  const observer = new MutationObserver(() => (timer ||= setTimeout(lookAgain, delay)));
  observer.observe(document, { childList: true, subtree: true, attributeFilter: ["lang", "open"] });
  return { update };
}

/** A single-page application adds and removes placements, swaps its body and its language. What is ours goes along. */
function createFollower(context: Context, placements: readonly Placement[]): () => void {
  const known = new WeakMap(placements.map((placement) => [placement.host, placement]));
  let { body } = pageDocument;
  let locale = pageLocale(context.page);

  function addView(host: HTMLElement): void {
    // A placement that comes back has its shadow root already.
    const placement = known.get(host) ?? createPlacement(host, context.boot.theme.css);
    known.set(host, placement);
    placement.root.replaceChildren();
    const view = createView(context, placement);
    context.views = [view, ...context.views];
    view.update(true);
    if (view.kind === "policy" && !context.boot.policy?.html) locale = ""; // so that the policy's text is fetched
  }

  return () => {
    // Markup that was set anew has copies of ours, which nobody listens to.
    for (const copy of pageDocument.querySelectorAll<HTMLElement>("[id^=forecourt-][popover]"))
      if (!context.floatingHosts.includes(copy)) copy.remove();
    placeHosts(context);
    // In a document that was written anew, no listener of ours is left.
    if (body !== (body = pageDocument.body)) redraw(context, true);
    const hosts = [...findHosts()];
    hideSecondLauncher();
    context.views = context.views.filter(({ host, close }) => !host || hosts.includes(host) || void close?.());
    for (const host of hosts) if (!context.views.some((view) => view.host === host)) addView(host);
    if (locale !== (locale = pageLocale(context.page))) void reloadWords(context, locale);
  };
}
