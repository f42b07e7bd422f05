// Where `cargo xtask test` has installed the npm packages.
import { createRequire } from "node:module";
import { join } from "node:path";

export const load = createRequire(join(process.env.CHECKPOINT_INTEROP, "package.json"));
