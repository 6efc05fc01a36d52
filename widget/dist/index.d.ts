/**
 * What a host page can say to the widget, and what it is told. Calls made before the script is there are kept:
 *
 *     window.forecourt = window.forecourt || function () { (forecourt.q = forecourt.q || []).push(arguments) };
 *     forecourt("on", "consent", (snapshot) => console.log(snapshot.purposes));
 *
 * The page's scripts are trusted, its markup is not: `window.forecourt` counts only where it is a function, and an object
 * that is handed over only with its own keys. A tag that names no site is refused with a line on the console.
 */

/** What a grant unlocks. */
export type Feature = "contact" | "chat" | "newsletter" | "messengers";

/**
 * `stale`: what was agreed to has changed, and the visitor is asked again.
 * `expired`: the choice is too old, and the visitor is asked again.
 */
export type ConsentStatus = "none" | "granted" | "refused" | "withdrawn" | "stale" | "expired";

/** The visitor's choice as it counts now. */
export interface ConsentSnapshot {
  readonly choice: ConsentStatus;
  /** Each purpose of the site, and whether it is granted now. */
  readonly purposes: Readonly<Record<string, boolean>>;
  /** Whether the privacy policy was acknowledged. */
  readonly privacy_policy: boolean;
  readonly unlocked: readonly Feature[];
  /** Purposes whose scripts ran on this page and that are no longer granted. Only a reload ends those scripts. */
  readonly still_running: readonly string[];
}

/**
 * Something did not work. `boot_failed`: the widget could not load its words. `withdrawal_pending`: everything is locked
 * here, and the server is told as soon as it can be reached. `gesture_required` and `not_stored`: what `set` asked for
 * did not happen.
 */
export interface WidgetError {
  readonly code: string;
  /** The HTTP status. 0 where the server was not reached, or not asked. */
  readonly status: number;
}

export interface Forecourt {
  /**
   * Listens. `consent`: a grant exists when the page loads, or a choice was stored. `change`: a choice replaced an
   * earlier one, here or in another tab. `withdraw`: everything was withdrawn. `stale`: what was agreed to has changed,
   * and the visitor is asked again.
   */
  (call: "on", name: "consent" | "change" | "withdraw" | "stale", listener: (snapshot: ConsentSnapshot) => void): void;
  (call: "on", name: "error", listener: (error: WidgetError) => void): void;
  /** Calls back once with the current choice, as soon as it is known. */
  (call: "get", listener: (snapshot: ConsentSnapshot) => void): void;
  /**
   * Stores a choice made by the page's own control. What it does not name stays as it is; `privacy_policy` is named like
   * a purpose. Granting needs the event of a real click, key or change, while that event is handled. Without one nothing
   * happens but an `error` with the code `gesture_required`. Refusing everything needs no event.
   */
  (call: "set", purposes: Readonly<Record<string, boolean>>, event?: Event): void;
  /**
   * Scrolls to a feature's place on the page. Where there is none, the launcher's panel opens with it. `launcher` opens
   * that panel with all that the site offers.
   */
  (call: "open", feature: Feature | "launcher"): void;
  /** Opens the second layer of the question. */
  (call: "preferences"): void;
  /** Shows another language without a reload. What was typed stays. */
  (call: "locale", locale: string): void;
  /**
   * Takes in the places, and what waits for a purpose, of a component's open shadow root, for as long as it is in the
   * page. Call it each time the component is put in, for example in `connectedCallback`.
   */
  (call: "scan", root: ShadowRoot): void;
  (call: "withdraw"): void;
}

declare global {
  interface Window {
    forecourt?: Forecourt;
  }
}
