// Builds the applications of applications/ into build/, each with what npm released: NAME.js, and NAME.html where a server renders it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "../../../widget/node_modules/esbuild/lib/main.js";
import { compile } from "svelte/compiler";

const here = (path) => new URL(path, import.meta.url).pathname;
const react = (version) => ({
  react: `react-${version}`,
  "react-dom": `react-dom-${version}`,
  scheduler: version === 17 ? "scheduler-17" : "scheduler",
});

const svelte = {
  name: "svelte",
  setup(plugin) {
    plugin.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, "utf8"), { generate: "client", filename: path });
      return { contents: js.code, loader: "js" };
    });
  },
};

/** Next's client names modules of Node that it never uses in a browser. */
const next = {
  name: "next",
  setup(plugin) {
    if (plugin.initialOptions.platform === "node") return;
    plugin.onResolve({ filter: /^(fs|path|stream|zlib)$/ }, ({ path }) => ({ path, namespace: "node" }));
    plugin.onLoad({ filter: /./, namespace: "node" }, () => ({ contents: "" }));
  },
};

/** The script of Astro's own component for view transitions, and the modules that its builder would put in. */
const astro = {
  name: "astro",
  setup(plugin) {
    plugin.onResolve({ filter: /^virtual:astro:|^astro:transitions\/client$/ }, ({ path }) => ({ path, namespace: "astro" }));
    plugin.onLoad({ filter: /^virtual:/, namespace: "astro" }, () => ({
      contents: "export const internalFetchHeaders = {}; export default {};",
    }));
    plugin.onLoad({ filter: /^astro:/, namespace: "astro" }, () => ({
      contents: `export * from ${JSON.stringify(here("node_modules/astro/dist/transitions/router.js"))};`,
      resolveDir: here("."),
    }));
    plugin.onLoad({ filter: /ClientRouter\.astro$/ }, async ({ path }) => {
      const [, contents] = /<script>(.*?)<\/script>/s.exec(await readFile(path, "utf8"));
      return { contents, loader: "ts", resolveDir: here(".") };
    });
  },
};

/** What Next's own builder puts before its client. */
const WEBPACK = "var process = { env: {} }; self.__next_set_public_path__ = () => {}; self.__MIDDLEWARE_MATCHERS = [];";

const common = {
  bundle: true,
  minify: true,
  write: false,
  target: "es2022",
  logLevel: "error",
  loader: { ".js": "jsx" },
  plugins: [svelte, next, astro],
  define: {
    "process.env.NODE_ENV": '"production"',
    "process.env": "{}",
    "import.meta.env": '{"SSR":false,"DEV":false,"BASE_URL":"/"}',
    __PREFETCH_DISABLED__: "true",
    __PREFETCH_PREFETCH_ALL__: "false",
    __PREFETCH_DEFAULT_STRATEGY__: '"hover"',
    __EXPERIMENTAL_CLIENT_PRERENDER__: "false",
    __VUE_OPTIONS_API__: "true",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
  },
};

async function bundle(entry, options = {}) {
  const { outputFiles } = await build({ ...common, entryPoints: [here(entry)], format: "iife", ...options });
  return outputFiles[0].text;
}

const applications = {
  "react-17": ["applications/react-17.js", { alias: react(17) }],
  "react-18": ["applications/react.js", { alias: react(18) }],
  "react-19": ["applications/react.js"],
  next: ["applications/next.js", { banner: { js: WEBPACK } }],
  vue: ["applications/vue.js"],
  svelte: ["applications/svelte.js"],
  turbo: ["node_modules/@hotwired/turbo/dist/turbo.es2017-esm.js"],
  htmx: ["node_modules/htmx.org/dist/htmx.js"],
  lazysizes: ["node_modules/lazysizes/lazysizes.js"],
  astro: ["node_modules/astro/components/ClientRouter.astro"],
};

await mkdir(here("build"), { recursive: true });
for (const [name, [entry, options]] of Object.entries(applications))
  await writeFile(here(`build/${name}.js`), await bundle(entry, options));

const server = await bundle("applications/next-server.js", { format: "cjs", platform: "node" });
await writeFile(here("build/next-server.cjs"), server);
const { default: rendered } = await import(here("build/next-server.cjs"));
await writeFile(here("build/next.html"), rendered.html);
