// What the parts of the widget hand one another. Data only: what can be done with it stands in the modules.

import type { ConsentSnapshot, ConsentStatus, Feature, WidgetError } from "../../index";
import type { Boot, BootPurpose, ResponseBody } from "./api-types";

export type { ConsentSnapshot, ConsentStatus, Feature, WidgetError };
export type * from "./api-types";

export type PlacementKind = Feature | "policy" | "preferences";

/** What the script tag says. */
export interface Page {
  readonly script: HTMLScriptElement;
  /** The folder embed.js came from, with a slash at its end. */
  readonly base: string;
  readonly site: string;
  /** Empty where the tag names none. */
  readonly locale: string;
  /** Whose policy is shown: EU, UK, US or APAC. Empty shows everybody's. */
  region: string;
}

/** An answer of the API. `status` 0 and no headers: the server was not reached. */
export interface ApiResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly data: ResponseBody;
  readonly headers?: Headers;
}

/** What the page's storage keeps of a choice. There is no token after a refusal. */
export interface StoredConsent {
  readonly choice: "granted" | "refused" | "withdrawn";
  /** Signed; grants nothing by itself. In a withdrawn record: the server has not been told yet. */
  readonly token?: string | undefined;
  readonly purposes: Readonly<Record<string, boolean>>;
  readonly expires_at: string;
  // A withdrawn record has none of the following.
  readonly privacy_policy?: boolean;
  /** The version of the privacy policy that was acknowledged. */
  readonly version?: string | undefined;
  readonly notice_hash?: string;
  readonly facts_hash?: string;
  readonly locale?: string;
  /** ISO 8601, by this browser's clock, for showing only. */
  readonly at?: string;
  readonly conversation?: string | undefined;
  /** Address of the receipt, which is also the key to it. Only a grant keeps one. */
  readonly receipt?: string | undefined;
}

/** Reads and writes the one record of a choice. */
export interface ConsentStore {
  read(): StoredConsent | null;
  /** Null removes the record here, because another store has it. */
  write(consent: StoredConsent | null): void;
}

/** What a visitor decided, before the server has stored it. */
export interface Decision {
  /** A purpose that is left out stays as it is: only what changed was asked. */
  readonly purposes: Readonly<Record<string, boolean | undefined>>;
  readonly privacy_policy: boolean;
  readonly source: Feature | "banner" | "inline" | "preferences" | "gpc";
  /** Whether a real click or key made it. */
  readonly isTrusted: boolean;
}

/** What has changed about a grant, by the server's record. The rest of it goes on. */
export interface StaleGrant {
  /** A sentence for each change, with what it is about. */
  readonly sentences: readonly string[];
  /** Whether the privacy policy was acknowledged, so that accepting takes it again. */
  readonly needsPolicyRead: boolean;
  /** The purposes to ask for anew. */
  readonly purposes: readonly string[];
  /** Those of them that one answer in the banner covers. */
  readonly askedTogether: readonly string[];
  /** For each feature it locks, the sentences that stand at the lock. */
  readonly features: Readonly<Partial<Record<Feature, readonly string[]>>>;
}

export type EventName = "consent" | "change" | "withdraw" | "stale" | "error";
export type EventDetail = ConsentSnapshot | WidgetError;
export type Listener = (detail: EventDetail) => void;

/** A page that requires Trusted Types lets `DOMParser` take only what such a policy made. */
export interface TrustedTypesPolicy {
  createHTML(html: string): string;
}

/** All state of the widget. There is one, and every part is handed it. */
export interface Context {
  readonly page: Page;
  readonly events: EventTarget;
  /** What embed.js lends its chunks, in the order the build gave it. */
  readonly sharedCode: readonly unknown[];
  store: ConsentStore;
  boot: Boot;
  views: readonly View[];
  /** The last decision on its way to the server. Never rejects; resolves to why it was not stored, if so. */
  pendingDecision: Promise<string | void>;
  /** Purposes of the page's scripts that ran. */
  readonly ranPurposes: Set<string>;
  /** Absent where nothing is stale, and where the server was not reached: then nothing is granted. */
  staleGrant?: StaleGrant | undefined;
  /** What was typed into features that have been locked since, as it was stored. */
  lockedDrafts?: Map<string, string>;
  /** Address of the receipt for a choice made on this page, a refusal's too. */
  receiptUrl?: string | undefined;
  /** Kept, since a page may allow its making only once. */
  trustedTypes?: TrustedTypesPolicy | undefined;
  /** What opened the banner's second layer, and gets the focus back. */
  opener?: HTMLElement | undefined;
  /** Our elements in the body beside the page's placements. The banner's is the first. */
  readonly bodyHosts: HTMLElement[];
  /** Why the widget did not start. Then there is nothing else here but the page. */
  readonly startError?: unknown;
  /** What was last drawn. */
  drawn?: ConsentSnapshot;
  /** Of components that the page had us scan. */
  readonly shadowRoots: Set<ShadowRoot>;
}

