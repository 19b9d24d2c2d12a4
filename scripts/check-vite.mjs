// `npm run check:vite`: tests the packed client in the development servers of Vite 6, 7 and 8, in Chromium.
// Needs the registry, unlike `npm test`.
import { packageIfStale, requireNode, root, run } from "./project.mjs";

requireNode();
process.chdir(root);
await packageIfStale();
process.exitCode = await run("node_modules/vitest/vitest.mjs", ["run", ...process.argv.slice(2)], {
  env: { CHECKS: "test/compat/*.check.ts" },
});
