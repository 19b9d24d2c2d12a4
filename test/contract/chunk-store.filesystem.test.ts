import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFilesystemStore } from "../../src/adapters/filesystem/filesystem-store.ts";
import { chunkStoreContract } from "./chunk-store.contract.ts";

function contractWith(name: string, extensions: { incompleteExt: string; completeExt: string }) {
  chunkStoreContract(name, async () => {
    const directory = await mkdtemp(join(tmpdir(), "store-"));
    const root = join(directory, "media");
    const store = createFilesystemStore({ root, pathTemplate: "uploads/%Y/%m/%d", ...extensions });
    return {
      store,
      lose: async (upload) => {
        await rm(join(root, upload.storageKey + extensions.incompleteExt));
      },
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
    };
  });
}

contractWith("filesystem store", { incompleteExt: ".part", completeExt: ".done" });
