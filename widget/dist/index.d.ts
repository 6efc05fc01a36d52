/**
 * What a host page can say to the widget and hear from it. Calls made before the script is there are kept:
 *
 *     window.forecourt = window.forecourt || function () { (forecourt.q = forecourt.q || []).push(arguments) };
 *     forecourt("on", "consent", (told) => console.log(told.purposes));
 */

/** What a grant opens. */
export type Feature = "contact" | "chat" | "newsletter";

/** `stale`: what was agreed to has changed, and is asked again. `expired`: six months have passed, and so it is. */
export type Standing = "none" | "granted" | "refused" | "withdrawn" | "stale" | "expired";

export interface Told {
  readonly choice: Standing;
  /** Each purpose that is offered, and whether it is granted now. */
  readonly purposes: Readonly<Record<string, boolean>>;
  /** Whether the privacy policy was acknowledged. */
  readonly privacy_policy: boolean;
  readonly unlocked: readonly Feature[];
  /** Purposes whose scripts ran on this page, and that are granted no longer: only a reload ends those scripts. */
  readonly still_running: readonly string[];
}

/**
 * `boot_failed`; `withdrawal_pending`: locked here, and told to the server as soon as it can be reached;
 * `gesture_required` and `not_stored`: what `set` was asked for did not happen.
 */
export interface Fault {
  readonly code: string;
  /** HTTP; 0 where the server was not reached or not asked. */
  readonly status: number;
}

export interface Forecourt {
  /**
   * `consent`: a grant stands when the page loads, or a choice was stored. `change`: a choice replaced an earlier one,
   * here or in another tab. `withdraw`: everything was withdrawn. `stale`: what was agreed to has changed and is
   * asked again.
   */
  (call: "on", name: "consent" | "change" | "withdraw" | "stale", listener: (told: Told) => void): void;
  (call: "on", name: "error", listener: (fault: Fault) => void): void;
  /** What stands now, as soon as that is known. */
  (call: "get", listener: (told: Told) => void): void;
  /**
   * A choice by a control of the page's own; what it does not name stays as it is. `privacy_policy` is named like a
   * purpose. Granting takes the event of a real click, key or change, while it is being handled. Without one nothing
   * happens but an `error` with the code `gesture_required`. Refusing everything takes none.
   */
  (call: "set", purposes: Readonly<Record<string, boolean>>, event?: Event): void;
  /** Goes to a feature's place on the page. */
  (call: "open", feature: Feature): void;
  /** Opens the second layer of the question. */
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
