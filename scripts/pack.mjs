// The hooks of `npm pack` and `npm publish`. The repository is a server, the published package is a
// client: package.json is replaced by the client's manifest while npm packs, and restored afterwards,
// even if packing fails.
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

/** npm runs no hook when packing fails or is interrupted, so a detached process restores package.json. */
function startGuard() {
  const script = fileURLToPath(import.meta.url);
  const npm = String(npmProcess());
  spawn(process.execPath, [script, "guard", npm], { detached: true, stdio: "ignore" }).unref();
}

/**
 * The process id of npm. npm runs hooks in a shell; most shells replace themselves with the hook, so
 * that npm is the parent process, otherwise it is the grandparent.
 */
function npmProcess() {
  const { command, parent } = describeProcess(process.ppid);
  return command.includes("pack.mjs") ? parent : process.ppid;
}

/** A process's command line and parent id, from /proc on Linux and otherwise from `ps`. */
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
