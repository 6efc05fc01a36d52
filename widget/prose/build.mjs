// Bundles ProseMirror for the console into templates/console/vendor/, with the licences of all that is in it.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const widget = new URL("../", import.meta.url);
const vendor = new URL("../../templates/console/vendor/", import.meta.url);

const { outputFiles, metafile } = await build({
  absWorkingDir: fileURLToPath(widget),
  entryPoints: ["prose/parts.js"],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: "iife",
  globalName: "ProseMirror",
  charset: "utf8",
  target: "es2022",
  legalComments: "none",
});

const names = new Set(Object.keys(metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]));
names.delete(undefined);

async function licence(name) {
  const folder = new URL(`node_modules/${name}/`, widget);
  const file = (await readdir(folder)).find((each) => each.startsWith("LICENSE"));
  const { version } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
  return `${name} ${version}\n\n${(await readFile(new URL(file, folder), "utf8")).trim()}\n`;
}

const licences = await Promise.all([...names].sort().map(licence));
await mkdir(vendor, { recursive: true });
await writeFile(new URL("prosemirror.min.js", vendor), outputFiles[0].text);
await writeFile(new URL("LICENSE-prosemirror", vendor), licences.join(`\n${"-".repeat(80)}\n\n`));
console.log(`built prosemirror.min.js of ${[...names].sort().join(", ")}`);
