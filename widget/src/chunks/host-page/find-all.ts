import { pageDocument } from "../../core/page-document";
import type { Context } from "../../core/types";

/** Finds elements in the page, and in the shadow roots that it had us scan. */
export const findAll = <Found extends Element = HTMLElement>({ shadowRoots }: Context, selector: string): Found[] =>
  [pageDocument, ...shadowRoots].flatMap((root) => [...root.querySelectorAll<Found>(selector)]);
