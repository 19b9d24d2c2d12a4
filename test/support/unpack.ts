import path from "node:path";
import { execute } from "./npm.ts";
import { tempDirectory } from "./temp-directory.ts";

export interface Unpacked extends AsyncDisposable {
  /** The package's directory. */
  readonly path: string;
}

/** The content of a package's tarball. */
export async function unpack(tarball: string): Promise<Unpacked> {
  const directory = await tempDirectory();
  const { code, stderr } = await execute("tar", ["-xzf", tarball], directory.path);
  if (code !== 0) throw new Error(stderr);
  return {
    path: path.join(directory.path, "package"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
