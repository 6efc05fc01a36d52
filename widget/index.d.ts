/**
 * What a host page can say to the widget and hear from it. Calls made before the script is there are kept:
 *
 *     window.forecourt = window.forecourt || function () { (forecourt.q = forecourt.q || []).push(arguments) };
 *     forecourt("on", "consent", (told) => console.log(told.unlocked));
 */

import type { EventName, Fault, Feature, Told } from "./src/types";

export type { Fault, Feature, Standing, Told } from "./src/types";

export interface Forecourt {
  /**
   * `consent`: a grant stands when the page loads, or a choice was stored. `change`: a choice replaced an earlier one,
   * here or in another tab. `withdraw`: everything was withdrawn. `stale`: what was agreed to has changed and is
   * asked again.
   */
  (call: "on", name: Exclude<EventName, "error">, listener: (told: Told) => void): void;
  /** `boot_failed`, or `withdrawal_pending`: locked here, and told to the server as soon as it can be reached. */
  (call: "on", name: "error", listener: (fault: Fault) => void): void;
  /** Goes to a feature's place on the page. */
  (call: "open", feature: Feature): void;
  (call: "preferences"): void;
  /** Another language without a reload; what was typed stays. */
  (call: "locale", locale: string): void;
  (call: "withdraw"): void;
}

declare global {
  interface Window {
    forecourt?: Forecourt;
  }
}
