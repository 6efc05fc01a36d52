// Leaves out of package-lock.json what only the builders of Astro and Next need: the hosts use the client files they release.
import { readFile, writeFile } from "node:fs/promises";

const NEEDED = { astro: [], next: ["@swc/helpers", "styled-jsx"] };

const file = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(await readFile(file, "utf8"));
const { packages } = lock;

/** The package that `name` means to the one at `path`, as Node looks for it. */
function resolve(path, name) {
  const inside = `${path && `${path}/`}node_modules/${name}`;
  if (packages[inside] || !path) return packages[inside] && inside;
  return resolve(path.slice(0, Math.max(path.lastIndexOf("/node_modules/"), 0)), name);
}

const kept = new Set();
function keep(path) {
  if (kept.has(path)) return;
  kept.add(path);
  const entry = packages[path];
  const needed = NEEDED[path.replace("node_modules/", "")];
  if (needed) {
    for (const kind of ["optionalDependencies", "peerDependencies", "peerDependenciesMeta", "bin"]) delete entry[kind];
    entry.dependencies = Object.fromEntries(needed.map((name) => [name, entry.dependencies[name]]));
  }
  delete entry.optionalDependencies;
  for (const name of Object.keys({ ...entry.dependencies, ...entry.devDependencies })) keep(resolve(path, name));
}

keep("");
lock.packages = Object.fromEntries(Object.entries(packages).filter(([path]) => kept.has(path)));
await writeFile(file, JSON.stringify(lock, null, 2) + "\n");
