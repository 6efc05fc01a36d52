import type { Kit, Purpose } from "./types";

/** The purposes that an element waits for; null where it names one that nobody offers, so that it waits for ever. */
export type Needs = (element: HTMLElement) => readonly Purpose[] | null;

/** A name nobody offers is said once. */
export function createNeeds({ desk }: Kit): Needs {
  const said = new Set<string>();

  function find(name: string): Purpose | undefined {
    const found = desk.boot.consent.purposes.find((purpose) => purpose.name === name);
    if (!found && !said.has(name)) console.warn(`forecourt: there is no purpose "${name}".`);
    if (!found) said.add(name);
    return found;
  }

  return (element) => {
    const names = element.dataset["forecourtPurpose"]!.trim().split(/\s+/);
    const found = names.map(find).filter((purpose) => !!purpose);
    return found.length === names.length ? found : null;
  };
}
