// `npm test [-- files and vitest options]`: runs all tests that need no external service.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
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
const absent = [];
const env = { TZ: "Asia/Kathmandu", NODE_ENV: "test" };

await generate();
await buildIfStale();
await packageIfStale();
if (chromium !== undefined) env.CHROMIUM_PATH = chromium;
else if (process.env.CI) {
  process.stderr.write("Chromium not found. Install it or set CHROMIUM_PATH.\n");
  process.exit(1);
} else {
  absent.push("test/e2e/**");
  process.stdout.write("Chromium not found (set CHROMIUM_PATH): skipping the browser tests.\n");
}
const lacks = (python, modules) =>
  spawnSync(python || "python3", ["-c", `import ${modules}`]).status !== 0;
if (lacks(process.env.TUSPY_PYTHON, "tusclient")) {
  absent.push("test/acceptance/tus/tuspy.test.ts");
  process.stdout.write("Python with tuspy not found (set TUSPY_PYTHON): skipping its tests.\n");
}
if (lacks(process.env.ORIGINAL_PYTHON, "django, rest_framework, drf_chunked_upload")) {
  absent.push("test/acceptance/drf/beside-the-original.test.ts");
  process.stdout.write(
    "Python with drf-chunked-upload not found (set ORIGINAL_PYTHON): skipping the comparison with it.\n",
  );
}
const goPaths = (process.env.GOPATH || path.join(homedir(), "go")).split(path.delimiter);
const programs = [
  process.env.GOBIN,
  ...goPaths.map((each) => path.join(each, "bin")),
  ...(process.env.PATH ?? "").split(path.delimiter),
];
const versitygw = [
  process.env.VERSITYGW_PATH,
  ...programs.filter(Boolean).map((each) => path.join(each, "versitygw")),
].find((place) => place && existsSync(place));
if (versitygw !== undefined) env.VERSITYGW_PATH = versitygw;
else {
  absent.push("test/**/s3/**", "test/**/*.s3.test.ts");
  process.stdout.write(
    "versitygw not found (set VERSITYGW_PATH, or go install github.com/versity/versitygw/cmd/versitygw@v1.8.0): skipping the tests of the S3 store.\n",
  );
}
env.TEST_EXCLUDE = absent.join(",");
process.exitCode = await run("node_modules/vitest/vitest.mjs", ["run", ...args], { env });
