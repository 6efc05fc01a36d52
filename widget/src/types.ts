// The widget's written contract: what the server answers, what is kept, what the parts hand one another.

export type Feature = "contact" | "chat" | "newsletter";
export type Kind = Feature | "policy" | "preferences";

/** A purpose as it is offered; `separate` ones are never part of the banner's Accept. */
export interface Purpose {
  readonly name: string;
  readonly required: boolean;
  readonly separate: boolean;
  readonly title: string;
  readonly text: string;
  readonly lifetime: string;
  readonly recipients: readonly string[];
}

/** What is asked: the words and the facts it is bound to, by hash (hex SHA-256). */
export interface Notice {
  readonly notice_hash: string;
  readonly facts_hash: string;
  readonly controller: string;
  /** How long a choice stands, in months. */
  readonly months: number;
  readonly purposes: readonly Purpose[];
  readonly privacy_policy: { readonly url: string; readonly version: string };
}

export interface FeatureTerms {
  readonly purposes: readonly string[];
  readonly stores: string;
  readonly seen_by: readonly string[];
  readonly topics?: readonly string[];
}

export interface PolicyText {
  readonly release: number;
  readonly hash: string;
  readonly effective: string;
  readonly updated: string;
  readonly url: string;
  readonly html: string;
  readonly css: string;
}

/** `GET /v1/sites/{site}/boot`. */
export interface Boot {
  readonly site: string;
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  readonly strings: Readonly<Record<string, string>>;
  /** The plain address that stays in sight before consent and after a refusal. */
  readonly email: string;
  readonly consent: Notice;
  readonly features: Readonly<Partial<Record<Feature, FeatureTerms>>>;
  readonly policy: PolicyText | null;
}

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** Any answer's body: what a call promises, or a problem (RFC 9457). */
export interface Body {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly token?: string;
  readonly expires_at?: string;
  readonly id?: string;
  readonly state?: string;
  readonly seq?: number;
  readonly at?: string;
}

/** `status` 0: the server was not reached. `wait`: seconds of Retry-After, 0 without one. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly data: Body;
  readonly wait: number;
}

/** What the page's own storage keeps of a choice. After a refusal there is no token. */
export interface Choice {
  readonly choice: "granted" | "refused" | "withdrawn";
  /** Signed, grants nothing by itself. In a withdrawn record: the server has not been told yet. */
  readonly token?: string | undefined;
  readonly purposes: Readonly<Record<string, boolean>>;
  readonly privacy_policy: boolean;
  readonly notice_hash: string;
  readonly facts_hash: string;
  readonly locale: string;
  /** ISO 8601, by this browser's clock: for showing only. The record's time is the server's. */
  readonly at: string;
  readonly expires_at: string;
  readonly conversation?: string | undefined;
}

export type Standing = "none" | "granted" | "refused" | "withdrawn" | "stale" | "expired";

/** What a visitor decided, before the server has stored it. */
export interface Offer {
  readonly purposes: Readonly<Record<string, boolean>>;
  readonly privacy_policy: boolean;
  readonly source: "banner" | "inline" | "preferences";
  /** Whether a real click or key made it (`isTrusted`). */
  readonly gesture: "trusted" | "scripted";
}

export type EventName = "consent" | "change" | "withdraw" | "stale" | "error";

/** What a listener of the page is told. */
export interface Told {
  readonly choice: Standing;
  readonly purposes: Readonly<Record<string, boolean>>;
  readonly privacy_policy: boolean;
  readonly unlocked: readonly Feature[];
}

/** `code` says what failed, `status` with which HTTP status (0: the server was not reached). */
export interface Fault {
  readonly code: string;
  readonly status: number;
}

export type Heard = Told | Fault;
export type Listener = (detail: Heard) => void;
export type Bus = EventTarget;

export interface CallOptions {
  /** Past the cache: what was kept there has been refused. */
  readonly fresh?: boolean | undefined;
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The page's own storage where it may be used, memory where it may not. */
export interface Store {
  read(): Choice | null;
  keep(choice: Choice): void;
}

/** What every part of the widget is handed; the one place where state lives. */
export interface Desk {
  readonly page: Page;
  readonly bus: Bus;
  readonly store: Store;
  boot: Boot;
  views: readonly View[];
  /** The last decision on its way to the server. It never fails: it answers a sentence. */
  pending: Promise<string | void>;
  /** What stood, and what listeners could see of it, when it was last drawn. */
  was: Standing;
  seen: string;
  fetch(locale: string, fresh?: boolean): Promise<Boot | null>;
  /** Opens the second layer; focus returns to `opener` when it closes. */
  preferences(opener?: HTMLElement): void;
}

export type Values = Readonly<Record<string, string | number>>;

/** What was typed in one place; outlives locking and a change of language, in memory only. */
export type Memory = Record<string, string>;

/** What a chunk is handed of embed.js, so that it brings none of it along. */
export interface Kit {
  readonly desk: Desk;
  readonly root: HTMLElement;
  readonly memory: Memory;
  readonly el: typeof import("./dom").el;
  readonly button: typeof import("./dom").button;
  readonly t: (key: string, values?: Values) => string;
  readonly call: typeof import("./api").call;
  readonly show: typeof import("./desk").show;
  readonly speak: typeof import("./desk").speak;
  style(css: string): void;
}

/** What stands in a feature's place: its lock, or the feature itself. */
export interface Mounted {
  focus(): void;
  close?(): unknown;
}

export type Mount = (kit: Kit) => Mounted;

/** Does in place what a link of the policy stands for. Rejects where that cannot be: then the link is followed. */
export type UseLink = (link: HTMLAnchorElement) => unknown;
export type MountReader = (kit: Kit) => UseLink;

/** One message of a conversation; `key` only on the visitor's own. */
export interface Line {
  readonly seq: number;
  /** ISO 8601, the server's time. */
  readonly at: string;
  readonly author: "visitor" | "agent";
  readonly body: string;
  readonly key?: string;
}

/** A place of the page, with a shadow root of ours in it. */
export interface Spot {
  readonly kind: Kind;
  readonly host: HTMLElement;
  readonly root: HTMLElement;
  style(css: string): void;
}

/** Something on the page that follows the state. `fresh`: words or facts are new, draw again. */
export interface View {
  readonly kind?: Kind;
  update(fresh: boolean): void;
  focus?(): void;
}

/** The script tag's own settings. */
export interface Page {
  readonly script: HTMLScriptElement;
  /** The folder embed.js came from, with a closing slash. */
  readonly base: string;
  readonly site: string;
  readonly locale: string;
  /** Whose policy is shown: EU, UK, US, APAC, or everybody's where it is empty. */
  region: string;
}
