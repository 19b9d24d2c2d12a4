import { UploadError } from "../../src/core/errors.ts";
import type { Principal } from "../../src/core/principal.ts";
import type { ConcatenateRequest } from "../../src/core/requests.ts";
import type { Upload } from "../../src/core/upload.ts";
import { alice, arriving, type memoryCore } from "./memory-core.ts";
import { codeOf, fileOf } from "./upload-run.ts";

export type World = ReturnType<typeof memoryCore>;

export const bob: Principal = { ...alice, id: "bob", email: "bob@example.com" } as Principal;

/** A partial of `owner` that holds its first `held` bytes; answers its id. */
export async function partial(
  world: World,
  bytes: Uint8Array,
  { owner = alice, held = bytes.length } = {},
): Promise<string> {
  const ask = { filename: "part", size: bytes.length, origin: "tus", concat: "partial" } as const;
  const { id } = await world.service.init(owner, ask);
  if (held > 0) await patch(world, id, { bytes: bytes.subarray(0, held), owner });
  return id;
}

/** A tus PATCH. */
export function patch(
  world: World,
  id: string,
  { at = 0, bytes, owner = alice }: { at?: number; bytes: Uint8Array; owner?: Principal },
): Promise<Upload> {
  return world.service.append(owner, {
    ...{ id, position: { start: at, end: at + bytes.length, total: undefined } },
    ...{ contentLength: bytes.length, body: arriving(bytes) },
    ...{ sequential: true, byOffset: true, completeWhenFull: true },
    signal: new AbortController().signal,
  });
}

/** A final of `parts`, asked for by tus. */
export function join(
  world: World,
  parts: readonly string[],
  more: Partial<ConcatenateRequest> & { owner?: Principal } = {},
): Promise<Upload> {
  const { owner = alice, ...ask } = more;
  const uploadConcat = `final;${parts.join(" ")}`;
  return world.service.concatenate(owner, { filename: "whole", parts, uploadConcat, ...ask });
}

/** The record of a final of `parts` that could not be put together, as its request was told. */
export async function stuck(world: World, parts: readonly string[]): Promise<Upload> {
  const failure = await join(world, parts).then(() => null, codeOf);
  if (failure === null) throw new Error("the final was put together");
  const ready = await world.database.uploads.readyToComplete({ limit: 100 });
  const found = ready.find((upload) => upload.parts?.join() === parts.join());
  if (found === undefined) throw new Error(`there is no such final: ${failure}`);
  return found;
}

/** A finished file of alice's. */
export async function bytesOf(world: World, id: string): Promise<Buffer> {
  const { upload, read } = await world.service.open(alice, id);
  const pieces: Uint8Array[] = [];
  for await (const bytes of read({ start: 0, end: upload.size })) pieces.push(bytes);
  return Buffer.concat(pieces);
}

export const record = (world: World, id: string) => world.database.uploads.find(id);
export const file = fileOf(300_000);

/** A third of `file`: 0, 1 or 2. */
export function third(at: number): Uint8Array {
  return file.subarray(at * 100_000, (at + 1) * 100_000);
}

/** `file` as three complete partials. */
export async function threePartials(world: World): Promise<string[]> {
  const ids: string[] = [];
  for (const at of [0, 1, 2]) ids.push(await partial(world, third(at)));
  return ids;
}

/** The next assembly fails once, after it has read `reads` pieces of partials. */
export function breakAssembly(world: World, reads: number): void {
  const { read } = world.store;
  let left = reads;
  world.store.read = async function* (upload, range) {
    for await (const bytes of read.call(world.store, upload, range)) {
      if (left === 0) world.store.read = read;
      if (left-- === 0) throw new UploadError("UNAVAILABLE");
      yield bytes;
    }
  };
}
