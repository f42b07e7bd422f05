// The verdicts of Ajv, strict, on the documents of every schema in a folder.
// Standard output: {"<name>": "why Ajv refuses the schema", …} or {"<name>": [true, false, …], …}.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { load } from "./packages.mjs";

const Ajv = load("ajv/dist/2020").default;
const addFormats = load("ajv-formats").default;

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const verdicts = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith(".schema.json"))) {
  const name = file.slice(0, -".schema.json".length);
  try {
    const ajv = new Ajv({ strict: true, allErrors: true });
    addFormats(ajv);
    const validate = ajv.compile(read(file));
    verdicts[name] = read(`${name}.documents.json`).map((document) => validate(document));
  } catch (error) {
    verdicts[name] = error.message;
  }
}
process.stdout.write(JSON.stringify(verdicts));
