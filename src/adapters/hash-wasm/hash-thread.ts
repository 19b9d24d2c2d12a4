import { parentPort } from "node:worker_threads";
import { hasherFactories } from "../../digests/factories.ts";
import { canonicalName } from "../../digests/names.ts";
import type { HashAnswer, HashCommand } from "./hash-messages.ts";
import { SharedHasher, type Tenant } from "./shared-hasher.ts";

// The thread that digests. Bytes come in shared memory: it reads them until it has answered.

interface Digest {
  readonly hasher: SharedHasher;
  readonly tenant: Tenant;
}

const hashers = new Map<string, Promise<SharedHasher>>();
const digests = new Map<number, Digest>();

function hasherOf(algorithm: string): Promise<SharedHasher> {
  const name = canonicalName(algorithm);
  if (name === null) throw new Error(`unknown algorithm ${algorithm}`);
  const known = hashers.get(algorithm);
  if (known !== undefined) return known;
  const hasher = hasherFactories[name]().then((made) => new SharedHasher(made));
  hashers.set(algorithm, hasher);
  // A failed start (no memory, say) must not stay.
  hasher.catch(() => hashers.delete(algorithm));
  return hasher;
}

function find(id: number): Digest {
  const digest = digests.get(id);
  if (digest === undefined) throw new Error("the digest is not there");
  return digest;
}

async function start(command: Extract<HashCommand, { do: "start" }>): Promise<void> {
  const hasher = await hasherOf(command.algorithm);
  digests.set(command.digest, { hasher, tenant: { parked: command.state } });
}

function obey(command: Exclude<HashCommand, { do: "start" }>): Uint8Array | string | null {
  const { hasher, tenant } = find(command.digest);
  switch (command.do) {
    case "update":
      hasher.update(tenant, command.bytes);
      return null;
    case "save":
      return hasher.save(tenant);
    case "hex":
      return hasher.hex(tenant);
    case "release":
      hasher.leave(tenant);
      digests.delete(command.digest);
      return null;
  }
}

/** A digest that fails is of no use any more; whoever asks for it hears that. */
async function answer(command: HashCommand): Promise<HashAnswer | null> {
  const question = "question" in command ? command.question : null;
  try {
    const value = command.do === "start" ? await start(command).then(() => null) : obey(command);
    return question === null ? null : { question, value };
  } catch (error) {
    digests.delete(command.digest);
    return question === null ? null : { question, failure: String(error) };
  }
}

// One after the other: starting an algorithm for the first time takes a while.
let turn = Promise.resolve();
parentPort?.on("message", (command: HashCommand) => {
  turn = turn.then(async () => {
    const said = await answer(command);
    if (said !== null) parentPort?.postMessage(said);
  });
});
