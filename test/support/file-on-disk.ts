import { open } from "node:fs/promises";
import type { RandomFile } from "./random-file.ts";

/** Writes all of `file` to `path`. */
export async function writeRandomFile(file: RandomFile, path: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    for (const piece of file.pieces(0, file.size, 2 ** 20)) await handle.write(piece);
  } finally {
    await handle.close();
  }
}
