// Prints what a page loads, journey by journey (brotli, quality 11), and fails above a limit of budgets.json.
import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";

const read = async (path) => readFile(new URL(path, import.meta.url));
const manifest = JSON.parse(await read("dist/manifest.json"));
const budgets = JSON.parse(await read("budgets.json"));

async function compressedSize(name) {
  const bytes = await read(`dist/${manifest[name].file}`);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

const sizes = Object.fromEntries(
  await Promise.all(Object.keys(manifest).map(async (name) => [name, await compressedSize(name)])),
);
const guarded = new Set(budgets.flatMap(({ files }) => files));

for (const { journey, files, limit } of budgets) {
  const size = files.reduce((sum, name) => sum + sizes[name], 0);
  const parts = files.map((name) => `${name} ${sizes[name]}`).join(" + ");
  console.log(`${journey.padEnd(46)} ${String(size).padStart(5)} of ${limit} bytes brotli (${parts})`);
  if (size > limit) {
    console.error(`"${journey}" is over its budget: see ARCHITECTURE.md, "Chunks and budgets".`);
    process.exitCode = 1;
  }
}
for (const name of Object.keys(manifest).filter((name) => !guarded.has(name))) {
  console.error(`No journey of budgets.json loads ${name}.`);
  process.exitCode = 1;
}
