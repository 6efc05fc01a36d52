import { loadChunk } from "../core/chunks";
import { drawCard, drawFailure, el, setLanguage } from "../core/dom";
import { t } from "../core/strings";
import type { Context, Feature, MountedFeature, Placement, View } from "../core/types";
import { createLock, lockState } from "./feature-lock";

/** A feature's placement: locked until what it needs is granted, then the feature itself, without a reload. */
export function createFeatureGate(placement: Placement, feature: Feature, context: Context): View {
  const { kind, host, root } = placement;
  let drawnState: string | undefined;
  let turn = 0;
  let mounted: MountedFeature | undefined;

  async function mount(focus: boolean): Promise<void> {
    const mine = ++turn;
    drawCard(root, el("p", { role: "status" }, t(context, "placement.loading")));
    const mountFeature = await loadChunk(context, feature).catch(() => null);
    if (turn !== mine) return;
    if (!mountFeature) return drawFailure(root, t(context, "placement.failed"), t(context, "retry"), () => mount(true));
    mounted = mountFeature(placement);
    if (focus || host.matches(":focus-within")) mounted.focus();
  }

  return {
    kind,
    host,
    root,
    update(fresh) {
      const lock = lockState(context, feature);
      const state = JSON.stringify(lock);
      if (!fresh && state === drawnState) return;
      const focus = host.matches(":focus-within");
      setLanguage(root, context);
      mounted?.close?.();
      turn++;
      drawnState = state;
      mounted = lock.isGranted && lock.isPolicyRead ? void mount(focus) : createLock(root, feature, context, lock);
    },
    close: () => mounted?.close?.(),
    open: () => mounted?.focus(),
  };
}
