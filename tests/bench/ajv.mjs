// Checks the lines of a file: node ajv.mjs PACKAGES SCHEMA FILE
import fs from "node:fs";
import readline from "node:readline";
import { createRequire } from "node:module";

const [packages, schemaPath, file] = process.argv.slice(2);
const require = createRequire(`${packages}/package.json`);
const Ajv = require("ajv/dist/2020").default;
const ajv = new Ajv({ allErrors: true, strict: false });
require("ajv-formats").default(ajv);
const validate = ajv.compile(JSON.parse(fs.readFileSync(schemaPath, "utf8")));

let [number, invalid] = [0, 0];
const out = [];
for await (const line of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
  number += 1;
  if (validate(JSON.parse(line))) continue;
  invalid += 1;
  for (const error of validate.errors) out.push(`${file}:${number}: ${error.instancePath}: ${error.message}`);
}
if (out.length > 0) console.log(out.join("\n"));
console.log(`${number} ${invalid}`);