export type Values = Readonly<Record<string, string | number>>;

/** An element of the page that is ours to fill, with our shadow root in it. */
export interface Placement {
  readonly kind: PlacementKind;
  readonly host: HTMLElement;
  readonly shadow: ShadowRoot;
  /** The element inside it that is filled. */
  readonly root: HTMLElement;
}

/** Something on the page that follows the state. */
export interface View {
  readonly kind?: PlacementKind | "banner";
  readonly host?: HTMLElement;
  /** `fresh`: words or facts are new, so all of it is drawn again. */
  update(fresh: boolean): void;
  /** Brings it into sight. Focus returns to `opener` where it can be closed. */
  open?(opener?: HTMLElement): unknown;
  /** Its placement has left the page. */
  close?(): unknown;
}

/** What fills a feature's placement: its lock, or the feature itself. */
export interface MountedFeature {
  focus(): void;
  close?(): void;
}

/** Draws an unlocked feature into its placement. */
export type MountFeature = (placement: Placement) => MountedFeature;

/** The buttons that stay in sight once a choice was made. */
export interface Control {
  /** `withdrawButtons`: one, where something is granted, or none. `takesFocus`: where it is visible. */
  update(isVisible: boolean, withdrawButtons: readonly HTMLElement[], takesFocus: boolean): void;
  focus(): void;
}

/** The purposes an element waits for. Null where it names one the site does not have, so that it waits for ever. */
export type FindPurposes = (element: HTMLElement) => readonly BootPurpose[] | null;

/** What the banner lends its second layer. */
export interface BannerFrame {
  readonly host: HTMLElement;
  /** Where the shadow root takes in what the layer puts into the host. */
  readonly slots: HTMLElement;
  createButton(
    name: string,
    click: (event: Event) => unknown,
    attributes?: Readonly<Record<string, string>>,
  ): HTMLElement;
  /** A button that stores what `answer` says of each purpose. */
  createDecisionButton(name: string, answer: PurposeAnswer, hasReadPolicy: () => boolean): HTMLElement;
  draw(): void;
}

/** Whether a purpose is granted; undefined leaves it as it is. */
export type PurposeAnswer = (purpose: BootPurpose) => boolean | undefined;

/** The banner's second layer: a box for each purpose. */
export interface SecondLayer {
  isOpen: boolean;
  /** Undefined while it is closed, as below. */
  isTicked(purposeName: string): boolean | undefined;
  isPolicyTicked(): boolean | undefined;
  /** Opens it or closes it again. */
  toggle(): void;
  /** Opens it; focus returns to `opener` when it closes. */
  open(opener: HTMLElement | undefined): void;
  /** Opens it, and says that the privacy policy has to be ticked. */
  askForPolicy(): void;
  /** The nodes above the banner's answers, and those after them. `fresh`: ticks stay over new words. */
  draw(fresh: boolean): [HTMLElement[], HTMLElement[]];
}

/** A link of the policy, or the box that filters it, which leads nowhere. */
export type PolicyControl = HTMLAnchorElement | (HTMLInputElement & { readonly href?: undefined });

/** Does in place what a control of the policy stands for. */
export type UseControl = (control: PolicyControl) => unknown;

/** What each chunk does once it is there. `form` only lends code to other chunks. */
export interface Chunks {
  readonly choice: {
    readonly control: Control;
    /** Resolves to "", or to a sentence that says why it is not stored. */
    storeDecision(makeDecision: () => Decision): Promise<string>;
    /** Runs the chunk `host-page` where it has something to do after a choice. */
    attendHostPage(fresh: boolean): void;
  };
  readonly "stale-grant": () => Promise<void>;
  /** A call of the page's scripts, `forecourt(call, value, extra)`. */
  readonly "page-calls": (call: unknown, value: unknown, extra: unknown) => void;
  readonly preferences: (frame: BannerFrame) => SecondLayer;
  /** Runs what is granted and covers what is not. `fresh`: as in `View`. */
  readonly "host-page": { attendHostPage(fresh: boolean): void };
  readonly "failed-start": void;
  readonly form: undefined;
  /** The page's own call `forecourt("scan", root)`. */
  readonly scan: (root: ShadowRoot) => void;
  readonly contact: MountFeature;
  readonly newsletter: MountFeature;
  readonly chat: MountFeature;
  readonly policy: (placement: Placement, control: PolicyControl) => void;
  readonly "policy-forms": (placement: Placement) => PolicyForms;
}

export type ChunkName = keyof Chunks;

/** What a chunk does, and after it the code it lends to other chunks. */
export type LinkedChunk = readonly [Chunks[ChunkName], ...unknown[]];

/** The forms behind the links of a policy. One is open at a time, so that ids are its own. */
export interface PolicyForms {
  /** Opens the form that belongs to a link, or closes it. */
  toggle(link: HTMLAnchorElement): void;
  /** Puts the open form under its link again. Returns what to focus. */
  draw(): HTMLElement | undefined;
}
