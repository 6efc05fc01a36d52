import type { BootPurpose, Context, FindPurposes } from "../../core/types";

/** Warns about each thing once. */
export function createWarner(): (sentence: string) => void {
  const warned = new Set<string>();
  return (sentence) => {
    if (!warned.has(sentence)) console.warn(`forecourt: ${sentence}`);
    warned.add(sentence);
  };
}

/** Finds the purposes of an element. Each name that the site does not have is warned about. */
export function createPurposeFinder(context: Context, warn: (sentence: string) => void): FindPurposes {
  function findPurpose(name: string): BootPurpose | undefined {
    const purpose = context.boot.consent.purposes.find((offered) => offered.name === name);
    if (!purpose) warn(`there is no purpose "${name}".`);
    return purpose;
  }

  return (element) => {
    const names = element.dataset["forecourtPurpose"]!.trim().split(/\s+/);
    const purposes = names.map(findPurpose);
    return purposes.every((purpose) => !!purpose) ? purposes : null;
  };
}
