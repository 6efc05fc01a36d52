import { show, speak } from "./desk";
import { dressed, hostsOf, prepare, spokenIn } from "./places";
import type { Desk, Spot, View } from "./types";

/** A single-page application puts places up and takes them down, swaps its body and its language: what is ours goes along. */
export function createRoute(desk: Desk, spots: readonly Spot[], create: (spot: Spot) => View): () => void {
  const known = new WeakMap(spots.map((spot) => [spot.host, spot]));
  let first = document.body.firstChild!; // what is ours stands there, at the least
  let spoken = spokenIn(desk.page);

  /** A place that comes back has its shadow root already. */
  function take(host: HTMLElement): void {
    const spot = known.get(host) ?? dressed(prepare(host), desk);
    known.set(host, spot);
    spot.root.replaceChildren();
    const view = create(spot);
    desk.views = [view, ...desk.views];
    view.update(true);
    if (view.kind === "policy" && !desk.boot.policy?.html) spoken = "";
  }

  return () => {
    // Gone with a body, or with all that stood in it; what somebody only hides or takes away stays away.
    if (!first.isConnected) {
      document.body.append(...desk.hosts.filter((host) => !host.isConnected));
      // Of a document that was written anew, nothing hears a click any more.
      show(desk, true);
    }
    first = document.body.firstChild!;
    const hosts = [...hostsOf()];
    desk.views = desk.views.filter(({ host, close }) => !host || hosts.includes(host) || void close?.());
    for (const host of hosts) if (!desk.views.some((view) => view.host === host)) take(host);
    if (spoken !== (spoken = spokenIn(desk.page))) void speak(desk, spoken);
  };
}
