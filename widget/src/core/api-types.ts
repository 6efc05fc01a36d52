// What the server sends: the bodies of the public API, by the names they have there.

import type { Feature } from "../../index";

/** One purpose as the site offers it. A `separate` one is never part of the banner's Accept. */
export interface BootPurpose {
  readonly name: string;
  readonly required: boolean;
  readonly separate: boolean;
  readonly title: string;
  readonly text: string;
  readonly lifetime: string;
  readonly recipients: readonly string[];
  /** Refused without asking where the browser sends Global Privacy Control. */
  readonly gpc: boolean;
  /** Names of cookies it may leave in the page. A `*` at the end stands for the rest of a name. */
  readonly cookies: readonly string[];
  /** Keys it may leave in `localStorage` and `sessionStorage`, written like `cookies`. */
  readonly storage: readonly string[];
  /** The types of Google's consent mode that it covers. */
  readonly google: readonly string[];
}

/** What a visitor is asked, with the hashes (hex SHA-256) of its words and of the facts behind them. */
export interface BootConsent {
  readonly notice_hash: string;
  /** The same in every language. */
  readonly facts_hash: string;
  readonly controller: string;
  readonly purposes: readonly BootPurpose[];
  readonly privacy_policy: { readonly url: string; readonly version: string };
}

/** What a feature needs, and what its lock says about it. */
export interface BootFeature {
  readonly purposes: readonly string[];
  readonly stores: string;
  readonly recipients: readonly string[];
  readonly topics?: readonly string[];
  /** Which files its messages may carry; null where none. */
  readonly files?: BootFiles | null;
}

/** How many files a message may carry, how large each may be, and what a file field accepts. */
export interface BootFiles {
  readonly per_message: number;
  readonly megabytes: number;
  readonly accept: string;
}

/** A file as it is stored. `size` is in bytes. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly size: number;
}

export interface BootPolicy {
  /** 0 until one is published: then the HTML says that it is being prepared. */
  readonly release: number;
  readonly hash: string;
  readonly effective: string;
  readonly updated: string;
  readonly url: string;
  /** Empty where the page shows no policy. */
  readonly html: string;
  readonly css: string;
}

/** The site's colours and shape, as custom properties for the hosts of our shadow roots. */
export interface BootTheme {
  readonly css: string;
}

/** The button that leads back to a choice. */
export interface BootControl {
  readonly shown: "always" | "without_place" | "never";
  readonly label: "text" | "icon";
}

/** The button that opens what the site offers. */
export interface BootLauncher {
  /** Empty where only a place of the page shows it. */
  readonly corner: "start" | "end" | "";
  readonly offers: readonly Feature[];
}

/** `GET /v1/sites/{site}/boot`. */
export interface Boot {
  readonly site: string;
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  readonly strings: Readonly<Record<string, string>>;
  /** The mail address that stays in sight before consent and after a refusal. */
  readonly email: string;
  readonly consent: BootConsent;
  readonly features: Readonly<Partial<Record<Feature, BootFeature>>>;
  readonly policy: BootPolicy | null;
  readonly theme: BootTheme;
  /** The global that holds the queue of Google's tags: `dataLayer`, unless the site names another. */
  readonly google_data_layer: string;
  readonly control: BootControl;
  readonly launcher: BootLauncher;
  /** The domain whose sub-domains share one choice. Empty where each keeps its own. */
  readonly share_cookie_domain: string;
}

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** One thing that is no longer as it was agreed to. `feature` is empty where it is about purposes alone. */
export interface ConsentChange {
  readonly feature: Feature | "";
  readonly purposes: readonly string[];
  readonly text: string;
}

/** One message of a conversation, as the event stream sends it. */
export interface ChatMessage {
  readonly seq: number;
  /** ISO 8601, by the server's clock. */
  readonly at: string;
  readonly author: "visitor" | "agent";
  readonly body: string;
  /** The idempotency key. Only the visitor's own messages have one. */
  readonly key?: string;
  readonly files?: readonly StoredFile[];
}

/** A link to another company's service. */
export interface Messenger {
  readonly name: string;
  readonly company: string;
  readonly address: string;
}

/** The fields of all answers that the widget reads, those of a problem (RFC 9457) included. */
export interface ResponseBody {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly token?: string;
  readonly expires_at?: string;
  readonly receipt?: string;
  readonly purposes?: Readonly<Record<string, boolean>>;
  readonly changes?: readonly ConsentChange[];
  readonly messengers?: readonly Messenger[];
  readonly id?: string;
  readonly state?: string;
  readonly seq?: number;
  readonly at?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly size?: number;
}
