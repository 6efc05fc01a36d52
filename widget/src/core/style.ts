import elements from "./elements.css";
import floatingHost from "./floating-host.css";
import placement from "./placement.css";

/** The elements' look for light DOM. Every rule of elements.css is one flat block, so that it can be rewritten here. */
const slotted = elements.replace(/[^{},]+(?=[^{}]*{)/g, "::slotted($&)");

/** For what stands in a placement's shadow root. */
export const PLACEMENT_STYLE = placement + elements;

/** An important rule inside a shadow root wins over anything the page says, important or not. */
export const makeImportant = (css: string): string => css.replace(/(?<!})[;}]/g, "!important$&");

/** For our hosts beside the page's placements, whose text and buttons are slotted light DOM. */
export const FLOATING_STYLE = placement + floatingHost + slotted;
