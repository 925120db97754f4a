// Puts a compressed copy beside every file of the build that gets smaller by it: the api sends files as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const WORTH_BYTES = 1024;
const KINDS = /\.(js|css|html|svg)$/;

for (const name of readdirSync(DIST, { recursive: true })) {
  if (!KINDS.test(name)) continue;
  const text = readFileSync(new URL(name, DIST));
  if (text.length < WORTH_BYTES) continue;
  writeFileSync(new URL(`${name}.gz`, DIST), gzipSync(text, { level: 9 }));
  writeFileSync(new URL(`${name}.br`, DIST), brotliCompressSync(text));
}
