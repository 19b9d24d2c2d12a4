// `npm run conform -- --url http://…/api/tus`: checks a server against tus 1.0 (docs/tus.md).
import { requireNode, run } from "./project.mjs";

requireNode();
const main = "test/acceptance/tus/conformance/main.ts";
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", [main, ...process.argv.slice(2)]);
