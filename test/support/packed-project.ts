import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { type Npm, npm } from "./npm.ts";
import { tempDirectory } from "./temp-directory.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** What the hooks of packing write, so that it must not be the project's own … */
const copied = [
  "package.json",
  "README.md",
  "LICENSE",
  "scripts",
  "dist/package",
  "dist/.package-stamp",
  "dist/.package-imports.json",
];
/** … and what they only read. */
const linked = ["src", "node_modules", "package-lock.json", "tsconfig.json"];

export interface ProjectCopy extends AsyncDisposable {
  readonly path: string;
  /** `npm pack` with these arguments. */
  pack(...args: string[]): Promise<Npm>;
  manifest(): Promise<string>;
}

/** A copy of this project in which `npm pack` may do what it does. */
export async function projectCopy(): Promise<ProjectCopy> {
  const directory = await tempDirectory();
  const at = (name: string) => path.join(directory.path, name);
  await mkdir(at("dist"));
  for (const name of copied) {
    await cp(path.join(root, name), at(name), { recursive: true }).catch(ignoreMissing);
  }
  for (const name of linked) await symlink(path.join(root, name), at(name));
  return {
    path: directory.path,
    pack: (...args) => npm(["pack", "--json", ...args], directory.path),
    manifest: () => readFile(at("package.json"), "utf8"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** Nothing is built yet: packing builds. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

export interface PackedProject extends AsyncDisposable {
  /** The tarball's path. */
  readonly tarball: string;
  /** The paths in it, in order. */
  readonly files: readonly string[];
  /** The project's package.json before and after it was packed. */
  readonly manifests: { readonly before: string; readonly after: string };
}

/** Runs `npm pack` on a copy of this project. */
export async function packProject(): Promise<PackedProject> {
  const project = await projectCopy();
  const before = await project.manifest();
  const { code, stdout, stderr } = await project.pack();
  if (code !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [{ filename, files }] = JSON.parse(stdout) as [
    { filename: string; files: readonly { path: string }[] },
  ];
  return {
    tarball: path.join(project.path, filename),
    files: files.map((file) => file.path).sort(),
    manifests: { before, after: await project.manifest() },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
