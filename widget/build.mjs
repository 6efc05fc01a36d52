// Builds dist/: embed.js, the chunks, the types for host pages, and a manifest. See ARCHITECTURE.md, "How it is built".
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const root = new URL("./", import.meta.url);
const src = fileURLToPath(new URL("src/", root));
const dist = new URL("dist/", root);

const EMBED = "embed";

/** The browsers that docs/embed.md names, and the oldest syntax: a browser that reads it can say what it lacks. */
const target = ["es2021", "chrome111", "firefox121", "safari16.4"];

/** A file under src/chunks/NAME/ belongs to that chunk, every other one to embed.js. */
const ownerOf = (path) => /^chunks\/([\w-]+)\//.exec(path)?.[1] ?? EMBED;

/** `pure_getters`: no getter of ours has side effects. What brotli does better by itself is left to it. */
const compress = {
  passes: 6,
  pure_getters: true,
  unsafe: true,
  unsafe_math: true,
  unsafe_arrows: true,
  lhs_constants: false,
  sequences: false,
};

const styleSheets = {
  name: "style sheets as text",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
        target,
      });
      return { contents: code.trim().replace(/([:,]) /g, "$1"), loader: "text" };
    });
  },
};

/** What a module exports, types left out. */
async function exportedNames(path) {
  const { metafile } = await build({
    entryPoints: [path],
    bundle: false,
    metafile: true,
    write: false,
    format: "esm",
    outdir: src,
  });
  return Object.values(metafile.outputs)[0].exports;
}

/** In place of another file's code, a chunk gets a mark for each export it uses: BORROW("path#name"). */
const borrowing = (chunk) => ({
  name: "borrowing",
  setup(plugin) {
    plugin.onResolve({ filter: /^\./ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === "resolving") return undefined;
      const resolved = await plugin.resolve(path, { resolveDir, kind, pluginData: "resolving" });
      if (ownerOf(resolved.path.slice(src.length)) === chunk) return resolved;
      return { path: resolved.path, namespace: "borrowed" };
    });
    plugin.onLoad({ filter: /./, namespace: "borrowed" }, async ({ path }) => {
      const mark = (name) => `/* @__PURE__ */ BORROW(${JSON.stringify(`${path.slice(src.length)}#${name}`)})`;
      const names = await exportedNames(path);
      return { contents: names.map((name) => `export const ${name} = ${mark(name)};`).join("\n") };
    });
  },
});

async function bundle(entry, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: src, loader: "js" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    charset: "utf8",
    target,
    legalComments: "none",
    ...options,
    plugins: [styleSheets, ...(options.plugins ?? [])],
  });
  return outputFiles[0].text;
}

const shrink = async (code) => (await minify(code, { module: true, ecma: 2020, compress })).code;

/** Imports for what is lent, as path#name, and the list of it. */
function lending(lent) {
  const imports = lent.map(
    (item, index) => `import { ${item.split("#")[1]} as lent${index} } from "./${item.split("#")[0]}";\n`,
  );
  return { imports: imports.join(""), list: lent.map((_, index) => `lent${index}`).join(", ") };
}

/** The chunk's modules, which leave what the chunk does and what it lends in LINKED. */
async function bundleChunk(chunk, lent) {
  const main = `./chunks/${chunk}/${chunk}.ts`;
  const hasMain = (await exportedNames(src + main)).includes("default");
  const { imports, list } = lending(lent);
  const [importMain, api] = hasMain ? [`import main from "${main}";`, "main(CONTEXT)"] : ["", "undefined"];
  const entry = `${importMain}\n${imports}LINKED = [${api}, ${list}];`;
  return bundle(entry, { plugins: [borrowing(chunk)] });
}

const MARK = /BORROW\("([^"]+)"\)/g;
const chunks = (await readdir(new URL("src/chunks/", root))).sort();

