/**
 * Watches a field for an input method (IME), whose Enter takes what it offers and ends the composition. Returns whether
 * a key belongs to it. No sign is enough alone: Chrome and Firefox set `isComposing`; Safari ends the composition before
 * the key arrives, with `isComposing` false and the `keyCode` that stands for a key of an input method.
 */
export function watchComposition(field: HTMLElement): (event: KeyboardEvent) => boolean {
  let isOpen = false;
  field.addEventListener("compositionstart", () => (isOpen = true));
  field.addEventListener("compositionend", () => (isOpen = false));
  field.addEventListener("blur", () => (isOpen = false));
  return ({ isComposing, keyCode }) => isOpen || isComposing || keyCode === 229;
}
