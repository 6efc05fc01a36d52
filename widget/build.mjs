// Builds dist/: the boot script, the rest under a name that says what is in it, the types, and a manifest.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const root = new URL("./", import.meta.url);
const dist = new URL("dist/", root);

/** Properties that only our own parts read, never a browser or a server: shortened alike in every file. */
const OWN =
  "again|answer|asked|asks|attend|away|barred|base|below|besides|boot|box|bus|button|call|check|choose|clear|close|" +
  "closed|connected|control|decide|decision|desk|draw|dress|el|emit|end|ended|fail|failed|fetch|fields|final|flush|" +
  "FLAT|fresh|grant|half|hasRead|hear|holds|host|hosts|keep|keeps|kind|layer|list|mark|memory|more|mount|node|offer|" +
  "page|pending|places|post|preferences|prepare|put|ran|read|reader|refused|rest|review|root|seen|settle|show|speak|" +
  "spots|stale|standing|stands|store|stored|take|ticked|together|told|trust|unread|update|use|views|wait|waiting|wake|" +
  "was|withdraw";
let names = {};

/** Nothing here has a getter that does anything. */
const compress = { passes: 6, booleans: false, pure_getters: true, unsafe: true, unsafe_arrows: true, unsafe_math: true, unsafe_methods: true };

const styles = {
  name: "styles",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: "chrome111" });
      return { contents: code.trim().replace(/(--\w+:|,) /g, "$1"), loader: "text" };
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
    mangleProps: new RegExp(`^(${OWN})$`),
    mangleCache: names,
    ...options,
    plugins: [styles, ...(options.plugins ?? [])],
  });
  names = result.mangleCache;
  const { code } = await minify(result.outputFiles[0].text, { module: true, ecma: 2020, compress });
  return code;
}

const digest = (text, algorithm, encoding) => createHash(algorithm).update(text).digest(encoding);

/** A classic script: its names must not become the page's. It knows the other file by the hash in its name. */
const rest = { name: "rest", text: await bundle("rest") };
const release = digest(rest.text, "sha256", "hex").slice(0, 8);
const embed = await bundle("embed", { define: { RELEASE: JSON.stringify(release) } });
const files = [
  { name: "embed.js", file: "embed.js", text: `(()=>{${embed}})();` },
  { ...rest, file: `rest-${release}.js` },
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
