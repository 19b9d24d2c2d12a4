// `npm test [-- files and vitest options]`: every test that needs no foreign service.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { buildIfStale, generate, packageIfStale, requireNode, root, run } from "./project.mjs";

requireNode();
process.chdir(root);

const places = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const chromium = places.find((place) => place && existsSync(place));
const args = process.argv.slice(2);
const env = { TZ: "Asia/Kathmandu", NODE_ENV: "test" };

await generate();
await buildIfStale();
await packageIfStale();
if (chromium !== undefined) env.CHROMIUM_PATH = chromium;
else if (process.env.CI) {
  process.stderr.write("No Chromium was found. Install it, or name it in CHROMIUM_PATH.\n");
  process.exit(1);
} else {
  args.push("--exclude", "test/e2e/**");
  process.stdout.write(
    "No Chromium found (CHROMIUM_PATH names one): the browser tests are left out.\n",
  );
}
const lacks = (python, modules) =>
  spawnSync(python || "python3", ["-c", `import ${modules}`]).status !== 0;
if (lacks(process.env.TUSPY_PYTHON, "tusclient")) {
  args.push("--exclude", "test/acceptance/tus/tuspy.test.ts");
  process.stdout.write(
    "No Python with tuspy found (TUSPY_PYTHON names one): the tests of this tus client are left out.\n",
  );
}
if (lacks(process.env.ORIGINAL_PYTHON, "django, rest_framework, drf_chunked_upload")) {
  args.push("--exclude", "test/acceptance/drf/beside-the-original.test.ts");
  process.stdout.write(
    "No Python with drf-chunked-upload found (ORIGINAL_PYTHON names one): the tests beside it are left out.\n",
  );
}
process.exitCode = await run("node_modules/vitest/vitest.mjs", ["run", ...args], { env });