/** owner -> what it lends, as path#name. The place in the list is how it is handed over. */
async function findLent(known = {}) {
  const codes = await Promise.all(chunks.map((chunk) => bundleChunk(chunk, known[chunk] ?? [])));
  const items = [...new Set(codes.flatMap((code) => [...code.matchAll(MARK)].map(([, item]) => item)))].sort();
  const lent = {};
  for (const item of items) (lent[ownerOf(item)] ??= []).push(item);
  // What a chunk lends may borrow in its turn.
  return JSON.stringify(lent) === JSON.stringify(known) ? lent : findLent(lent);
}

const lentBy = await findLent();

/**
 * A module whose default export runs the chunk once, when embed.js hands it the context. It imports the chunks that it
 * borrows from. HASH stands for the hash in the file names.
 */
async function linkChunk(chunk) {
  const lenders = new Set();
  const borrow = (_, item) => {
    const owner = ownerOf(item);
    const index = lentBy[owner].indexOf(item);
    if (owner === EMBED) return `CONTEXT.sharedCode[${index}]`;
    const lender = `LENDER_${owner.replace("-", "_")}`;
    lenders.add(`import ${lender} from "./${owner}-HASH.js";`);
    return `${lender}(CONTEXT)[${index + 1}]`;
  };
  const code = (await bundleChunk(chunk, lentBy[chunk] ?? [])).replace(MARK, borrow);
  const run = `(CONTEXT) => { let LINKED; ${code} return LINKED; }`;
  return shrink(
    `${[...lenders].join("")} let linked; const run = ${run}; export default (context) => (linked ??= run(context));`,
  );
}

const digest = (text, algorithm, encoding) => createHash(algorithm).update(text).digest(encoding);

/** A classic script in a function of its own: its names must not become the page's. */
async function bundleEmbed(release) {
  const { imports, list } = lending(lentBy[EMBED]);
  const sharedCode = {
    name: "shared code",
    setup(plugin) {
      plugin.onResolve({ filter: /^shared-code$/ }, () => ({ path: "shared-code", namespace: "shared" }));
      const contents = `${imports}export const sharedCode = [${list}];`;
      plugin.onLoad({ filter: /./, namespace: "shared" }, () => ({ contents, resolveDir: src }));
    },
  };
  const define = { RELEASE: JSON.stringify(release) };
  const code = await bundle('import "./embed.ts";', { define, plugins: [sharedCode], format: "esm" });
  return `(()=>{${await shrink(code)}})();`;
}

/** The script of a hosted page. Its names stay its own. */
async function bundlePage(name) {
  return `(()=>{${await shrink(await bundle(`import "./hosted-pages/${name}.ts";`, { format: "esm" }))}})();`;
}

const texts = Object.fromEntries(await Promise.all(chunks.map(async (chunk) => [chunk, await linkChunk(chunk)])));
const release = digest(Object.values(texts).join(), "sha256", "hex").slice(0, 8);
const policyPage = await bundlePage("policy-page");
const files = [
  { name: "policy-page.js", file: `policy-page-${digest(policyPage, "sha256", "hex").slice(0, 8)}.js`, text: policyPage },
  { name: "embed.js", file: "embed.js", text: await bundleEmbed(release) },
  ...chunks.map((chunk) => ({
    name: chunk,
    file: `${chunk}-${release}.js`,
    text: texts[chunk].replaceAll("-HASH.js", `-${release}.js`),
  })),
];
const manifest = Object.fromEntries(
  files.map(({ name, file, text }) => [name, { file, integrity: `sha384-${digest(text, "sha384", "base64")}` }]),
);

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await copyFile(new URL("index.d.ts", root), new URL("index.d.ts", dist));
await Promise.all(files.map(({ file, text }) => writeFile(new URL(file, dist), text)));
await writeFile(new URL("manifest.json", dist), JSON.stringify(manifest, null, 2) + "\n");
console.log(`built ${files.map(({ file }) => file).join(", ")}`);
