import { parentPort } from "node:worker_threads";
import { hasherFactories } from "../../digests/factories.ts";
import { canonicalName } from "../../digests/names.ts";
import type { HashCommand, HashResponse } from "./hash-messages.ts";
import { SharedHasher, type Tenant } from "./shared-hasher.ts";

// The hashing thread. Bytes are in shared memory: they are read until the thread has responded.

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
  // Do not cache a failed start, for example for lack of memory.
  hasher.catch(() => hashers.delete(algorithm));
  return hasher;
}

function find(id: number): Digest {
  const digest = digests.get(id);
  if (digest === undefined) throw new Error("the digest does not exist");
  return digest;
}

async function start(command: Extract<HashCommand, { do: "start" }>): Promise<void> {
  const hasher = await hasherOf(command.algorithm);
  digests.set(command.digest, { hasher, tenant: { parked: command.state } });
}

function execute(command: Exclude<HashCommand, { do: "start" }>): Uint8Array | string | null {
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

/** A digest that failed is removed; later commands for it fail. */
async function respond(command: HashCommand): Promise<HashResponse | null> {
  const request = "request" in command ? command.request : null;
  try {
    const value = command.do === "start" ? await start(command).then(() => null) : execute(command);
    return request === null ? null : { request, value };
  } catch (error) {
    digests.delete(command.digest);
    return request === null ? null : { request, failure: String(error) };
  }
}

// Commands run one at a time: the first start of an algorithm is asynchronous.
let turn = Promise.resolve();
parentPort?.on("message", (command: HashCommand) => {
  turn = turn.then(async () => {
    const response = await respond(command);
    if (response !== null) parentPort?.postMessage(response);
  });
});
