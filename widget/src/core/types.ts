// What the parts of the widget hand one another. Data only: what can be done with it stands in the modules.

import type { ConsentSnapshot, ConsentStatus, Feature, WidgetError } from "../../index";
import type { Boot, BootFiles, BootPurpose, ResponseBody, StoredFile } from "./api-types";

export type { ConsentSnapshot, ConsentStatus, Feature, WidgetError };
export type * from "./api-types";

export type PlacementKind = Feature | "policy" | "preferences" | "launcher";

/** What the script tag says. Under the names of chunks it holds their imports. */
export interface Page {
  [chunk: string]: unknown;
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

/** Whether a purpose is granted; undefined leaves it as it is, where only what changed was asked. */
export type PurposeAnswer = (purpose: BootPurpose) => boolean | undefined;

/** What a visitor decided, before it is stored. */
export interface Decision {
  /** One of the banner's answers, the purposes that are granted beside what was, or an answer purpose by purpose. */
  readonly answer: "accept" | "reject" | readonly string[] | PurposeAnswer;
  /** Where it is left out, the policy was read if it is ticked anywhere on the page. */
  readonly privacy_policy?: boolean | undefined;
  readonly source: Feature | "banner" | "inline" | "preferences" | "gpc";
  /** Whether a real click or key made it. */
  readonly isTrusted: boolean;
  /** Who makes it, where a withdrawal is taken back: it left no token that lets the visitor stay who they were. */
  readonly visitor?: Pick<StoredConsent, "token" | "conversation">;
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
  /** The last decision or withdrawal on its way to the server. Never rejects. */
  pendingDecision: Promise<unknown>;
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
  /** Our elements in the page beside its placements. The banner's is the first. */
  readonly floatingHosts: HTMLElement[];
  /** Whether the page is loaded and at rest, so that no framework is about to take over what the server rendered. */
  isPageIdle?: boolean;
  /** Why the widget did not start. Then there is nothing else here but the page. */
  readonly startError?: unknown;
  /** The version of the privacy policy that is ticked as read, and not stored yet. */
  tickedPolicy?: string | undefined;
  /** What was last granted on this page, so that its withdrawal can be undone. */
  lastGrant?: StoredConsent | null | undefined;
  /** What was last drawn. */
  drawn?: ConsentSnapshot;
  /** Tells the launcher of an agent's message in its panel. `describe` puts a number of them into words. */
  noteAnswer?: (seq: number, describe: (count: number) => string) => void;
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
  /** What holds its box for the privacy policy, if it has one. */
  readonly root?: HTMLElement;
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

/** The menu of the control. */
export interface ControlMenu {
  isOpen(): boolean;
  /** Opens the menu or closes it, or shows what became of a choice. */
  show(content?: "news"): void;
  /** Draws what is in the shadow root, and returns what is slotted. */
  draw(): HTMLElement[];
}

/** The purposes an element waits for. Null where it names one the site does not have, so that it waits for ever. */
export type FindPurposes = (element: HTMLElement) => readonly BootPurpose[] | null;

/** What the banner lends its second layer. */
export interface BannerFrame {
  readonly host: HTMLElement;
  /** A button with an id of its own, among the answers. Its label is the text `banner.NAME` if nothing else is said. */
  createButton(name: string, click: (event: Event) => unknown, label?: string): HTMLElement;
  /** Stores a choice that is made in the banner. `isPolicyRead`: as the layer's own box says. */
  decide(answer: Decision["answer"], event: Event, isPolicyRead?: boolean): void;
  reject(event: Event): void;
  draw(fresh: boolean): void;
}

/** The banner's second layer: a box for each purpose. */
export interface SecondLayer {
  /** Opens it, from the banner's first layer where nothing else did. Focus returns to `opener` when it closes. */
  open(opener?: HTMLElement): void;
  /** The banner's nodes, the question among them. Undefined where it is closed. `fresh`: ticks stay over new words. */
  draw(question: readonly HTMLElement[], fresh: boolean): readonly HTMLElement[] | undefined;
}

/** A link of the policy, or the box that filters it, which leads nowhere. */
export type PolicyControl = HTMLAnchorElement | (HTMLInputElement & { readonly href?: undefined });

/** Does in place what a control of the policy stands for. */
export type UseControl = (control: PolicyControl) => unknown;

/** What each chunk does once it is there. `form` only lends code to other chunks. */
export interface Chunks {
  readonly choice: {
    /** Resolves to "", or to a sentence that says why it is not stored. `root`: where it was made. */
    storeDecision(decision: Decision, root?: HTMLElement): Promise<string>;
    /** Ticks the privacy policy in every place of the page, or takes the tick away. */
    tickPolicy(isTicked: boolean): void;
    /** Runs the chunk `host-page` where it has something to do after a choice. */
    attendHostPage(fresh: boolean): void;
  };
  readonly control: {
    /** Follows the banner, the stored choice, and whether the page has another way back in view. */
    update(): void;
    /** Says for a while what became of a choice that was made just now. */
    showNews(): void;
  };
  /** `root` is in the shadow root of `host`. `update` draws the control, and the menu with it. */
  readonly "control-menu": (host: HTMLElement, root: HTMLElement, update: () => void) => ControlMenu;
  readonly "stale-grant": () => Promise<void>;
  readonly launcher: {
    /** Opens the panel for a button of the page, or closes it. */
    toggle(opener: HTMLElement): void;
    /** Opens the panel with a feature. Without one it shows what the site offers. */
    open(feature?: Feature): void;
  };
  /** A call of the page's scripts, `forecourt(call, value, extra)`. */
  readonly "page-calls": (call: unknown, value: unknown, extra: unknown) => void;
  readonly preferences: (frame: BannerFrame) => SecondLayer;
  /** Runs what is granted and covers what is not. `fresh`: as in `View`. */
  readonly "host-page": { attendHostPage(fresh: boolean): void };
  readonly "failed-start": void;
  /** Says why there is nothing to agree to in a place of this kind. */
  readonly unavailable: (root: HTMLElement, kind: string) => void;
  readonly form: undefined;
  readonly files: {
    addTray(options: TrayOptions): FileTray;
    /** Adds the files of a stored message to it, each to save. */
    addFiles(node: HTMLElement, files: readonly StoredFile[], conversation: string): void;
  };
  /** The page's own call `forecourt("scan", root)`. */
  readonly scan: (root: ShadowRoot) => void;
  readonly contact: MountFeature;
  readonly newsletter: MountFeature;
  readonly messengers: MountFeature;
  readonly chat: MountFeature;
  readonly policy: (placement: Placement, control: PolicyControl) => void;
  readonly "policy-forms": (placement: Placement) => PolicyForms;
}

/** Where files of a message wait. */
export interface TrayOptions {
  readonly limits: BootFiles;
  /** The files that are uploaded. It is the draft's own list, and is changed. */
  readonly kept: StoredFile[];
  /** On which files can be dropped, and into whose field they can be pasted. The tray stands before `before`. */
  readonly form: HTMLElement;
  readonly field: HTMLElement;
  readonly before: Node | null;
  /** Resolves to the API's path for uploads, or to the response where there is none. */
  findPath(): Promise<string | ApiResponse>;
}

export interface FileTray {
  readonly node: HTMLElement;
  /** Says beside the files where one is still on its way. */
  isReady(): boolean;
  /** Gives the uploaded files to a message, and is empty. */
  take(): StoredFile[];
  putBack(files: readonly StoredFile[]): void;
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
