// The widget's written contract: what the server answers, what is kept, what the parts hand one another.

import type { Fault, Feature, Standing, Told } from "../index";

export type { Fault, Feature, Standing, Told };
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
  /** Refused without asking where the browser sends Global Privacy Control. */
  readonly gpc: boolean;
  /** Names of what it may leave in the page; one that ends in * is the beginning of many. */
  readonly cookies: readonly string[];
  readonly storage: readonly string[];
  /** The types of Google's consent mode that it covers. */
  readonly google: readonly string[];
}

/** What is asked: the words and the facts it is bound to, by hash (hex SHA-256). */
export interface Notice {
  readonly notice_hash: string;
  readonly facts_hash: string;
  readonly controller: string;
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

/** What changed of a grant, by the server's word. The rest of it stands. */
export interface Stale {
  /** A sentence each, with what it is about. */
  readonly told: readonly string[];
  /** Whether accepting takes that the privacy policy was read, as it did before. */
  readonly unread: boolean;
  /** The purposes to be asked for anew, and those of them that one answer may cover. */
  readonly asks: readonly string[];
  readonly together: readonly string[];
  /** Of each feature that is locked by it, the sentences that one agrees to there. */
  readonly features: Readonly<Partial<Record<Feature, readonly string[]>>>;
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
  /** The site's own colours and shape: custom properties for the hosts of our shadow roots. */
  readonly look: { readonly css: string };
  /** The domain whose sub-domains share one choice; empty where each page keeps its own. */
  readonly share_cookie_domain: string;
}

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** One thing that became other than it was agreed to; `feature` is empty where it is about purposes by themselves. */
export interface Change {
  readonly feature: Feature | "";
  readonly purposes: readonly string[];
  readonly text: string;
}

/** Any answer's body: what a call promises, or a problem (RFC 9457). */
export interface Body {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly token?: string;
  readonly expires_at?: string;
  readonly receipt?: string;
  readonly purposes?: Readonly<Record<string, boolean>>;
  readonly changes?: readonly Change[];
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
  readonly expires_at: string;
  // The rest is not kept of what was withdrawn.
  readonly privacy_policy?: boolean;
  /** Of the privacy policy. */
  readonly version?: string | undefined;
  readonly notice_hash?: string;
  readonly facts_hash?: string;
  readonly locale?: string;
  /** ISO 8601, by this browser's clock: for showing only. The record's time is the server's. */
  readonly at?: string;
  readonly conversation?: string | undefined;
  /** Address of the receipt, which is the key to it; of a grant only. */
  readonly receipt?: string | undefined;
}

/** What a visitor decided, before the server has stored it. */
export interface Offer {
  /** One that is left out stays as it is: where only what changed is asked. */
  readonly purposes: Readonly<Record<string, boolean | undefined>>;
  readonly privacy_policy: boolean;
  readonly source: "banner" | "inline" | "preferences" | "gpc";
  /** Whether a real click or key made it (`isTrusted`). */
  readonly gesture: "trusted" | "scripted";
}

export type EventName = "consent" | "change" | "withdraw" | "stale" | "error";

export type Heard = Told | Fault;
export type Listener = (detail: Heard) => void;
export type Bus = EventTarget;

export interface CallOptions {
  /** Past the cache: what was kept there has been refused. */
  readonly fresh?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly token?: string | undefined;
}

/** The page's own storage where it may be used, memory where it may not. */
export interface Store {
  read(): Choice | null;
  /** Null: kept elsewhere from now on. */
  keep(choice: Choice | null): void;
}

/** `DOMParser` takes only what such a rule made, in a page that requires Trusted Types. */
export interface Trust {
  createHTML(html: string): string;
}

/** What every part of the widget is handed; the one place where state lives. */
export interface Desk {
  readonly page: Page;
  readonly bus: Bus;
  store: Store;
  boot: Boot;
  views: readonly View[];
  /** The last decision on its way to the server. It never fails: it answers a sentence. */
  pending: Promise<string | void>;
  /** Purposes of the scripts that ran. */
  readonly ran: Set<string>;
  /** Null where nothing is stale, or where the server was not reached: then nothing stands. */
  stale: Stale | null;
  /** Address of the receipt for a choice made on this page, a refusal's too. */
  receipt: string;
  /** What follows a first click, once it was fetched. */
  rest: Promise<Rest> | undefined;
  /** A page may let it be made once only. */
  trust?: Trust | undefined;
  /** What of ours stands in the body beside the page's places; the banner is the first. */
  readonly hosts: HTMLElement[];
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
  readonly away: typeof import("./dom").away;
  readonly list: (names: readonly string[]) => string;
  readonly keeps: typeof import("./state").keeps;
  readonly hasRead: typeof import("./state").hasRead;
  readonly asks: typeof import("./state").asks;
  readonly t: (key: string, values?: Values) => string;
  readonly emit: typeof import("./events").emit;
  readonly call: typeof import("./api").call;
  readonly offer: typeof import("./consent").offer;
  readonly decide: typeof import("./consent").decide;
  readonly told: typeof import("./desk").told;
  readonly stands: typeof import("./state").stands;
  readonly barred: typeof import("./state").barred;
  readonly prepare: typeof import("./places").prepare;
  readonly dress: typeof import("./dom").dress;
  readonly mark: typeof import("./dom").mark;
  readonly FLAT: string;
  readonly grant: typeof import("./state").grant;
  readonly standing: typeof import("./state").standing;
  readonly end: typeof import("./settle").end;
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

/** Sees to the page's own scripts and frames, and to what its other tools are told. */
export type Attend = (fresh: boolean) => void;

/** The way back to a choice, and the one click that withdraws. */
export interface Control {
  /** `undo`: the button that withdraws, where something is granted. */
  show(visible: boolean, undo: readonly HTMLElement[]): void;
  focus(): void;
}

/** The chunk: all that follows a first click, and what waits for a choice. */
export interface Rest {
  /** Stores what was decided; answers "" or why it is not stored. */
  choose(make: () => Offer): Promise<string>;
  /** Asks the server what a stale grant is still worth. */
  review(): Promise<void>;
  /** A choice made by the page's own controls, as its script passed it on. */
  set(made: readonly unknown[]): void;
  layer(frame: Frame): Layer;
  readonly control: Control;
  attend: Attend;
  readonly places: Readonly<Record<Feature, Mount>>;
  reader: MountReader;
}

export type MountRest = (kit: Kit) => Rest;

type Given = (purpose: Purpose) => boolean | undefined;

/** What the banner lends its second layer. */
export interface Frame {
  readonly host: HTMLElement;
  /** The shadow's side of what the layer puts into the host. */
  readonly more: HTMLElement;
  answer(name: string, click: (event: Event) => void, kind?: string): HTMLElement;
  /** A button that stores what was decided. */
  decision(name: string, given: Given, privacy: () => boolean): HTMLElement;
  close(): void;
}

export interface Layer {
  /** Whether a purpose's box is ticked. */
  ticked(name: string): boolean;
  /** Whether the privacy policy is ticked as read. */
  read(): boolean;
  /** Where the privacy policy is what changed, accepting takes that it was read. */
  unread(): void;
  focus(): void;
  /** What stands above the banner's answers, and after them. `fresh`: ticks stay over new words. */
  draw(fresh: boolean): [HTMLElement[], HTMLElement[]];
}

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
  readonly host?: HTMLElement;
  update(fresh: boolean): void;
  focus?(): void;
  /** Its place has left the page. */
  close?(): unknown;
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
