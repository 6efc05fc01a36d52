import bodyHost from "./body-host.css";
import elements from "./elements.css";
import placement from "./placement.css";

/**
 * The elements' look for light DOM: an important rule inside a shadow root wins over anything the page says,
 * important or not. Every rule of elements.css is one flat block, so that it can be rewritten here.
 */
const slotted = elements.replace(/([^{}]+){([^}]*)}/g, (_, selectors: string, declarations: string) => {
  const rewritten = selectors.split(",").map((selector) => `::slotted(${selector})`);
  return `${rewritten}{${declarations.replace(/;|$/g, "!important$&")}}`;
});

/** For what stands in a placement's shadow root. */
export const PLACEMENT_STYLE = placement + elements;
/** For our hosts in the page's body, whose text and buttons are slotted light DOM. */
export const BODY_HOST_STYLE = placement + bodyHost + slotted;
