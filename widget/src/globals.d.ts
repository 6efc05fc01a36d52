/** By a chunk's name, the hash that its file's name carries; filled in by the build. */
declare const CHUNKS: Readonly<Record<string, string>>;

declare module "*.css" {
  const text: string;
  export default text;
}
