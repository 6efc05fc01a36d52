import type { Change, Feature, Kit, Stale } from "./types";

/** What a grant is still worth under today's words, by the server's record: some of it may stand. */
export async function review({ desk, call, end, list, t }: Kit): Promise<void> {
  const choice = desk.store.read()!;
  const { locale, consent } = desk.boot;
  const { notice_hash, facts_hash } = consent;
  const { ok, data } = await call(desk.page, "GET", `consents/current?locale=${locale}`, { token: choice.token, fresh: true });
  if (!ok) return;
  const { state, expires_at = "", changes = [] } = data;
  if (state === "stale") desk.stale = stale(changes);
  else if (state === "expired") desk.store.keep({ ...choice, expires_at });
  else if (state === "granted") desk.store.keep({ ...choice, locale, notice_hash, facts_hash });
  else end(desk, choice);

  function stale(changes: readonly Change[]): Stale {
    const asks = changes.flatMap((change) => change.purposes);
    const together = consent.purposes.filter(({ name, separate }) => !separate && asks.includes(name)).map(({ name }) => name);
    const about = (name: Feature): boolean => changes.some(({ feature, purposes }) => (feature ? feature === name : shares(name, purposes)));
    const locked = (Object.keys(desk.boot.features) as Feature[]).filter(about);
    const features = locked.map((name) => [name, told(changes.filter(({ purposes }) => shares(name, purposes)))]);
    return { told: told(changes), unread: !!choice.privacy_policy, asks, together: together[0] ? together : asks, features: Object.fromEntries(features) };
  }

  function shares(feature: Feature, purposes: readonly string[]): boolean {
    return desk.boot.features[feature]!.purposes.some((name) => purposes.includes(name));
  }

  /** One sentence for all that it is true of, with their names before it. */
  function told(changes: readonly Change[]): string[] {
    const names = new Map<string, string[]>();
    for (const { feature, purposes, text } of changes) {
      const title = feature ? [t(`${feature}.title`)] : consent.purposes.filter(({ name }) => purposes.includes(name)).map((each) => each.title);
      names.set(text, [...(names.get(text) ?? []), ...title]);
    }
    return [...names].map(([text, about]) => `${list([...new Set(about)])}: ${text}`);
  }
}
