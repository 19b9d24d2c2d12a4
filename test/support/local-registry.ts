import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** An entry of package-lock.json (npm's documentation, package-lock.json, `packages`). */
interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly [field: string]: unknown;
}

export interface LocalRegistry extends AsyncDisposable {
  /** npm's arguments: this registry, an empty cache and no settings of the user. */
  readonly npmArguments: readonly string[];
  /** What npm asked for and is not locked. */
  readonly missing: readonly string[];
}

/**
 * npm's registry on loopback, with exactly the packages and versions that package-lock.json names, as
 * they are installed here. What a test installs is the same on every machine and on every day, and no
 * public registry is reached. `cache` is a directory that npm may fill.
 */
export async function startLocalRegistry(cache: string): Promise<LocalRegistry> {
  const packages = await lockedPackages();
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    const folder = /^\/-\/(.+)\.tgz$/.exec(url)?.[1];
    if (folder !== undefined) return sendTarball(decodeURIComponent(folder), response);
    const name = decodeURIComponent(url.slice(1));
    const versions = packages.get(name);
    if (versions === undefined) missing.push(name);
    const { port } = server.address() as AddressInfo;
    const found = versions && describe(name, versions, `http://127.0.0.1:${port}/-`);
    const status = found === undefined ? 404 : 200;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    npmArguments: [
      `--registry=http://127.0.0.1:${port}/`,
      `--cache=${path.join(cache, ".npm-cache")}`,
      `--userconfig=${path.join(cache, ".npmrc")}`,
      "--no-audit",
      "--no-fund",
      "--no-update-notifier",
    ],
    missing,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Versions = ReadonlyMap<string, Locked & { readonly folder: string }>;

/** The locked versions of each package, the one at the top of node_modules first. */
async function lockedPackages(): Promise<ReadonlyMap<string, Versions>> {
  const lock = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8"));
  const entries = Object.entries(lock.packages as Record<string, Locked>)
    .filter(([folder]) => folder.startsWith("node_modules/"))
    .sort(
      ([one], [other]) => one.split("/node_modules/").length - other.split("/node_modules/").length,
    );
  const packages = new Map<string, Map<string, Locked & { folder: string }>>();
  for (const [folder, locked] of entries) {
    const name = locked.name ?? folder.replace(/^.*node_modules\//, "");
    const versions = packages.get(name) ?? new Map();
    packages.set(name, versions);
    const known = versions.get(String(locked.version));
    if (known === undefined || !existsSync(path.join(root, known.folder)))
      versions.set(String(locked.version), { ...locked, folder });
  }
  return packages;
}

/** The document of a package (npm's registry API, "abbreviated package metadata"). */
function describe(name: string, versions: Versions, tarballs: string) {
  const documents = [...versions].map(([version, { folder, ...locked }]) => {
    const tarball = `${tarballs}/${encodeURIComponent(folder)}.tgz`;
    return [version, { ...locked, name, version, dist: { tarball } }] as const;
  });
  return {
    name,
    "dist-tags": { latest: documents[0]?.[0] },
    versions: Object.fromEntries(documents),
  };
}

/** npm takes the first folder of a tarball's paths away, whatever its name, and reads it uncompressed too. */
function sendTarball(folder: string, response: NodeJS.WritableStream): void {
  const at = path.join(root, folder);
  const base = path.basename(at);
  const tar = spawn("tar", [
    ...["-cf", "-", "-C", path.dirname(at)],
    `--exclude=${base}/node_modules`,
    base,
  ]);
  tar.stdout.pipe(response);
}
