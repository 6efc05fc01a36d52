/** The chunks' hashed names, filled in by the build. */
declare const CHUNKS: Readonly<Record<string, string>>;

declare module "*.css" {
  const text: string;
  export default text;
}
