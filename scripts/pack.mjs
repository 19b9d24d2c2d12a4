// The hooks of `npm pack` and `npm publish`. The project is a server and its package is a client: for
// the moment of packing, package.json is the client's, and then it is the project's again, also when
// packing fails in between.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { publishedManifest } from "./package/manifest.mjs";
import { packageIfStale, requireNode, root } from "./project.mjs";

const manifest = path.join(root, "package.json");
const whole = path.join(root, ".package.whole.json");

const hooks = { prepack, postpack: restore, guard };
requireNode();
await hooks[process.argv[2]](...process.argv.slice(3));

async function prepack() {
  restore();
  await packageIfStale();
  const imports = JSON.parse(readFileSync(path.join(root, "dist/.package-imports.json"), "utf8"));
  const reduced = publishedManifest(JSON.parse(readFileSync(manifest, "utf8")), imports);
  copyFileSync(manifest, `${whole}.new`);
  renameSync(`${whole}.new`, whole);
  startGuard();
  replace(`${JSON.stringify(reduced, null, 2)}\n`);
}

function restore() {
  if (!existsSync(whole)) return;
  replace(readFileSync(whole));
  rmSync(whole, { force: true });
}

function replace(content) {
  writeFileSync(`${manifest}.new`, content);
  renameSync(`${manifest}.new`, manifest);
}

/** npm calls no hook when packing fails or is interrupted: somebody has to outlive it. */
function startGuard() {
  const script = fileURLToPath(import.meta.url);
  const npm = String(npmProcess());
  spawn(process.execPath, [script, "guard", npm], { detached: true, stdio: "ignore" }).unref();
}

/** npm runs its hooks in a shell; most shells then become the hook, and npm is the parent itself. */
function npmProcess() {
  const { command, parent } = describeProcess(process.ppid);
  return command.includes("pack.mjs") ? parent : process.ppid;
}

/** A process's command line and its parent's id: by Linux's own files, else by `ps`. */
function describeProcess(pid) {
  if (process.platform === "win32") return { command: "", parent: pid };
  if (existsSync(`/proc/${pid}/status`)) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return { command, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) };
  }
  const columns = execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return { command: columns, parent: Number.parseInt(columns, 10) };
}

async function guard(pid) {
  while (existsSync(whole) && isAlive(Number(pid)))
    await new Promise((done) => setTimeout(done, 100));
  restore();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
