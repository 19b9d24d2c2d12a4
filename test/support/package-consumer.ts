import { mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { installLocked } from "./install-locked.ts";
import { execute, type Npm } from "./npm.ts";
import { tempDirectory } from "./temp-directory.ts";

const installed = path.resolve(import.meta.dirname, "../../node_modules");

export interface PackageConsumer extends AsyncDisposable {
  readonly path: string;
  /** What npm said of the installation. */
  readonly installation: Npm;
  write(name: string, content: string): Promise<void>;
  /** The strict compiler's complaints about `files`; "" for none. */
  compile(files: readonly string[], options: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs one of its files with Node. */
  run(name: string, ...args: string[]): Promise<Npm>;
  /** The names of what npm installed. */
  packages(): Promise<string[]>;
  /** The bytes of what npm installed. */
  size(): Promise<number>;
  /** Makes packages of this project available to it, as if they had been installed. */
  borrow(...names: string[]): Promise<void>;
}

/** An empty project elsewhere that has installed the package from its tarball, with the locked versions. */
export async function packageConsumer(tarball: string): Promise<PackageConsumer> {
  const directory = await tempDirectory();
  const at = (...names: string[]) => path.join(directory.path, ...names);
  await writeFile(at("package.json"), JSON.stringify({ type: "module", private: true }));
  const installation = await installLocked(directory.path, [tarball]);
  if (installation.code !== 0) {
    await directory[Symbol.asyncDispose]();
    throw new Error(`The package could not be installed.\n${installation.stderr}`);
  }
  return {
    path: directory.path,
    installation,
    write: (name, content) => writeFile(at(name), content),
    async compile(files, options) {
      const compilerOptions = { ...strict, ...options };
      await writeFile(at("tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      const tsc = path.join(installed, "typescript/bin/tsc");
      const { stdout } = await execute(process.execPath, [tsc, "-p", "."], directory.path);
      return stdout;
    },
    run: (name, ...args) => execute(process.execPath, [at(name), ...args], directory.path),
    packages: () => packagesIn(at("node_modules")),
    size: () => bytesIn(at("node_modules")),
    async borrow(...names) {
      for (const name of names) {
        await mkdir(path.dirname(at("node_modules", name)), { recursive: true });
        await symlink(path.join(installed, name), at("node_modules", name));
      }
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
  target: "es2022",
  types: [],
  typeRoots: [path.join(installed, "@types")],
};

async function packagesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const found = names
    .filter((name) => !name.startsWith("."))
    .map(async (name) => {
      if (!name.startsWith("@")) return [name];
      return (await readdir(path.join(directory, name))).map((inner) => `${name}/${inner}`);
    });
  return (await Promise.all(found)).flat().sort();
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
