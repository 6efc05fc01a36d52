/** The hash that the file name of every chunk carries. Filled in by the build. */
declare const RELEASE: string;

/** What embed.js lends its chunks. Written by the build. */
declare module "shared-code" {
  export const sharedCode: readonly unknown[];
}

interface Navigator {
  /** Global Privacy Control: the visitor's browser refuses for them. */
  readonly globalPrivacyControl?: boolean;
}

declare module "*.css" {
  const text: string;
  export default text;
}
