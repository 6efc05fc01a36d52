import { choose } from "./choose";
import { PRIVACY } from "./rows";
import type { Kit, Offer, Purpose } from "./types";

/** What a person does on purpose. A scroll or a movement is trusted as well, and is no choice. */
const ACTS = /^(click|change|submit|keydown|keyup)$/;

/** A choice made by the page's own controls. Granting takes the event of a real click or key; refusing does not. */
export function set(kit: Kit, [wanted, event]: readonly unknown[]): void {
  const { desk, emit } = kit;
  const act = event instanceof Event && ACTS.test(event.type) && navigator.userActivation.isActive ? event : new Event("");
  const make = (): Offer => offered(kit, Object(wanted), act);
  const { purposes, privacy_policy, gesture } = make();
  const grants = desk.boot.consent.purposes.some(({ name, required }) => !required && purposes[name]);
  const refused = (grants || privacy_policy) && gesture !== "trusted";
  if (refused) return emit(desk.bus, "error", { code: "gesture_required", status: 0 });
  desk.pending = desk.pending.then(async () => {
    if (await choose(kit, make)) emit(desk.bus, "error", { code: "not_stored", status: 0 });
  });
}

/** What is not named stays as it is. */
function offered({ desk, offer, keeps, hasRead }: Kit, wanted: Record<string, unknown>, act: Event): Offer {
  const given = ({ name }: Purpose): boolean | undefined => (name in wanted ? !!wanted[name] : keeps(desk, name));
  return offer(desk, given, !!(wanted[PRIVACY] ?? hasRead(desk)), "inline", act);
}
