import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { tempDirectory } from "./temp-directory.ts";

const run = promisify(execFile);

/** A data directory whose files find no more room after a while. */
export interface SmallDisk extends AsyncDisposable {
  readonly dataDir: string;
  /** The room for uploads, in bytes. */
  readonly bytes: number;
  /** True for a file system (ENOSPC), false for a limit on the size of files (EFBIG). */
  readonly mounted: boolean;
  /** Makes room again. */
  enlarge(): Promise<void>;
}

/**
 * A file system of its own under `media` where mounting is allowed (ENOSPC); elsewhere a limit on
 * the size of this process's files (EFBIG), which is the same to the service.
 */
export async function smallDisk(bytes: number): Promise<SmallDisk> {
  const directory = await tempDirectory();
  const media = path.join(directory.path, "media");
  await mkdir(media);
  const mount = await mounted(media, bytes);
  const limits = mount ?? (await limited(bytes));
  return {
    dataDir: directory.path,
    bytes,
    mounted: mount !== null,
    enlarge: limits.enlarge,
    async [Symbol.asyncDispose]() {
      await limits.remove();
      await directory[Symbol.asyncDispose]();
    },
  };
}

interface Limits {
  enlarge(): Promise<void>;
  remove(): Promise<void>;
}

async function mounted(media: string, bytes: number): Promise<Limits | null> {
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", media]);
  } catch {
    return null;
  }
  return {
    enlarge: async () => {
      await run("mount", ["-o", `remount,size=${bytes * 100}`, media]);
    },
    remove: async () => {
      await run("umount", ["-l", media]);
    },
  };
}

async function limited(bytes: number): Promise<Limits> {
  const limit = async (size: string) => {
    await run("prlimit", [`--pid=${process.pid}`, `--fsize=${size}:`]);
  };
  await limit(String(bytes));
  return { enlarge: () => limit("unlimited"), remove: () => limit("unlimited") };
}
