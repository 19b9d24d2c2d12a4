import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execute, type Npm } from "./npm.ts";
import { tempDirectory } from "./temp-directory.ts";

const root = path.join(import.meta.dirname, "../..");

/** What a clone holds and installs; nothing in it is changed by those who only run it. */
const linked = ["node_modules", "prisma", "src", "tsconfig.json"];

/** This project in a directory of its own, as somebody has it who cloned it and wrote a `.env`. */
export interface BareProject extends AsyncDisposable {
  readonly path: string;
  /** Runs one of its npm scripts to its end. */
  npm(args: readonly string[]): Promise<Npm>;
}

/** Makes such a directory; `built` puts the command line and the server there that were built here. */
export async function bareProject(ask: { dotEnv: string; built: boolean }): Promise<BareProject> {
  const directory = await tempDirectory();
  const at = (name: string) => path.join(directory.path, name);
  await cp(path.join(root, "scripts"), at("scripts"), { recursive: true });
  await cp(path.join(root, "package.json"), at("package.json"));
  await writeFile(at(".env"), ask.dotEnv);
  for (const name of linked) await symlink(path.join(root, name), at(name));
  if (ask.built) await symlink(path.join(root, "dist"), at("dist"));
  else await mkdir(at("dist"));
  return {
    path: directory.path,
    npm: (args) => execute("npm", args, directory.path),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
