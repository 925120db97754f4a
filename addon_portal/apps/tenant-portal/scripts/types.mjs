// Makes src/lib/schema.gen.ts from the API's own description; its first line says of which one.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const python = process.env.PYTHON ?? `${root}.venv/bin/python`;
const document = JSON.parse(
  execFileSync(python, ["scripts/openapi.py", "--types"], {
    cwd: root,
    env: { ...process.env, PYTHONPATH: root },
    maxBuffer: 64 << 20,
  }),
);
const types = await openapiTS(document, { alphabetize: true });
writeFileSync(
  new URL("../src/lib/schema.gen.ts", import.meta.url),
  `// Made by \`npm run types\` from the API's description ${document["x-digest"]}. Not to be edited.\n\n${astToString(types)}`,
);
