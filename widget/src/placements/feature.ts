import { loadChunk } from "../core/chunks";
import { isUnlocked } from "../core/consent-status";
import { drawCard, drawFailure, el, setLanguage } from "../core/dom";
import { t } from "../core/strings";
import type { Context, Feature, MountedFeature, Placement, View } from "../core/types";
import { createLock, lockReason, type PolicyTick } from "./feature-lock";

/** A feature's placement: locked until what it needs is granted, then the feature itself, without a reload. */
export function createFeatureGate(placement: Placement, feature: Feature, context: Context): View {
  const { kind, host, root } = placement;
  const tick: PolicyTick = { isTicked: false };
  let drawnState: string | undefined;
  let turn = 0;
  let mounted: MountedFeature | undefined;

  async function mount(focus: boolean): Promise<void> {
    const mine = ++turn;
    drawCard(root, el("p", { role: "status" }, t(context, "placement.loading")));
    try {
      const mountFeature = await loadChunk(context, feature);
      if (turn !== mine) return;
      mounted = mountFeature(placement);
      if (focus) mounted.focus();
    } catch {
      if (turn !== mine) return;
      drawFailure(root, t(context, "placement.failed"), t(context, "retry"), () => mount(true));
    }
  }

  return {
    kind,
    host,
    update(fresh) {
      const state = isUnlocked(context, feature) ? "unlocked" : lockReason(context, feature);
      if (!fresh && state === drawnState) return;
      const focus = drawnState != null && host.matches(":focus-within");
      setLanguage(root, context);
      mounted?.close?.();
      turn++;
      // A tick is kept over a change of language, but never stands beforehand when it is asked anew.
      if (state !== drawnState) tick.isTicked = false;
      drawnState = state;
      mounted = state === "unlocked" ? void mount(focus) : createLock(root, feature, context, tick);
    },
    close: () => mounted?.close?.(),
    open() {
      host.scrollIntoView({ block: "center" });
      mounted?.focus();
    },
  };
}
