// Says after a build what a first visit loads, compressed, and fails when it is over the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const DIST = new URL("../dist/", import.meta.url);

const read = (name) => readFileSync(new URL(name, DIST));
const manifest = JSON.parse(read(".vite/manifest.json"));

function firstLoad(key, files = new Set()) {
  const chunk = manifest[key];
  for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
  for (const imported of chunk.imports ?? []) firstLoad(imported, files);
  return files;
}

const kilobytes = (names) => [...new Set(names)].reduce((sum, name) => sum + gzipSync(read(name)).length, 0) / 1000;
const first = firstLoad("index.html").add("index.html").add("theme.js");
const size = kilobytes(first);
const later = Object.values(manifest)
  .map((chunk) => chunk.file)
  .filter((file) => !first.has(file));

console.log(
  `first load: ${size.toFixed(1)} kB compressed (budget ${BUDGET_KB} kB); loaded when needed: ${kilobytes(later).toFixed(1)} kB`,
);
if (size > BUDGET_KB) {
  console.error(`The first load is ${(size - BUDGET_KB).toFixed(1)} kB over its budget.`);
  process.exit(1);
}
