import { loadChunk } from "../core/chunks";
import {
  currentGrant,
  consentStatus,
  hasQuestion,
  hasReadPolicy,
  isAskedInBanner,
  isRefusedByBrowser,
  previousAnswer,
} from "../core/consent-status";
import { makeDecision, submitDecision } from "../core/decision";
import { addStyle, button, el, externalLink, mailLink, setLanguage, showStatus } from "../core/dom";
import { pageDocument } from "../core/page-document";
import { joinNames, t } from "../core/strings";
import { BODY_HOST_STYLE } from "../core/style";
import type { BannerFrame, BootPurpose, Context, SecondLayer, View } from "../core/types";
import { withdraw } from "../core/withdrawal";
import css from "./banner.css";

/** What the banner has in the page: its host, its words, and the slots of its shadow root. */
function createHost(context: Context) {
  const host = el("div", { id: "forecourt-banner", role: "region" });
  const slots = el("div", { class: "second-layer" });
  const slot = (name: string): HTMLElement => el("slot", { name, class: name });
  const shadow = host.attachShadow({ mode: "open" });
  addStyle(shadow, BODY_HOST_STYLE + css + context.boot.theme.css);
  shadow.append(el("div", { class: "root card", part: "banner" }, slot("text"), slot("link"), slots, slot("action")));
  context.bodyHosts.unshift(host);
  pageDocument.body.append(host);
  return { host, slots };
}

/** Whether the first layer's buttons answer for a purpose. Where something changed, they answer for that alone. */
const isAsked = ({ staleGrant }: Context, purpose: BootPurpose): boolean =>
  staleGrant ? staleGrant.askedTogether.includes(purpose.name) : isAskedInBanner(purpose);

/** The question in words, flat so that consent tools find it. */
function drawQuestion(context: Context): HTMLElement[] {
  const { boot, store, staleGrant } = context;
  const { email, consent } = boot;
  const sentences = staleGrant?.sentences ?? [];
  const isStale = !!sentences[0];
  const titles = (purposes: readonly BootPurpose[]): string =>
    joinNames(
      context,
      purposes.map(({ title }) => title),
    );
  const refused = consent.purposes.filter(isRefusedByBrowser);
  const asked = consent.purposes.filter((purpose) => isAsked(context, purpose));
  const values = { controller: consent.controller, purposes: titles(asked) };
  const attributes = (slot: string, id = slot) => ({ slot, id: `forecourt-${id}` });
  return [
    el("h2", { ...attributes("text", "title"), tabindex: -1 }, t(context, "banner.title")),
    el("p", attributes("text"), t(context, isStale ? "banner.changed" : "banner.text", values)),
    ...(refused[0] ? [el("p", { slot: "text" }, t(context, "banner.gpc", { purposes: titles(refused) }))] : []),
    ...sentences.map((sentence) => el("p", { slot: "text", class: "change" }, sentence)),
    externalLink(t(context, "privacy.link"), consent.privacy_policy.url, attributes("link", "privacy")),
    mailLink(email, attributes("link", "mail")),
    el(
      "p",
      { ...attributes("action", "status"), role: "status" },
      store.read() && !isStale ? t(context, `status.${consentStatus(context)}`) : "",
    ),
  ];
}

/** Accepting leaves what is not asked as its box is ticked, or as it was where there is no box. */
const acceptAnswer = (context: Context, layer: SecondLayer | undefined, purpose: BootPurpose): boolean | undefined =>
  isAsked(context, purpose) || (layer?.isTicked(purpose.name) ?? previousAnswer(context, purpose.name));

const rejectAnswer = (context: Context, purpose: BootPurpose): boolean | undefined =>
  context.staleGrant && !isAsked(context, purpose) ? undefined : false;

/** The control stands where the banner does not. Where it cannot be had, the banner is the way back. */
function updateControl(context: Context, banner: HTMLElement, withdrawing: HTMLElement[], takesFocus: boolean): void {
  loadChunk(context, "choice").then(
    ({ control }) => control.update(!!banner.hidden, withdrawing, takesFocus),
    () => (banner.hidden &&= !withdrawing[0]),
  );
}

/** Asks, and can be opened again. It traps and locks nothing, and closing it is no answer. */
export function createBanner(context: Context): View {
  const { host, slots } = createHost(context);
  let layer: SecondLayer | undefined;

  const createButton: BannerFrame["createButton"] = (name, click, attributes) =>
    button(t(context, `banner.${name}`), click, { id: `forecourt-${name}`, slot: "action", ...attributes });

  const createDecisionButton: BannerFrame["createDecisionButton"] = (name, answer, hasRead) => {
    const decide = (event: Event): void => {
      if (name === "accept" && context.staleGrant?.needsPolicyRead && !hasRead())
        return void useLayer((opened) => opened.askForPolicy());
      const decision = makeDecision(context, answer, hasRead(), hasQuestion(context) ? "banner" : "preferences", event);
      void submitDecision(context, () => decision, host);
    };
    return createButton(name, decide, { class: "primary" });
  };

  function draw(fresh = false): void {
    const isAsking = hasQuestion(context);
    const isOpen = !!layer?.isOpen;
    const focusedId = host.contains(pageDocument.activeElement) ? pageDocument.activeElement!.id : "";
    const [rows = [], actions = []] = isOpen ? layer!.draw(fresh) : [];
    const isPolicyRead = (): boolean => layer?.isPolicyTicked() ?? hasReadPolicy(context);
    const accept = createDecisionButton("accept", (purpose) => acceptAnswer(context, layer, purpose), isPolicyRead);
    const reject = createDecisionButton("reject", (purpose) => rejectAnswer(context, purpose), () => false);
    const toggle = (): unknown => useLayer((opened) => opened.toggle());
    const choose = createButton("choose", toggle, { "aria-expanded": `${isOpen}` });
    const withdrawing = currentGrant(context) ? [createButton("withdraw", () => withdraw(context))] : [];
    setLanguage(host, context);
    host.ariaLabel = t(context, "banner.title");
    host.hidden = !isAsking && !isOpen;
    slots.hidden = !isOpen;
    const answers = [accept, reject, ...(isAsking ? [choose] : [])];
    host.replaceChildren(...drawQuestion(context), ...rows, ...answers, ...actions, ...withdrawing);
    if (focusedId) host.querySelector<HTMLElement>(`#${focusedId}`)?.focus();
    const hasControl = !!context.bodyHosts[1];
    if (host.hidden || hasControl) updateControl(context, host, withdrawing, !!focusedId);
  }

  /** The second layer is fetched when it is first asked for. */
  async function useLayer(use: (layer: SecondLayer) => void): Promise<void> {
    try {
      layer ??= (await loadChunk(context, "preferences"))({ host, slots, createButton, createDecisionButton, draw });
      use(layer);
    } catch {
      showStatus(host, t(context, "placement.failed"));
    }
  }

  return {
    kind: "banner",
    update(fresh) {
      if (layer) layer.isOpen &&= fresh || hasQuestion(context);
      draw(fresh);
    },
    open: (opener) => useLayer((opened) => opened.open(opener)),
  };
}
