// Prints what the widget weighs on the wire (brotli, quality 11) and fails above the limits.
import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";

const FIRST_LIMIT = 6144;
const WHOLE_LIMIT = 16384;

const dist = new URL("dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL("manifest.json", dist), "utf8"));

function compressed(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

function line(label, bytes, limit) {
  console.log(`${label.padEnd(28)} ${String(bytes).padStart(6)} bytes brotli${limit ? ` of ${limit}` : ""}`);
}

const sizes = {};
for (const [name, { file }] of Object.entries(manifest)) {
  sizes[name] = compressed(await readFile(new URL(file, dist)));
  line(file, sizes[name]);
}
const first = sizes["embed.js"];
const whole = Object.values(sizes).reduce((sum, size) => sum + size, 0);
line("before a choice", first, FIRST_LIMIT);
line("the whole widget", whole, WHOLE_LIMIT);
if (first > FIRST_LIMIT || whole > WHOLE_LIMIT) {
  console.error("The widget is over its size budget: see ARCHITECTURE.md, size budget.");
  process.exitCode = 1;
}
