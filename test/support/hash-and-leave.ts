import { createDigests } from "../../src/adapters/hash-wasm/digests.ts";
import { hashThreads } from "./hash-threads.ts";

// A process that has nothing to do but wait for a digest, and nobody who ends it.
const digest = await createDigests(await hashThreads(1)).start("md5", { bytes: 50_000_000 });
void digest.update(Buffer.alloc(50_000_000));
process.stdout.write(`${await digest.hex()}\n`);
