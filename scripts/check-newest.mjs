// `npm run check:newest`: installs the packed client with the newest versions in its ranges from the
// registry and runs it. Not part of `npm test`, which only uses locked versions.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { requireNode, root } from "./project.mjs";

requireNode();
const directory = mkdtempSync(path.join(tmpdir(), "newest-"));
const run = (program, args, cwd = directory) =>
  execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const use = `
import { createUploadClient, UploadFailure } from "trpc-chunked-upload/client";
const fetch = async () => new Response("{}", { status: 502 });
const client = createUploadClient({ url: "http://localhost:1", token: "x", resume: false, fetch, retry: { attempts: 1 } });
const failure = await client.upload(new Uint8Array(3), { filename: "a" }).done.catch((error) => error);
if (!(failure instanceof UploadFailure)) throw failure;
console.log("The client runs:", failure.code);
`;

try {
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--pack-destination", directory], root),
  );
  writeFileSync(path.join(directory, "package.json"), '{ "type": "module", "private": true }');
  run("npm", [
    "install",
    path.join(directory, packed.filename),
    "--prefer-online",
    "--no-audit",
    "--no-fund",
  ]);
  for (const name of readdirSync(path.join(directory, "node_modules")).filter(
    (name) => !/^[.@]/.test(name),
  )) {
    const { version } = JSON.parse(
      readFileSync(path.join(directory, "node_modules", name, "package.json"), "utf8"),
    );
    console.log(`${name} ${version}`);
  }
  writeFileSync(path.join(directory, "use.js"), use);
  process.stdout.write(run(process.execPath, ["use.js"]));
  process.stdout.write(run(path.join("node_modules", ".bin", "chunked-upload"), ["--version"]));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
