import { tryChunk } from "../core/chunks";
import { consentStatus, hasAcknowledgedPolicy, hasReadPolicy, isFeatureGranted } from "../core/consent-status";
import { submitDecision } from "../core/decision";
import { button, drawCard, el, externalLink, mailLink } from "../core/dom";
import { joinNames, joinTitles, t } from "../core/strings";
import type { BootFeature, Context, Feature, MountedFeature } from "../core/types";

/** What still locks a feature. Two locks with the same look the same. */
export interface LockState {
  /** Why it is locked again though it once was open. Empty where there is nothing to say. */
  readonly reason: string;
  /** Whether its purposes are granted already, so that only the privacy policy is left. */
  readonly isGranted: boolean;
  readonly isPolicyRead: boolean;
}

export function lockState(context: Context, feature: Feature): LockState {
  const { staleGrant } = context;
  return {
    reason:
      staleGrant && !staleGrant.features[feature] ? "" : /withdrawn|stale|expired|$/.exec(consentStatus(context))![0],
    isGranted: isFeatureGranted(context, feature),
    isPolicyRead: hasAcknowledgedPolicy(context),
  };
}

/** Asks what is missing to open a feature, says what it would store and how to do without, and unlocks right there. */
export function createLock(
  root: HTMLElement,
  feature: Feature,
  context: Context,
  { reason, isGranted, isPolicyRead }: LockState,
): MountedFeature | undefined {
  const {
    features: { [feature]: terms },
    consent: { purposes: allPurposes },
  } = context.boot;
  if (!terms) return void tryChunk(context, "unavailable", (explain) => explain(root, feature));
  const purposes = allPurposes.filter(({ name }) => terms.purposes.includes(name));
  const lead = isGranted
    ? t(context, "lock.one_step", { purposes: joinTitles(context, purposes) })
    : t(context, `${feature}.locked`);
  const changes = context.staleGrant?.features[feature] ?? [];
  const title = el("h2", { tabindex: -1 }, t(context, `${feature}.title`));
  const accept = ({ isTrusted }: Event): void =>
    void submitDecision(context, { answer: terms.purposes, source: feature, isTrusted }, root);
  drawCard(
    root,
    title,
    el("p", {}, lead),
    el("p", {}, reason && t(context, `status.${reason}`)),
    ...changes.map((sentence) => el("p", { class: "change" }, sentence)),
    ...(isGranted ? [] : [drawTerms(context, terms)]),
    ...(isPolicyRead ? [] : [drawPolicyBox(context)]),
    el("p", { role: "status", id: "status" }),
    button(t(context, isGranted ? "lock.open" : "lock.accept"), accept, { class: "primary" }),
  );
  return { focus: () => title.focus() };
}

/** A box that says that the privacy policy was read. A tick counts in every place of the page. */
function drawPolicyBox(context: Context): HTMLElement {
  const attributes = { type: "checkbox", id: "read", "aria-describedby": "status", checked: hasReadPolicy(context) };
  const change = (): unknown => tryChunk(context, "choice", (choice) => choice.tickPolicy(box.checked));
  const box = el("input", { ...attributes, change });
  const link = externalLink(t(context, "privacy.policy"), context.boot.consent.privacy_policy.url);
  const [before, after] = t(context, "privacy.read").split("{policy}") as [string, string];
  return el("div", { class: "checkbox" }, box, el("label", { for: "read" }, before, link, after));
}

/** What the feature would store, who would see it, and how to do without. */
function drawTerms(context: Context, { stores, recipients }: BootFeature): HTMLElement {
  const term = (name: string, description: Node | string): Node[] => [
    el("dt", {}, t(context, `lock.${name}`)),
    el("dd", {}, description),
  ];
  const names = joinNames(context, recipients);
  const email = mailLink(context.boot.email);
  return el("dl", {}, ...term("stores", stores), ...term("seen_by", names), ...term("without", email));
}
