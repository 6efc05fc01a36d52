import banner from "./style/banner.css";
import base from "./style/base.css";
import light from "./style/light.css";
import look from "./style/look.css";

/**
 * The common look for light DOM: an important rule inside a shadow root wins over anything the page says,
 * important or not. Every rule of look.css is one flat block, so that it can be turned over here.
 */
const slotted = look.replace(/([^{}]+){([^}]*)}/g, (_, selectors: string, rules: string) => {
  const turned = selectors.split(",").map((selector) => `::slotted(${selector})`);
  return `${turned}{${rules.replace(/;|$/g, "!important$&")}}`;
});

export const PLACE = base + look;
/** For what stands as flat light DOM. */
export const FLAT = base + light + slotted;
export const BANNER = FLAT + banner;
