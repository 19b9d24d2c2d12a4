// `npm run build`: database clients (src/generated/), server and command line (dist/), pages (.next/).
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { precompress } from "./precompress.mjs";
import { buildStamp, generate, must, requireNode, root } from "./project.mjs";

requireNode();
const { build } = await import("esbuild").catch(() => {
  process.stderr.write(
    "The build tools are not installed. Run `npm ci` without NODE_ENV=production or --omit=dev.\n",
  );
  process.exit(1);
});

const options = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
};
if (process.argv.includes("--check-settings")) {
  await build({ ...options, entryPoints: ["src/server/check-settings.ts"] });
  await must("dist/check-settings.js");
}

process.stdout.write("Building (a minute on the first start) ...\n");
const stamp = buildStamp();
// dist/package is built separately, by scripts/package.mjs.
const dist = path.join(root, "dist");
for (const entry of existsSync(dist) ? readdirSync(dist) : []) {
  if (entry !== "package") rmSync(path.join(dist, entry), { recursive: true, force: true });
}
await generate();
await build({
  ...options,
  entryPoints: {
    server: "src/server/main.ts",
    cli: "src/cli/main.ts",
    "hash-thread": "src/adapters/hash-wasm/hash-thread.ts",
    "sqlite-thread": "src/adapters/sqlite/sqlite-thread.ts",
  },
  sourcemap: true,
  splitting: true,
  chunkNames: "shared-[hash]",
  define: {
    "process.env.NODE_ENV": '"production"',
    BUILT_SQLITE_THREAD: '"dist/sqlite-thread.js"',
  },
});
await must("node_modules/next/dist/bin/next", ["build"], {
  quiet: !process.env.CI,
  env: { NODE_ENV: "production" },
});
await precompress(path.join(root, ".next/static"));
writeFileSync(path.join(root, "dist/.stamp"), stamp);
