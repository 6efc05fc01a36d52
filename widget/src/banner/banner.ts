import { loadChunk } from "../core/chunks";
import {
  currentGrant,
  consentStatus,
  hasQuestion,
  isAskedInBanner,
  isRefusedByBrowser,
} from "../core/consent-status";
import { submitDecision } from "../core/decision";
import { addStyle, button, el, externalLink, mailLink, setLanguage, showStatus } from "../core/dom";
import { pageDocument } from "../core/page-document";
import { joinTitles, t } from "../core/strings";
import { FLOATING_STYLE, makeImportant } from "../core/style";
import type { BannerFrame, BootPurpose, Context, SecondLayer, View } from "../core/types";
import { withdraw } from "../core/withdrawal";
import css from "./banner.css";

const LAUNCHER_SPACE = 60; // px, its distance from the edge included

/** What the banner has in the page: a host for its words and buttons, and a shadow root with slots for them. */
function createHost(context: Context): HTMLElement {
  const host = el("div", { id: "forecourt-banner", role: "region", popover: "manual" });
  const slot = (name: string): HTMLElement => el("slot", { name, class: name });
  const shadow = host.attachShadow({ mode: "open" });
  const content = el("div", { class: "content" }, slot("text"), slot("link"));
  addStyle(shadow, makeImportant(FLOATING_STYLE + css) + context.boot.theme.css);
  shadow.append(el("div", { class: "root card", part: "banner" }, content, slot("action")));
  context.floatingHosts.unshift(host);
  pageDocument.body.append(host);
  keepRoom(host, context);
  return host;
}

/**
 * While the banner stands, the page scrolls what has the focus beside it, and its end above it. The launcher stands above
 * a banner at the bottom, and below one that begins the page.
 */
function keepRoom(host: HTMLElement, { boot }: Context): void {
  const room = addStyle(pageDocument, "");
  const update = (): void => {
    const { offsetTop, offsetHeight } = host;
    const edge = offsetTop > 0 ? "bottom" : "top";
    const space = `{content:"";display:block;height:${offsetHeight}px}}`;
    const padding = offsetHeight + (boot.launcher.corner ? LAUNCHER_SPACE : 0);
    const css = `@media(height>=30rem){html{--forecourt-banner-${edge}:${offsetHeight}px;scroll-padding-${edge}:${padding}px}html:after${space}@media(height<30rem){html{--forecourt-banner-bottom:-${offsetHeight}px}html:before${space}`;
    room.replaceSync(offsetHeight ? css : "");
  };
  new ResizeObserver(update).observe(host);
}

/** Whether the banner's answers are about a purpose. Where something changed, they are about that alone. */
export const isAsked = ({ staleGrant }: Context, purpose: BootPurpose): boolean =>
  staleGrant ? staleGrant.askedTogether.includes(purpose.name) : isAskedInBanner(purpose);

/** The question in words, flat so that consent tools find it. */
function drawQuestion(context: Context): HTMLElement[] {
  const { boot, store, staleGrant } = context;
  const { email, consent } = boot;
  const sentences = staleGrant?.sentences ?? [];
  const refused = consent.purposes.filter(isRefusedByBrowser);
  const asked = consent.purposes.filter((purpose) => isAsked(context, purpose));
  const values = { controller: consent.controller, purposes: joinTitles(context, asked) };
  return [
    el("h2", { slot: "text", id: "forecourt-title", tabindex: -1 }, t(context, "banner.title")),
    el("p", { slot: "text", id: "forecourt-text" }, t(context, staleGrant ? "banner.changed" : "banner.text", values)),
    ...(refused[0] ? [el("p", { slot: "text" }, t(context, "banner.gpc", { purposes: joinTitles(context, refused) }))] : []),
    ...sentences.map((sentence) => el("p", { slot: "text", class: "change" }, sentence)),
    externalLink(t(context, "privacy.link"), consent.privacy_policy.url, { slot: "link", id: "forecourt-privacy" }),
    mailLink(email, { slot: "link", id: "forecourt-mail" }),
    el(
      "p",
      { slot: "action", id: "forecourt-status", role: "status" },
      store.read() && !staleGrant ? t(context, `status.${consentStatus(context)}`) : "",
    ),
  ];
}

/** Asks, and can be opened again. It traps and locks nothing, and closing it is no answer. */
export function createBanner(context: Context): View {
  const host = createHost(context);
  let layer: SecondLayer | undefined;

  const createButton: BannerFrame["createButton"] = (name, click, label = `banner.${name}`) =>
    button(t(context, label), click, { id: `forecourt-${name}`, slot: "action", class: "primary" });

  const decide: BannerFrame["decide"] = (answer, { isTrusted }, privacy_policy) => {
    const source = hasQuestion(context) ? "banner" : "preferences";
    void submitDecision(context, { answer, privacy_policy, source, isTrusted }, host);
  };

  /** Where something is granted and nothing is asked, it is withdrawn, with or without the chunks. */
  function reject(event: Event): void {
    if (currentGrant(context) && !hasQuestion(context)) withdraw(context);
    else decide("reject", event);
  }

  function draw(fresh: boolean): void {
    const focusedId = host.contains(pageDocument.activeElement) ? pageDocument.activeElement!.id : "";
    const question = drawQuestion(context);
    const nodes = layer?.draw(question, fresh);
    setLanguage(host, context);
    host.ariaLabel = t(context, "banner.title");
    host.hidden = !nodes && !hasQuestion(context);
    host.replaceChildren(
      ...(nodes ?? [
        ...question,
        createButton("accept", (event) => decide("accept", event)),
        createButton("reject", reject),
        createButton("choose", () => open()),
      ]),
    );
    if (focusedId) host.querySelector<HTMLElement>(`#${focusedId}`)?.focus();
    // The control stands where the banner does not. Where it cannot be had, the banner is the way back.
    if (host.hidden)
      loadChunk(context, "control").then(
        (control) => control.update(),
        () => (host.hidden = !currentGrant(context)),
      );
  }

  /** The second layer is fetched when it is first asked for. */
  async function open(opener?: HTMLElement): Promise<void> {
    try {
      layer ??= (await loadChunk(context, "preferences"))({ host, createButton, decide, reject, draw });
      layer.open(opener);
    } catch {
      showStatus(host, t(context, "placement.failed"));
    }
  }

  return { kind: "banner", root: host, update: draw, open };
}
