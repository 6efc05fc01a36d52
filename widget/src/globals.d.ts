/** The hash that the name of every chunk's file carries; filled in by the build. */
declare const RELEASE: string;

interface Navigator {
  /** Global Privacy Control: the visitor's browser refuses for them. */
  readonly globalPrivacyControl?: boolean;
}

declare module "*.css" {
  const text: string;
  export default text;
}
