// Builds dist/: the chunks, named by what is in them, the boot script that knows those names, and a manifest.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const root = new URL("./", import.meta.url);
const dist = new URL("dist/", root);
const CHUNKS = ["contact", "chat", "newsletter", "reader"];

const styles = {
  name: "styles",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: "chrome111" });
      return { contents: code.trim().replace(/(--\w+): /g, "$1:"), loader: "text" };
    });
  },
};

async function bundle(name, options = {}) {
  const result = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: [`src/${name}.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    ...options,
    plugins: [styles, ...(options.plugins ?? [])],
  });
  const { code } = await minify(result.outputFiles[0].text, { module: true, ecma: 2020, compress: { passes: 3 } });
  return code;
}

const digest = (text, algorithm, encoding) => createHash(algorithm).update(text).digest(encoding);

function named(name, text) {
  const hash = digest(text, "sha256", "hex").slice(0, 8);
  return { name, text, hash, file: `${name}-${hash}.js` };
}

/** What the chunks share stays one file, which they import by its hashed name. */
function sharing(shared) {
  return {
    name: "sharing",
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\/feature$/ }, () => ({ path: `./${shared.file}`, external: true }));
    },
  };
}

/** A classic script: its names must not become the page's. */
async function boot(chunks) {
  const hashes = Object.fromEntries(chunks.map(({ name, hash }) => [name, hash]));
  const text = await bundle("embed", { define: { CHUNKS: JSON.stringify(hashes) } });
  return { name: "embed.js", file: "embed.js", text: `(()=>{${text}})();` };
}

const shared = named("feature", await bundle("feature"));
const chunks = await Promise.all(
  CHUNKS.map(async (name) => named(name, await bundle(name, { plugins: [sharing(shared)] }))),
);
const files = [await boot(chunks), ...chunks, shared];
const manifest = Object.fromEntries(
  files.map(({ name, file, text }) => [name, { file, integrity: `sha384-${digest(text, "sha384", "base64")}` }]),
);

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await Promise.all(files.map(({ file, text }) => writeFile(new URL(file, dist), text)));
await writeFile(new URL("manifest.json", dist), JSON.stringify(manifest, null, 2) + "\n");
console.log(`built ${files.map(({ file }) => file).join(", ")}`);
