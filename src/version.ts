import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** waymark's own version, as its package.json has it. */
export const version: string = (require("../package.json") as { version: string }).version;
