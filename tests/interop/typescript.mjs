// TypeScript types of every schema in a folder, and its samples as literals of them.
// Writes `<folder>/types/<name>.ts`; standard output: {"<name>": "why there are none", …}.
//
// Objects that do not say otherwise are closed, so that a key that the type lost is an error.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./packages.mjs";

const { compile } = load("json-schema-to-typescript");

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
mkdirSync(join(folder, "types"), { recursive: true });
const faults = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith(".schema.json"))) {
  const name = file.slice(0, -".schema.json".length);
  try {
    const schema = { ...read(file), title: "CheckpointRoot" };
    const types = await compile(schema, "CheckpointRoot", {
      additionalProperties: false,
      bannerComment: "",
      format: false,
    });
    const literal = (prefix) => (document, at) =>
      `export const ${prefix}${at}: CheckpointRoot = ${JSON.stringify(document)};\n`;
    const samples = read(`${name}.samples.json`).map(literal("sample"));
    // Each of these must not type-check; the compiler tells of one that does.
    const wrong = read(`${name}.mistyped.json`).map(literal("mistyped")).map((line) => `// @ts-expect-error\n${line}`);
    writeFileSync(join(folder, "types", `${name}.ts`), [types, ...samples, ...wrong].join(""));
  } catch (error) {
    faults[name] = error.message;
  }
}
process.stdout.write(JSON.stringify(faults));
