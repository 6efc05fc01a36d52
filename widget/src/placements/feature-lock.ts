import { consentStatus, hasReadPolicy, previousAnswer } from "../core/consent-status";
import { makeDecision, submitDecision } from "../core/decision";
import { button, drawCard, el, externalLink, mailLink } from "../core/dom";
import { joinNames, t } from "../core/strings";
import type { BootFeature, Context, Feature, MountedFeature, PurposeAnswer } from "../core/types";

/** Whether the visitor ticked that they read the privacy policy. Outlives the lock that is drawn. */
export interface PolicyTick {
  isTicked: boolean;
}

/** Says what the feature would store, who would see it and how to do without, and unlocks right there. */
export function createLock(
  root: HTMLElement,
  feature: Feature,
  context: Context,
  tick: PolicyTick,
): MountedFeature | undefined {
  const { features, consent } = context.boot;
  const terms = features[feature];
  if (!terms) return;
  const reason = lockReason(context, feature);
  const checked = tick.isTicked || hasReadPolicy(context);
  const box = el("input", {
    type: "checkbox",
    id: "read",
    "aria-describedby": "wrong",
    checked,
    change: () => {
      tick.isTicked = box.checked;
      showError("");
    },
  });
  const error = el("p", { id: "wrong", class: "error" });
  const status = el("p", { role: "status" }, reason && t(context, `status.${reason}`));
  const title = el("h2", { tabindex: -1 }, t(context, `${feature}.title`));

  function showError(sentence: string): void {
    box.ariaInvalid = `${!!sentence}`;
    error.textContent = sentence;
  }

  function accept(event: Event): void {
    showError(box.checked ? "" : t(context, "lock.unread"));
    if (!box.checked) return box.focus();
    const answer: PurposeAnswer = ({ name }) => terms!.purposes.includes(name) || previousAnswer(context, name);
    void submitDecision(context, () => makeDecision(context, answer, true, feature, event), root);
  }

  const policyLink = externalLink(t(context, "privacy.policy"), consent.privacy_policy.url);
  const [before = "", after = ""] = t(context, "privacy.read").split("{policy}");
  const label = el("label", { for: "read" }, before, policyLink, after);
  const changes = (context.staleGrant?.features[feature] ?? []).map((sentence) =>
    el("p", { class: "change" }, sentence),
  );
  drawCard(
    root,
    title,
    el("p", {}, t(context, `${feature}.locked`)),
    status,
    ...changes,
    drawTerms(context, terms),
    el("div", { class: "checkbox" }, box, label, error),
    button(t(context, "lock.accept"), accept, { class: "primary" }),
  );
  return { focus: () => title.focus() };
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

/** Why a feature that once was open is locked again. Empty where there is nothing to say. */
export function lockReason(context: Context, feature: Feature): string {
  const { staleGrant } = context;
  return staleGrant && !staleGrant.features[feature]
    ? ""
    : /withdrawn|stale|expired|$/.exec(consentStatus(context))![0];
}
