import { parentPort, workerData } from "node:worker_threads";
import { hasherFactories } from "./algorithms.ts";
import type { HashAnswer, HashCommand } from "./hash-messages.ts";
import { SharedHasher, type Tenant } from "./shared-hasher.ts";

// The thread that digests. It shares the ring's memory with the main thread and touches only what
// it was told of and has not given back.

interface Digest {
  readonly hasher: SharedHasher;
  readonly tenant: Tenant;
}

const memory = new Uint8Array(workerData as SharedArrayBuffer);
const hashers = new Map<string, Promise<SharedHasher>>();
const digests = new Map<number, Digest>();

function hasherOf(algorithm: string): Promise<SharedHasher> {
  const make = hasherFactories.get(algorithm);
  if (make === undefined) throw new Error(`unknown algorithm ${algorithm}`);
  const hasher = hashers.get(algorithm) ?? make().then((made) => new SharedHasher(made));
  hashers.set(algorithm, hasher);
  return hasher;
}

function find(id: number): Digest {
  const digest = digests.get(id);
  if (digest === undefined) throw new Error("the digest is not there");
  return digest;
}

async function obey(command: HashCommand): Promise<Uint8Array | string | null> {
  if (command.do === "start") {
    const hasher = await hasherOf(command.algorithm);
    digests.set(command.digest, { hasher, tenant: { parked: command.state } });
    return null;
  }
  const { hasher, tenant } = find(command.digest);
  if (command.do === "save") return hasher.save(tenant);
  if (command.do === "hex") return hasher.hex(tenant);
  if (command.do === "feed") {
    hasher.update(tenant, memory.subarray(command.at, command.at + command.length));
  } else {
    hasher.leave(tenant);
    digests.delete(command.digest);
  }
  return null;
}

async function obeyAll(commands: readonly HashCommand[]): Promise<void> {
  let freed = 0;
  const answers: HashAnswer[] = [];
  for (const command of commands) {
    if (command.do === "feed") freed += command.length;
    try {
      const value = await obey(command);
      if (value !== null && "question" in command)
        answers.push({ question: command.question, value });
    } catch (error) {
      // A digest that fails is of no use any more; whoever asks for it hears that.
      if ("question" in command)
        answers.push({ question: command.question, failure: String(error) });
      digests.delete(command.digest);
    }
  }
  parentPort?.postMessage({ freed, answers });
}

// One batch after the other: starting an algorithm for the first time takes a while.
let turn = Promise.resolve();
parentPort?.on("message", (commands: HashCommand[]) => {
  turn = turn.then(() => obeyAll(commands));
});
